"""What is expected is checked when a scenario is read, with file and line."""

import pytest
from regression.small import SMALL, loaded, write

from imgsim import Scenario, ScenarioError, load


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "{measure: rejction_rate, below: 1%}",
            ":18:14: expect[0].measure: there is no measure 'rejction_rate'; "
            "did you mean rejection_rate?",
        ),
        (
            "{measure: rejection_rate, below: 3m}",
            ":18:4: expect[0]: 3m is no limit of rejection_rate: Share of calls that were denied.",
        ),
        (
            "{measure: time_to_available.p95, between: [1m, 200 CNY]}",
            "expect[0]: 200 CNY is no limit of time_to_available.p95: 95% quantile of seconds",
        ),
        ("{measure: calls}", "give one of below, above, between and equals"),
        ("{measure: calls, below: 1, above: 2}", "give one of below, above, between and equals"),
        ("{measure: calls, between: [3, 2]}", "give the lowest and the highest"),
        ("{measure: calls, between: [1, 2, 3]}", "give the lowest and the highest"),
        ("{measure: calls, equals: 3, confidence: 95%}", "nothing that varies equals a number"),
        ("{measure: calls, below: 3, confidence: 100%}", "at least 50% and below 100%"),
        ("{measure: calls, below: 3, confidnce: 95%}", "unknown key; did you mean confidence?"),
        ("{measure: calls, below: 3, severity: bad}", "severity"),
        (
            "{measure: calls, below: 3}\n - {measure: calls, above: 1}",
            ":19:4: expect[1]: there is an expectation 'calls' already",
        ),
        ("{measure: calls@nowhere, below: 3}", "nowhere"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(tmp_path, said, told):
    path = write(tmp_path, f"expect:\n - {said}\n")
    with pytest.raises(ScenarioError) as error:
        load(path)
    assert told in str(error.value)
    assert str(error.value).startswith(f"{path}:")


def test_what_is_expected_is_written_and_read_back(tmp_path):
    scenario = loaded(
        tmp_path,
        """\
        expect:
          - {measure: time_to_available.p95, between: [1m, 90m], confidence: 99%, severity: warn}
          - {id: few, measure: rejection_rate@builds, below: 12.5%}
        """,
    )
    assert Scenario.from_mapping(scenario.plain()) == scenario
    assert [str(one) for one in scenario.expect] == ["1m .. 1h30m", "< 12.5%"]
    assert [one.name for one in scenario.expect] == ["time_to_available.p95", "few"]


def test_what_is_expected_makes_no_other_runs(tmp_path):
    with_it = loaded(tmp_path, "expect: [{measure: calls, above: 1}]\n")
    assert with_it.hash == loaded(tmp_path).hash
    assert SMALL in (tmp_path / "small.yaml").read_text()
