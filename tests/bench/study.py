"""What studies cost and gain: cores, ledger and scheduling, common random numbers.

    python3 -m tests.bench.study

Rounds are interleaved, pools of processes are started anew in each, the ledger is a file.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from joblib.externals.loky import get_reusable_executor

import imgsim
from imgsim.results.measures import Measured

ROOT = Path(__file__).parents[2]
QUICK = ROOT / "scenarios" / "quickstart.yaml"
ROUNDS = 3
N = 40


def wait(seconds: float, replication: int) -> dict[str, Measured]:
    """Take that long without the processor, so that only what is around it costs anything."""
    time.sleep(seconds)
    return {f"measure {number}": Measured(replication + number / 7) for number in range(94)}


def seconds_of(what: imgsim.Scenario | imgsim.Case, n: int, jobs: int, *, ledger: bool) -> float:
    """Return the wall time of a study, the start of its processes included."""
    get_reusable_executor().shutdown(wait=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.sqlite") if ledger else None
        began = time.perf_counter()
        imgsim.replicate(what, n, jobs=jobs, ledger=path, progress=False)
        return time.perf_counter() - began


def cores() -> None:
    """Print how much faster two cores are than one."""
    for horizon in ("30d", "5d"):
        scenario = imgsim.load(QUICK, {"run.horizon": horizon})
        times: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(ROUNDS):
            for jobs, taken in times.items():
                taken.append(seconds_of(scenario, N, jobs, ledger=True))
        one, two = (median(taken) for taken in times.values())
        ratios = [a / b for a, b in zip(*times.values(), strict=True)]
        print(
            f"{N} replications of quickstart over {horizon}: {one:.1f} s on one core, {two:.1f} s on "
            f"two, {median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def overhead() -> None:
    """Print what ledger and scheduling add to tasks of 0.2 s in two processes that are there."""
    case = imgsim.Case(wait, 0.2, key="wait")
    added = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "ledger.sqlite")
            imgsim.replicate(case, 4, jobs=2, ledger=path, progress=False)
            began = time.perf_counter()
            imgsim.replicate(case, 204, jobs=2, ledger=path, progress=False)
            added.append((time.perf_counter() - began) / (200 * 0.2 / 2) - 1)
    print(
        f"ledger and scheduling, 200 tasks of 0.2 s on two processes: {median(added):.1%} more than "
        f"the tasks ({min(added):.1%} to {max(added):.1%})"
    )


def luck() -> None:
    """Print how much common random numbers sharpen the difference of two quotas."""
    name = "rejection_rate.image_quota_is_exhausted"
    n = 200

    def shares(quota: int, scale: float, seed: int) -> Any:
        changed = {"regions.cn-hangzhou.image_quota": quota, "load.builds.scale": scale}
        scenario = imgsim.load(QUICK, changed | {"run.seed": seed})
        return imgsim.replicate(scenario, n, ledger=None, progress=False).replications[name]

    for scale in (1.5, 2.0, 2.5, 3.0):
        few, many = shares(100, scale, 1), shares(110, scale, 1)
        common, independent = many - few, shares(110, scale, 2) - few
        print(
            f"quota 100 against 110, {scale:g} times the builds, {few.mean():.2%} refused: the "
            f"variance of the difference is {independent.var() / common.var():.1f} times smaller "
            f"with common random numbers than with another seed ({n} pairs)"
        )


if __name__ == "__main__":
    luck()
    overhead()
    cores()
