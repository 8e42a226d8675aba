"""Calls in the blocks of a test, and those that decorators make."""

import pytest

from tests.improver.calls import index_of, source

HEAD = "from pier import flow, pier\n\nboat = flow.boat(7)\n\n\n"


def calls(name: str, body: str, kind: str = "def") -> list[tuple[str, ...]]:
    """Return the calls by a name in a test, each with the statements before it."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    found = index_of([source(f"{HEAD}{kind} test_depth():\n{lines}", "tests/test_a.py")])
    return [(*one.setup, one.call) for one in found.get(name, ())]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(
            "with flow.watch():\n    part = slice(1, 3)\n    pier.depth(part)",
            [("part = slice(1, 3)", "pier.depth(part)")],
            id="bound in it",
        ),
        pytest.param(
            "part = 1\nwith flow.watch():\n    with flow.watch():\n        part += 2\n        pier.depth(part)",
            [("part = 1", "part += 2", "pier.depth(part)")],
            id="bound before it, and changed in a block within",
        ),
        pytest.param(
            "with flow.watch():\n    for part in (1, 2): flow.go()\n    pier.depth(part)",
            [],
            id="bound by a loop",
        ),
        pytest.param("with flow.row(1) as part:\n    pier.depth(part)", [], id="what the block gives"),
        pytest.param(
            "part = 1\nwith flow.row(1) as part:\n    pier.depth(part)\npier.depth(part, 2)",
            [("part = 1", "pier.depth(part, 2)")],
            id="what the block gives, under a name that was bound before",
        ),
        pytest.param(
            "with flow.row(1) as boat:\n    pier.depth(boat)", [], id="what the block gives, under a name of the file"
        ),
        pytest.param(
            "with flow.row():\n    part = 4\nwith flow.row():\n    pier.depth(part)",
            [],
            id="bound in another block",
        ),
    ],
)
def test_a_call_in_a_block_comes_with_what_is(body: str, found: list[tuple[str, ...]]) -> None:
    assert calls("depth", body) == found


def test_what_is_entered_is_a_call_in_a_block_within_another_too() -> None:
    body = "size = 2\nwith flow.row(size):\n    size += 1\n    with flow.row(size, 5):\n        pass"
    assert calls("row", body) == [("size = 2", "flow.row(size)"), ("size = 2", "size += 1", "flow.row(size, 5)")]


def test_a_call_comes_with_the_asynchronous_function_that_it_is_given() -> None:
    target = "async def target(one):\n    return one"
    assert calls("depth", f"{target}\npier.depth(target)", "async def") == [(target, "pier.depth(target)")]


@pytest.mark.parametrize(
    ("decorators", "call"),
    [
        pytest.param("@pier.limited", "pier.limited(low)", id="the decorator itself"),
        pytest.param("@pier.limited(3)", "pier.limited(3)(low)", id="one that a call makes"),
        pytest.param("@flow.once\n@pier.limited", "pier.limited(low)", id="of several the inner one"),
    ],
)
def test_a_decorator_is_called_with_what_it_decorates(decorators: str, call: str) -> None:
    plain = "def low(sea):\n    return sea"
    assert (plain, call) in calls("limited", f"{decorators}\n{plain}")
    assert ("class Low:\n    sea = 1", call.replace("low", "Low")) in calls(
        "limited", f"{decorators}\nclass Low:\n    sea = 1"
    )


def test_what_is_decorated_is_no_longer_than_somebody_reads() -> None:
    body = "\n".join(f"    sea += {number}" for number in range(9))
    assert calls("limited", f"@pier.limited\ndef low(sea):\n{body}") == []


@pytest.mark.parametrize(
    ("head", "inner", "imports"),
    [
        pytest.param("from .flow import boat\n", "", ("pier.flow", "boat"), id="of the package"),
        pytest.param("from ..flow import boat\n", "", ("flow", "boat"), id="of the one above"),
        pytest.param("from . import boat\n", "", ("pier", "boat"), id="a module"),
        pytest.param("", "    from .flow import boat\n", ("pier.flow", "boat"), id="within a test"),
    ],
)
def test_a_call_is_known_whose_name_is_imported_by_dots(head: str, inner: str, imports: tuple[str, ...]) -> None:
    test = source(f"{head}\n\ndef test_boat():\n{inner}    assert boat(7)\n", "src/pier/test_flow.py")
    assert [one.imports for one in index_of([test])["boat"]] == [(imports,)]
