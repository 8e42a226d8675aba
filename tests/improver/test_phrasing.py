"""Moments in a time zone, and paths, as source."""

import datetime
import pathlib
import zoneinfo

import pytest

from improver.verify import phrasing

MOMENT = datetime.datetime(2020, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)  # noqa: UP017 - older interpreters run this
HERE = datetime.timezone(datetime.timedelta(hours=1))


class Tide(datetime.tzinfo):
    """A zone whose own text is no source."""

    def utcoffset(self, _: datetime.datetime | None) -> datetime.timedelta:
        return datetime.timedelta(0)

    def dst(self, _: datetime.datetime | None) -> None: ...

    def tzname(self, _: datetime.datetime | None) -> str:
        return "ebb"


class Low(type(pathlib.Path())):  # type: ignore[misc]
    """A path of its own kind."""


def alike(one: object, other: object) -> bool:
    return one == other


@pytest.mark.parametrize(
    ("value", "text", "names"),
    [
        pytest.param(MOMENT, "datetime(2020, 1, 2, 3, 4, tzinfo=timezone.utc)", {"datetime", "timezone"}, id="of all"),
        pytest.param(
            MOMENT.replace(tzinfo=HERE, fold=1),
            "datetime(2020, 1, 2, 3, 4, fold=1, tzinfo=timezone(timedelta(seconds=3600)))",
            {"datetime", "timedelta", "timezone"},
            id="beside it",
        ),
        pytest.param(
            datetime.time(3, 4, tzinfo=HERE),
            "time(3, 4, tzinfo=timezone(timedelta(seconds=3600)))",
            {"time", "timedelta", "timezone"},
            id="of a day",
        ),
    ],
)
def test_a_moment_is_written_with_its_zone(value: object, text: str, names: set[str]) -> None:
    phrase = phrasing.Phrase("/src", alike)
    assert (phrase.of(value), phrase.imports) == (text, {("datetime", name) for name in names})
    assert eval(text, {name: getattr(datetime, name) for name in names}) == value  # noqa: S307


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        pytest.param(pathlib.Path("sea/low tide"), "Path('sea/low tide')", "Path", id="of this system"),
        pytest.param(pathlib.Path(), "Path('.')", "Path", id="here"),
        pytest.param(
            pathlib.PureWindowsPath("sea\\ebb"), r"PureWindowsPath('sea\\ebb')", "PureWindowsPath", id="of another"
        ),
    ],
)
def test_a_path_is_written_so_that_it_is_one_on_any_system(path: pathlib.PurePath, text: str, name: str) -> None:
    phrase = phrasing.Phrase("/src", alike)
    assert (phrase.of(path), phrase.imports) == (text, {("pathlib", name)})


def test_a_path_of_another_kind_is_written_as_one_of_that() -> None:
    phrase = phrasing.Phrase("/src", alike)
    assert (phrase.of(Low("sea")), phrase.imports) == ("Low('sea')", {(__name__, "Low")})


@pytest.mark.parametrize("zone", [Tide(), zoneinfo.ZoneInfo("UTC")], ids=["no source", "needs another import"])
def test_a_zone_that_cannot_be_written_makes_its_moment_one_that_cannot(zone: datetime.tzinfo) -> None:
    with pytest.raises(phrasing.Unphrased):
        phrasing.Phrase("/src", alike).of(MOMENT.replace(tzinfo=zone))
