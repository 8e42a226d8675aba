"""A review as others read it: nothing in the change can speak for the reviewer."""

import json
from dataclasses import replace

from improver.cli.formats import github, sarif
from improver.records import File, Finding, GateResult, Receipt, Ruling, Safety
from improver.reviewing import Review, Suggestion, human_change

RECEIPT = Receipt(("lint",))
RESULTS = (
    GateResult("intake", "", Ruling.PASS, RECEIPT),
    GateResult("lint", "", Ruling.FAIL, RECEIPT, ("a.py:1: bad",)),
    GateResult("api", "", Ruling.ESCALATE, RECEIPT, ("f is gone",)),
    GateResult("types", "", Ruling.ABSTAIN, RECEIPT, ("no checker is set up",)),
)
FINDING = Finding("k", "late_binding", "pier/a.py", "f", 3, 0, "it is bound late")
BETTER = Suggestion(FINDING, "late_binding", 3, 4, "    x = 1\n    y = 2\n", Safety.PROVED, "it reads better")
CHANGE = human_change({}, {"pier/a.py": File(b"x = 1\n")}, "Add", "")
REVIEW = Review(CHANGE, RESULTS, ("lint: a.py:1: bad",), (FINDING,), (BETTER,), ())
QUIET = Review(CHANGE, RESULTS[:1], (), (), (), ())


def test_annotations_name_the_place() -> None:
    assert github(REVIEW) == [
        "::error title=lint::a.py:1: bad",
        "::warning title=api::f is gone",
        "::notice file=pier/a.py,line=3,title=late_binding::it is bound late",
    ]
    assert github(QUIET) == []


def test_no_text_of_the_change_begins_a_command_or_another_property() -> None:
    bad = replace(FINDING, path="a,line=9::x\n::set-env name=A::1.py", message="50 %\r\n::error::you lost")
    (line,) = github(replace(REVIEW, results=(), refusals=(), findings=(bad,)))
    assert "\n" not in line
    assert "\r" not in line
    assert line == (
        "::notice file=a%2Cline=9%3A%3Ax%0A%3A%3Aset-env name=A%3A%3A1.py,line=3,"
        "title=late_binding::50 %25%0D%0A::error::you lost"
    )


def test_sarif_holds_a_result_for_each_remark_and_names_its_rules_once() -> None:
    log = json.loads(json.dumps(sarif(replace(REVIEW, findings=(FINDING, FINDING)), "1.0")))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["lint", "api", "late_binding"]
    assert [(one["level"], one["ruleId"], one["message"]["text"]) for one in run["results"]] == [
        ("error", "lint", "a.py:1: bad"),
        ("warning", "api", "f is gone"),
        ("note", "late_binding", "it is bound late"),
        ("note", "late_binding", "it is bound late"),
    ]
    assert run["results"][0]["locations"] == []
    place = run["results"][2]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "pier/a.py"}, "region": {"startLine": 3}}


def test_an_address_in_sarif_is_one() -> None:
    log = sarif(replace(QUIET, findings=(replace(FINDING, path="pier/a b#1.py"),)), "1.0")
    assert '"uri": "pier/a%20b%231.py"' in json.dumps(log)
