"""The block ``solve``: what it may say, and what is told of its mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

import imgsim
from imgsim.scenario.file import dump
from imgsim.scenario.grid import parse_grid
from imgsim.scenario.limits import Amount, fault_of_kind, parse_amount, parse_bound
from imgsim.units import UnitError

QUICK = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
BLOCK = {
    "smallest": "regions.cn-hangzhou.image_quota",
    "low": 1,
    "high": 100,
    "constraints": {"rejection_rate": {"below": "1%"}, "time_to_available.p95": {"below": "30m"}},
    "indifference": {"rejection_rate": "0.1%"},
}
ALONE = {"indifference": {}}


def quick(**changes):
    return imgsim.load(QUICK, {"solve": BLOCK | changes})


def test_a_block_is_read_and_written_as_it_stands(tmp_path):
    scenario = quick(step=3, start=31, at_most=70, confidence="90%")
    asked = scenario.solve
    assert (asked.find, asked.path) == ("smallest", BLOCK["smallest"])
    assert asked.constraints["time_to_available.p95"].amount == Amount(1800.0, "time")
    assert (asked.grid.value(asked.grid.first), asked.grid.value(asked.grid.last)) == (31, 100)
    (tmp_path / "again.yaml").write_text(dump(scenario))
    assert imgsim.load(tmp_path / "again.yaml") == scenario


def test_what_is_sought_has_no_effect_on_a_run():
    assert quick().hash == quick(high=50).hash == imgsim.load(QUICK).hash


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"smallest": "regions.cn-hangzou.image_quota"}, "there is no 'cn-hangzou'; did you mean"),
        ({"smallest": "regions.cn-hangzhou.image_qota"}, "unknown key; did you mean image_quota?"),
        ({"smallest": "regions.cn-hangzhou.image_quota.x"}, "image_quota is a value, with nothing"),
        ({"smallest": "instances.9.count"}, "there is no '9'"),
        ({"smallest": None}, "solve: give either smallest or largest"),
        ({"largest": "run.seed"}, "solve: give either smallest or largest"),
        ({"low": -5}, "solve.smallest: with -5: regions.cn-hangzhou.image_quota"),
        ({"low": "1m", "high": "2m", "step": "1s"}, "with 1m: regions.cn-hangzhou.image_quota"),
        ({"low": [1]}, "solve.low: must be a number, or a quantity with its unit"),
        ({"high": 1}, "low must be below high"),
        ({"step": 1000}, "there are 0 steps of 1000"),
        ({"start": 0}, "start 0 does not lie between 1 and 100"),
        ({**ALONE, "constraints": {"rejection_rat": {"below": 1}}}, "did you mean rejection_rate?"),
        (
            {**ALONE, "constraints": {"rejection_rate": {"below": "30m"}}},
            "30m is no limit of rejection_rat",
        ),
        (
            {**ALONE, "constraints": {"calls": {"above": "1%"}}},
            "1% is no limit of calls: Number of calls",
        ),
        ({**ALONE, "constraints": {"calls": {"above": "1 CNY"}}}, "1 CNY is no limit of calls"),
        ({**ALONE, "constraints": {"calls": {"above": "x"}}}, "'x' is no limit of a measure"),
        ({**ALONE, "constraints": {"calls": {}}}, "give either below or above"),
        ({"indifference": {"calls": 1}}, "'calls' is not constrained"),
        ({"indifference": {"rejection_rate": 0}}, "rejection_rate: must be above 0"),
        ({"confidence": "20%"}, "confidence must be at least 50%"),
        ({"at_most": 1}, "at_most must be 2 or more"),
        ({"setp": 3}, "solve.setp: unknown key; did you mean step?"),
    ],
)
def test_mistakes_are_told(changes, message):
    with pytest.raises(imgsim.ScenarioError) as told:
        quick(**changes)
    assert message in str(told.value)


def test_a_mistake_is_told_with_line_and_column(tmp_path):
    (tmp_path / "a.yaml").write_text(
        f"extends: {QUICK}\n"
        "solve:\n"
        "  smallest: regions.cn-hangzhou.quota\n"
        "  low: 1\n"
        "  high: 9\n"
        "  constraints:\n"
        "    rejections: {below: 1%}\n"
    )
    with pytest.raises(imgsim.ScenarioError) as told:
        imgsim.load(tmp_path / "a.yaml")
    one, two = told.value.messages
    assert "a.yaml:7:17: solve.constraints.rejections: there is no measure" in one
    assert "a.yaml:3:13: solve.smallest: with 1: regions.cn-hangzhou.quota: unknown key" in two


@pytest.mark.parametrize(
    ("said", "number", "kind", "written"),
    [
        ("1%", 0.01, "share", "1%"),
        ("30m", 1800.0, "time", "30m"),
        ("1.5 CNY", 1.5, "amount of money", "1.5 CNY"),
        (7, 7.0, "number", "7"),
    ],
)
def test_limits_are_read_in_the_unit_of_the_measure(said, number, kind, written):
    amount = parse_amount(said)
    assert amount == Amount(number, kind)
    assert str(amount) == written


def test_kinds_fit_by_what_the_catalogue_says_of_a_measure():
    assert fault_of_kind("time_to_available.p95", parse_amount("30m")) is None
    assert fault_of_kind("cost.total", parse_amount("30 CNY")) is None
    assert fault_of_kind("rejection_rate", parse_amount("3%")) is None
    assert fault_of_kind("cost.total", parse_amount("30m")) is not None


def test_constraints_as_texts():
    assert parse_bound("< 1%") == {"below": "1%"}
    assert parse_bound(">0.5") == {"above": 0.5}
    with pytest.raises(UnitError, match="write for example < 1%"):
        parse_bound("1%")


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ((1, 4), [1, 2, 3, 4]),
        ((0, 10, 4), [0, 4, 8]),
        ((0, 1, 0.25), [0.0, 0.25, 0.5, 0.75, 1.0]),
        (("1m", "2m", "30s"), ["1m", "1m30s", "2m"]),
        (("10%", "30%", "10%"), ["10%", "20%", "30%"]),
        (("0.1/s", "0.3/s", "0.1/s"), ["0.1/s", "0.2/s", "0.3/s"]),
        (("40 GiB", "42 GiB", "1 GiB"), ["40 GiB", "41 GiB", "42 GiB"]),
    ],
)
def test_values_lie_at_whole_steps_from_the_low_end(asked, values):
    grid = parse_grid(*asked)
    assert [grid.value(number) for number in range(grid.last + 1)] == values
