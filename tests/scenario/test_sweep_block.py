"""What a scenario file may say under ``sweep``, and how its faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.scenario.file import ScenarioError, load, load_labelled
from imgsim.scenario.sweep import Factor
from imgsim.study.designs import faults, points_of

QUICK = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
QUOTA = "regions.cn-hangzhou.image_quota"


@pytest.fixture
def checked(tmp_path):
    def check(block):
        path = tmp_path / "s.yaml"
        path.write_text(f"extends: {QUICK}\nsweep:\n{block}")
        return load_labelled(path, {}, faults)

    return check


def messages(checked, block):
    with pytest.raises(ScenarioError) as error:
        checked(block)
    return [line.partition("s.yaml:")[2] for line in error.value.messages]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("  grid: {}", ["3:9: sweep.grid: must not be empty; write for example {run.seed: [1, "]),
        (
            "  replications: 5",
            ["3:3: sweep: give one of grid, list, latin-hypercube, sobol"],
        ),
        (
            "  grid: {run.seed: [1]}\n  sobol: {ranges: {run.seed: [1, 2]}}",
            ["3:3: sweep: grid and sobol stand here together; give one of grid, list"],
        ),
        ("  gird: {run.seed: [1]}", ["3:3: sweep.gird: unknown key; did you mean grid?"]),
        ("  points: [{run.seed: 1}]", ["3:3: sweep.points: unknown key"]),
        (
            f"  grid:\n    {QUOTA}: [60, many]\n    run.seed: [1, 2]",
            [f"4:43: sweep.grid.{QUOTA}[1]: point 2: {QUOTA}: 'many' is not a whole number"],
        ),
        (
            f"  list:\n    - {{run.seed: 1}}\n    - {{{QUOTA[:-1]}: 1}}",
            [f"5:40: sweep.list[1].{QUOTA[:-1]}: point 1: {QUOTA[:-1]}: unknown key; did you mean"],
        ),
        (
            "  sobol: {base: 6, ranges: {run.seed: [1, 2]}}",
            ["3:10: sweep.sobol: base must be a power of 2 from 4 on, such as 64, not 6"],
        ),
        (
            "  latin-hypercube: {points: 9, ranges: {run.horizon: {low: 2h, high: 1h}}}",
            ["3:54: sweep.latin-hypercube.ranges.run.horizon: low must be below high"],
        ),
        (
            "  latin-hypercube: {points: 9, ranges: {x: {low: 0, high: 1, scale: log}}}",
            ["3:44: sweep.latin-hypercube.ranges.x: a logarithmic scale has no place for 0"],
        ),
        (
            "  latin-hypercube: {points: 9, ranges: {x: {low: 0, hgih: 1}}}",
            ["3:53: sweep.latin-hypercube.ranges.x.hgih: unknown key; did you mean high?"],
        ),
        (
            "  latin-hypercube: {points: 9, ranges: {x: {low: 1m, high: 2 GiB}}}",
            ["3:44: sweep.latin-hypercube.ranges.x: '1m' and '2 GiB' are not both durations"],
        ),
        (
            "  latin-hypercube: {points: 3, ranges: {run.horizon: {low: 1, high: 9}}}",
            ["3:54: sweep.latin-hypercube.ranges.run.horizon: point 0: run.horizon: the number"]
            * 3,
        ),
        (
            "  grid: {run.seed: [1]}\n  measures: [calls, rejection_rat]",
            [
                "4:21: sweep.measures[1]: there is no measure 'rejection_rat'; did you mean rejection"
            ],
        ),
        (
            f"  sobol: {{base: 4096, ranges: {{{QUOTA}: [1, 2]}}}}",
            ["3:3: sweep: 12288 points are too many; at most 10000"],
        ),
    ],
)
def test_each_fault_has_its_line_and_says_what_would_be_right(checked, block, told):
    found = messages(checked, block)
    assert len(found) == len(told), found
    for line, beginning in zip(found, told, strict=True):
        assert line.startswith(beginning.replace("point 0", line[line.find("point ") :][:7]))


def test_a_fault_of_points_together_is_told_at_the_points(checked):
    block = "  grid:\n    load.builds.mix: [[{instances: {group: web, choose: each}}]]\n"
    block += "    load.builds.arrivals: [{closed-loop: {clients: 9, think: 1m}}]"
    (line,) = messages(checked, block)
    assert line.startswith("4:23: sweep.grid.load.builds.mix[0]: point 0: load.builds.mix[0]")
    gone = messages(checked, "  grid:\n    instances: [[]]\n")
    assert any(line.startswith("4:5: sweep.grid: point 0: load.builds") for line in gone), gone


def test_a_file_with_a_sweep_is_read_without_making_its_points(checked, tmp_path):
    with pytest.raises(ScenarioError):
        checked(f"  grid: {{{QUOTA}: [many]}}")
    assert load(tmp_path / "s.yaml").sweep.size == 1


@pytest.mark.parametrize(
    ("said", "values"),
    [
        (["a", "b", "c"], ["a", "b", "c", "c"]),
        ({"choices": [1, [2]]}, [1, 1, [2], [2]]),
        ({"low": 1, "high": 4}, [1, 2, 3, 4]),
        ({"low": "1m", "high": "5m"}, ["1m", "2m20s", "3m40s", "5m"]),
        ({"low": "1m", "high": "1h4m", "scale": "log"}, ["1m", "4m", "16m", "1h4m"]),
    ],
)
def test_a_factor_has_its_ends_and_what_lies_between(said, values):
    factor = Factor.model_validate(said)
    assert [factor.at(share) for share in (0, 1 / 3 + 1e-12, 2 / 3 + 1e-12, 1)] == values


def test_whole_numbers_are_equally_likely():
    factor = Factor.model_validate({"low": 1, "high": 3})
    drawn = [factor.at(share / 300) for share in range(300)]
    assert [drawn.count(number) for number in (1, 2, 3)] == [100, 100, 100]


def test_a_latin_hypercube_has_each_choice_and_each_part_of_a_range_once(checked):
    ranges = "{load.builds.scale: {low: 1.0, high: 2.0}, run.seed: {low: 1, high: 10}}"
    scenario = checked(f"  latin-hypercube: {{points: 10, seed: 4, ranges: {ranges}}}")
    points = [point.values for point in points_of(scenario.sweep)]
    assert sorted(point["run.seed"] for point in points) == [*range(1, 11)]
    assert sorted(int(point["load.builds.scale"] * 10) for point in points) == [*range(10, 20)]
    again = [point.values for point in points_of(scenario.sweep)]
    assert again == points
    other = scenario.what_if({"sweep.latin-hypercube.seed": 5})
    assert [point.values for point in points_of(other.sweep)] != points


def test_the_points_of_sobol_indices_are_two_samples_and_one_more_for_each_factor(checked):
    ranges = "{load.builds.scale: {low: 1.0, high: 2.0}, run.seed: {low: 1, high: 1000}}"
    scenario = checked(f"  sobol: {{base: 8, ranges: {ranges}}}")
    points = [tuple(point.values.values()) for point in points_of(scenario.sweep)]
    assert len(points) == scenario.sweep.size == 8 * 4
    a, b, scale, seed = (points[first : first + 8] for first in range(0, 32, 8))
    assert scale == [(two[0], one[1]) for one, two in zip(a, b, strict=True)]
    assert seed == [(one[0], two[1]) for one, two in zip(a, b, strict=True)]
    assert len({*a, *b}) == 16
