"""A search in a loss system finds as many servers as Erlang's B asks for, as often as it says."""

from __future__ import annotations

from collections import Counter

import pytest
from joblib import Parallel, delayed
from study.losses import loss, smallest

import imgsim
from imgsim.study.case import Case
from imgsim.study.solve import solve

LIMIT = 0.01


def found(load, seed):
    """Return the answer and the replications that it took."""
    case = Case(loss, {"load": load, "servers": 1, "seed": seed})
    constraints = {"refused": {"below": LIMIT}}
    solution = solve(
        case, "servers", low=1, high=1000, constraints=constraints, ledger=None, jobs=1
    )
    assert solution.runs == solution.made == sum(point.n for point in solution.points)
    return solution.answer, solution.end, solution.runs


def answers(load, repetitions):
    work = (delayed(found)(load, seed) for seed in range(repetitions))
    every = Parallel(n_jobs=2)(work)
    wanted = smallest(load, LIMIT)
    told = Counter(answer - wanted for answer, _, _ in every)
    ends = Counter(end for _, end, _ in every)
    runs = sorted(runs for _, _, runs in every)
    print(f"load {load:g}, wanted {wanted}: off by {dict(told)}, {dict(ends)}")
    print(f"replications: median {runs[len(runs) // 2]}, largest {runs[-1]}")
    return told


def test_the_formula_gives_what_the_tables_say():
    assert [smallest(load, LIMIT) for load in (5, 20, 80)] == [11, 30, 96]


@pytest.mark.parametrize(
    ("load", "repetitions"),
    [
        (5.0, 20),
        (20.0, 10),
        pytest.param(5.0, 60, marks=pytest.mark.slow),
        pytest.param(20.0, 60, marks=pytest.mark.slow),
        pytest.param(80.0, 20, marks=pytest.mark.slow),
        pytest.param(5.0, 200, marks=pytest.mark.long),
        pytest.param(20.0, 200, marks=pytest.mark.long),
        pytest.param(80.0, 200, marks=pytest.mark.long),
    ],
)
def test_the_answer_is_the_wanted_one_or_the_next_and_hardly_ever_too_small(load, repetitions):
    told = answers(load, repetitions)
    assert sum(many for off, many in told.items() if off < 0) <= 0.05 * repetitions
    assert told[0] + told[1] >= 0.95 * repetitions


def loss_scenario(seed):
    """Return calls at 20 an hour that hold a place of the quota for an hour each."""
    golden = {"id": "golden", "region": "r", "kind": "system", "size": "40 GiB"}
    return imgsim.Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "loss",
            "run": {"horizon": "130h", "warmup": "10h", "seed": seed},
            "regions": {
                "r": {
                    "image_quota": 1,
                    "registration": "1us",
                    "snapshot_service": {"duration": "1s"},
                }
            },
            "snapshots": [golden | {"created": "2025-01-01"}],
            "load": {
                "s": {
                    "arrivals": {"poisson": {"rate": "20/h"}},
                    "mix": [{"snapshots": {"ids": ["golden"]}}],
                    "delete": {"after": {"exponential": {"mean": "1h"}}},
                }
            },
        }
    )


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_quota_is_found_as_erlang_b_says_through_the_whole_model(seed):
    solution = imgsim.solve(
        loss_scenario(seed),
        "regions.r.image_quota",
        low=1,
        high=200,
        constraints={"rejection_rate": "< 1%"},
        ledger=None,
    )
    print(solution, solution.runs)
    assert solution.answer - smallest(20, LIMIT) in (0, 1)
