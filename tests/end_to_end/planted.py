"""A small project in which one fault of each kind is planted, and its clean twin, in which nothing may be proposed.

The twin's product files are what the planted ones must become, byte for byte.
"""

PYPROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"

[tool.pytest.ini_options]
testpaths = ["tests"]
"""

CONFIG_BEFORE = '''\
"""Settings of the shop."""

import json


class ConfigError(Exception):
    """The settings cannot be used."""


def parse(text: str) -> dict[str, object]:
    """Read settings from JSON."""
    try:
        return dict(json.loads(text))
    except ValueError:
        raise ConfigError("not JSON")  # shown to the owner
'''
CONFIG_AFTER = CONFIG_BEFORE.replace("except ValueError:", "except ValueError as error:").replace(
    'ConfigError("not JSON")', 'ConfigError("not JSON") from error'
)

FILES_BEFORE = '''\
"""Files of the shop."""


def first_line(path: str) -> str:
    """Return the first line of a file."""
    handle = open(path, encoding="utf-8")
    line = handle.readline()
    handle.close()
    return line.strip()
'''
FILES_AFTER = FILES_BEFORE.replace(
    """\
    handle = open(path, encoding="utf-8")
    line = handle.readline()
    handle.close()
""",
    """\
    with open(path, encoding="utf-8") as handle:
        line = handle.readline()
""",
)

ORDERS_BEFORE = '''\
"""Orders of the shop."""


def fee(order: dict[str, int]) -> int:
    """Return the handling fee of an order."""
    if order:
        if order["weight"]:
            if order["paid"]:
                total = order["weight"] * 2
                if order["weight"] > 10:
                    total += 5
                return total
            else:
                raise ValueError("not paid")
        else:
            raise ValueError("no weight")
    else:
        return 0
'''
ORDERS_AFTER = '''\
"""Orders of the shop."""


def fee(order: dict[str, int]) -> int:
    """Return the handling fee of an order."""
    if not order:
        return 0
    if not order["weight"]:
        raise ValueError("no weight")
    if not order["paid"]:
        raise ValueError("not paid")
    total = order["weight"] * 2
    if order["weight"] > 10:
        total += 5
    return total
'''

STOCK_BEFORE = '''\
"""Stock of the shop."""

LIMIT = 10


def level(count: int) -> str:
    """Name a stock level."""
    return "low" if count < LIMIT else "fine"


def _old_level(count: int) -> str:
    """Name a stock level the old way."""
    return "old" if count else "none"


def restock(count: int) -> int:
    """Return how many to order."""
    return max(0, LIMIT - count)
'''
STOCK_AFTER = STOCK_BEFORE.replace(
    '''\
def _old_level(count: int) -> str:
    """Name a stock level the old way."""
    return "old" if count else "none"


''',
    "",
)

RULES_BEFORE = '''\
"""Rules of the shop."""


def discount(kind: str) -> int:
    """Return the discount of a customer in percent."""
    if kind == "member":
        return 10
    elif kind == "staff":
        return 30
    elif kind == "member":
        return 10
    return 0


def number(text: str) -> int:
    """Read a number; anything else is zero."""
    try:
        return int(text)
    except ValueError:
        return 0
    except UnicodeError:
        return 0
'''
RULES_AFTER = RULES_BEFORE.replace('    elif kind == "member":\n        return 10\n', "").replace(
    "    except UnicodeError:\n        return 0\n", ""
)

CHECKS_BEFORE = '''\
"""Checks of the shop."""

from collections.abc import Callable


def positive(count: int) -> int:
    """Return the count, which must be positive."""
    assert (count > 0, "count must be positive")
    return count


def printers(names: list[str]) -> list[Callable[[], str]]:
    """Return one label printer for each name."""
    made: list[Callable[[], str]] = []
    for name in names:
        made.append(lambda: f"label {name}")
    return made


def is_open(hour: int):
    """Tell whether the shop is open."""
    return 8 <= hour < 18


def key(label: str) -> str:
    """Return a label as a key: its words, joined."""
    return "-".join((label.lower().split()))
'''

CHECKS_AFTER = (
    CHECKS_BEFORE.replace('assert (count > 0, "count must be positive")', 'assert count > 0, "count must be positive"')
    .replace("lambda: f", "lambda *, name=name: f")
    .replace("def is_open(hour: int):", "def is_open(hour: int) -> bool:")
    .replace("((label.lower().split()))", "(label.lower().split())")
)

TESTS = '''\
"""Tests of the shop."""

import pytest

from shop import checks, config, files, orders, rules, stock


def test_settings_are_read():
    assert config.parse('{"a": 1}') == {"a": 1}


def test_settings_that_are_not_json_are_refused():
    with pytest.raises(config.ConfigError):
        config.parse("{")


def test_the_first_line_is_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one\\ntwo\\n")
    assert files.first_line(str(path)) == "one"


@pytest.mark.parametrize(
    ("order", "expected"), [({}, 0), ({"weight": 2, "paid": 1}, 4), ({"weight": 20, "paid": 1}, 45)]
)
def test_the_fee_depends_on_the_weight(order, expected):
    assert orders.fee(order) == expected


@pytest.mark.parametrize("order", [{"weight": 0, "paid": 1}, {"weight": 1, "paid": 0}])
def test_an_order_that_cannot_be_sent_is_refused(order):
    with pytest.raises(ValueError):
        orders.fee(order)


def test_stock_levels():
    assert (stock.level(3), stock.level(30), stock.restock(4)) == ("low", "fine", 6)


def test_discounts():
    assert [rules.discount(kind) for kind in ("member", "staff", "guest")] == [10, 30, 0]


def test_numbers():
    assert (rules.number("12"), rules.number("x")) == (12, 0)


def test_a_positive_count_is_returned():
    assert checks.positive(3) == 3


def test_there_is_a_printer_for_each_name():
    assert len(checks.printers(["a", "b"])) == 2


def test_opening_hours():
    assert checks.is_open(9)
    assert not checks.is_open(20)


def test_keys():
    assert checks.key(" A B ") == "a-b"
'''

SHARED = {"pyproject.toml": PYPROJECT, "tests/test_shop.py": TESTS, "shop/__init__.py": '"""A shop."""\n'}
PLANTED = {
    **SHARED,
    "shop/config.py": CONFIG_BEFORE,
    "shop/files.py": FILES_BEFORE,
    "shop/orders.py": ORDERS_BEFORE,
    "shop/stock.py": STOCK_BEFORE,
    "shop/rules.py": RULES_BEFORE,
    "shop/checks.py": CHECKS_BEFORE,
}
CLEAN = {
    **SHARED,
    "shop/config.py": CONFIG_AFTER,
    "shop/files.py": FILES_AFTER,
    "shop/orders.py": ORDERS_AFTER,
    "shop/stock.py": STOCK_AFTER,
    "shop/rules.py": RULES_AFTER,
    "shop/checks.py": CHECKS_AFTER,
}
