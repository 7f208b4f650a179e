"""Readings are found in the code, and those in force are told."""

import html as escaping
import re
from pathlib import Path

import pytest
from report.sample_pages import SCENARIOS, page_of_run

import imgsim
from imgsim.report import readings as room
from imgsim.report.page import html
from imgsim.report.readings import in_force, parameters, readings

PACKAGE = Path(imgsim.__file__).parent


def names(scenario):
    return {reading.name for reading in in_force(scenario)}


def quickstart(**overrides):
    return imgsim.load(SCENARIOS / "quickstart.yaml", overrides.pop("overrides", {}))


def test_all_that_the_code_says_is_found():
    lines = [
        line
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r'\s*(#\s*|""")?Reading: ', line)
    ]
    assert len(lines) > 30
    assert len(readings()) == len(lines)


def test_readings_of_rules_are_those_that_explain_shows_in_the_order_of_checking():
    found = {reading.name: reading.text for reading in readings()}
    told = {rule.name: rule.reading for rule in imgsim.RULEBOOK if rule.reading is not None}
    assert [*found][: len(told)] == [*told]
    for name, text in told.items():
        assert found[name][1:] == text[1:]
        assert found[name][0].isupper() or not text[0].isalpha()


def test_a_report_shows_every_reading_of_the_rules_that_are_asked():
    text = re.sub("<wbr>", "", escaping.unescape(html(page_of_run())))
    for rule in imgsim.RULEBOOK:
        shown = rule.reading is not None and not rule.optional
        assert (f'<th scope="row">{rule.name}</th>' in text) == shown
        if shown:
            assert rule.reading.replace("``", "")[1:] in text


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        ("calls_per_minute", "call_is_throttled"),
        ("snapshots_in_progress", "too_many_snapshots_are_in_progress"),
        ("snapshots_per_disk", "disk_has_too_many_snapshots"),
    ],
)
def test_readings_of_a_limit_are_in_force_where_it_is_set(limit, rule):
    optional = {one.name for one in imgsim.RULEBOOK if one.optional}
    assert not names(quickstart()) & {*optional, "cloud.limits.Limits"}
    limited = names(quickstart(overrides={f"account.limits.{limit}": 10}))
    assert limited & optional == {rule}
    assert "cloud.limits.Limits" in limited


def test_readings_of_what_a_scenario_does_not_do_are_not_in_force():
    assert "workload.clients.Deletion" in names(quickstart())
    retry_storm = names(imgsim.load(SCENARIOS / "retry-storm.yaml"))
    assert "workload.clients.Deletion" not in retry_storm
    assert "results.storage.storage" not in retry_storm
    assert "results.storage.storage" in names(imgsim.load(SCENARIOS / "orphans.yaml"))
    assert "processes.spells" in names(imgsim.load(SCENARIOS / "locked-at-night.yaml"))
    assert "processes.top_ups" in names(imgsim.load(SCENARIOS / "balance-runs-dry.yaml"))


def test_each_condition_is_of_a_reading_that_is_there():
    assert room._ONLY.keys() <= {reading.name for reading in readings()}


def test_parameters_tell_which_differ_from_their_default():
    assert not any(one.differs for one in parameters(quickstart()))
    changed = parameters(
        quickstart(
            overrides={
                "rules.token_lifetime": "2h",
                "rules.lock_stops_imaging": True,
                "account.minimum_balance": "0.010 CNY",
                "account.limits.calls_per_minute": 60,
            }
        )
    )
    told = {one.path: (one.value, one.default) for one in changed if one.differs}
    assert told == {
        "rules.token_lifetime": ("2h", "1d"),
        "rules.lock_stops_imaging": ("true", "false"),
        "account.limits.calls_per_minute": ("60", "none"),
    }
    assert all(one.about for one in changed)
