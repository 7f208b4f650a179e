"""What a file may say about how often it is run, and the messages when it says it wrong."""

import pytest

from imgsim import Scenario, ScenarioError
from imgsim.scenario.tolerance import Tolerance, parse_tolerance
from imgsim.units import HOUR, UnitError


def run_of(**run):
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "often",
            "run": {"horizon": "9h"} | run,
            "regions": {"r": {"snapshot_service": {"duration": "1m"}}},
        }
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (0.005, Tolerance(0.005)),
        ("0.005", Tolerance(0.005)),
        ("30s", Tolerance(30, is_time=True)),
        ("1h30m", Tolerance(5400, is_time=True)),
        ("5%", Tolerance(0.05, relative=True)),
        (0, Tolerance(0)),
    ],
)
def test_a_tolerance_is_an_amount_or_a_share_of_the_number(said, meant):
    assert parse_tolerance(said) == meant
    assert parse_tolerance(str(meant)) == meant


@pytest.mark.parametrize(
    "said", ["x", "", "-1", -1, True, None, "nan", "5%%", [], "1e99", "5 apples"]
)
def test_what_is_no_tolerance_is_refused(said):
    with pytest.raises(UnitError, match="is no tolerance; write"):
        parse_tolerance(said)


def test_a_relative_tolerance_is_a_share_of_the_size():
    assert Tolerance(0.05, relative=True).of(-200) == 10
    assert Tolerance(3).of(-200) == 3


def test_a_number_and_a_precision_are_read_and_written_again():
    assert run_of(replications=30).run.replications.at_most == 30
    precise = {
        "until": {"calls": 3, "slot_wait.mean": "90s", "time_to_available.p95@r": "5%"},
        "at_most": 99,
    }
    scenario = run_of(replications=precise, confidence="99%")
    assert scenario.run.replications.until["calls"] == Tolerance(3)
    assert Scenario.from_mapping(scenario.plain()) == scenario


def test_an_automatic_warm_up_cuts_nothing_from_a_single_run():
    assert run_of(kind="steady-state", warmup="auto").run.cut == 0
    assert run_of(warmup="1h").run.cut == HOUR


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ({"replications": 1}, "run.replications: must be 2 or more"),
        ({"replications": "x"}, "run.replications: 'x' is not a whole number"),
        ({"replications": {"until": {"call": 1}}}, "until.call: there is no measure 'call'; did"),
        ({"replications": {"until": {"calls@q": 1}}}, "no measure 'calls@q'; did you mean calls@r"),
        ({"replications": {"until": {"calls": "30s"}}}, "until.calls: calls is no time, and 30s"),
        ({"replications": {"until": {"calls": 0}}}, "a half-width must be above 0"),
        (
            {"replications": {"until": {"calls": "x"}}},
            "run.replications.until.calls: 'x' is no tol",
        ),
        ({"replications": {"until": {"calls": 1}, "at_most": 9}}, "at_most must be 20 or more"),
        ({"warmup": "auto"}, "warmup: auto goes with kind: steady-state"),
        ({"kind": "steady-state", "horizon": None}, "a steady-state run needs a horizon"),
        ({"kind": "steady"}, "did you mean steady-state?"),
        ({"confidence": "100%"}, "confidence must be at least 50% and below 100%"),
    ],
)
def test_what_is_wrong_is_said(run, message):
    with pytest.raises(ScenarioError) as raised:
        run_of(**run)
    assert message in str(raised.value)
