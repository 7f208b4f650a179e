"""What a sweep costs beside its runs: 100 points of 20 replications.

    python3 -m tests.bench.sweep

The runs' own time is what each took in its worker, over the number of workers. The wall time of a
sweep is all of it: points, checks, ledger file, and the frame at the end; that of the processes'
start is told apart, as it is the same for one point.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from joblib.externals.loky import get_reusable_executor

import imgsim
import imgsim.study.sweep
from imgsim.results.measures import Measured
from imgsim.study import runs

ROOT = Path(__file__).parents[2]
QUOTA = "regions.cn-hangzhou.image_quota"
GRID = {QUOTA: [*range(20, 40, 2)], "load.builds.scale": [0.1 * k for k in range(1, 11)]}
ROUNDS = 1
N = 20


def work(parameters, replication):
    """Keep the processor busy for that long, and return as many measures as a scenario has."""
    until = time.perf_counter() + parameters["seconds"]
    while time.perf_counter() < until:
        pass
    return {f"measure {number}": Measured(replication + number / 7) for number in range(190)}


def measured(what, design, jobs, measures=()):
    """Return the wall time of a sweep and the time of its runs, both in seconds."""
    own = 0.0

    def kept(self, done):
        nonlocal own
        own += sum(outcome.seconds for _, outcome in done)
        record(self, done)

    record, runs.Runs._record = runs.Runs._record, kept
    try:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            swept = imgsim.sweep(
                what,
                design,
                N,
                measures=measures,
                jobs=jobs,
                ledger=Path(folder, "ledger.sqlite"),
                progress=False,
            )
            swept.to_frame()
            return time.perf_counter() - began, own / jobs
    finally:
        runs.Runs._record = record


def tell(name, what, design, measures=()):
    for jobs in (1, 2):
        if jobs > 1:  # so that the processes are there
            imgsim.replicate(what, 4, jobs=jobs, ledger=None, progress=False)
        ratios = []
        for _ in range(ROUNDS):
            wall, own = measured(what, design, jobs, measures)
            ratios.append(wall / own - 1)
        print(
            f"{name}, {jobs} at once: {own:.1f} s of runs, {median(ratios):+.1%} "
            f"({min(ratios):+.1%} to {max(ratios):+.1%})",
            flush=True,
        )
    get_reusable_executor().shutdown(wait=True)


def main():
    points = {"number": [*range(100)]}
    for seconds in (0.002, 0.01, 0.05):
        case = imgsim.Case(work, {"seconds": seconds, "number": 0}, key="work")
        tell(f"runs of {seconds * 1000:g} ms", case, points, ["measure 1", "measure 2"])
    measures = ["rejection_rate", "time_to_available.p95"]
    for horizon in ("24h", "7d"):
        scenario = imgsim.load(ROOT / "scenarios" / "quickstart.yaml", {"run.horizon": horizon})
        tell(f"quickstart over {horizon}", scenario, GRID, measures)


if __name__ == "__main__":
    main()
