"""Time and memory as a run grows: ``python -m tests.bench.growth [--most N] [--repeats N]``.

User time per call at 10,000, 100,000 and 1,000,000 calls of three disks, at a load of 0.8 and at
1.25, where a backlog grows; and the peak of resident memory over what is there after importing,
with every table made and let go one after the other, when images are kept and when they are deleted
with their snapshots. Each run has a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import imgsim

from .compare import TABLES
from .loads import DELETED, scenario

ROOT = Path(__file__).parents[2]
KIB = 1024
WHATS: dict[str, dict[str, Any]] = {
    "load 0.8, deleted": {"quota": None, "delete": {**DELETED, "snapshots": True}},
    "load 1.25, deleted": {
        "quota": None,
        "load": 1.25,
        "delete": {**DELETED, "snapshots": True},
    },
    "load 0.8, kept": {"quota": None, "delete": None},
}


def one(what: str, calls: int) -> dict[str, float]:
    """Run once; return user seconds, peak bytes over the baseline and things alive at the end."""
    _run(what, 200)
    baseline, begin = _peak(), os.times().user
    alive = _run(what, calls)
    return {"seconds": os.times().user - begin, "bytes": _peak() - baseline, "alive": alive}


def _run(what: str, calls: int) -> int:
    simulation = imgsim.Simulation(scenario(calls, **WHATS[what]))
    simulation.run()
    run = simulation.finish()
    for name in TABLES:
        assert getattr(run, name) is not None
        run.tables.forget(name)
    assert simulation.world.calls == calls
    return len(simulation.cloud.images) + len(simulation.cloud.snapshots)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB


def fresh(what: str, calls: int) -> dict[str, float]:
    """Run once in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.growth", "--one", what, "--calls", str(calls)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(answer)
    return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--what", choices=WHATS, action="append")
    parser.add_argument("--one", choices=WHATS, help="run this once and print JSON")
    parser.add_argument("--calls", type=int, default=10_000)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one, asked.calls)))
        return
    sizes = [calls for calls in (10_000, 100_000, 1_000_000) if calls <= asked.most]
    print(f"{'':22}{'calls':>10}{'user us/call':>14}{'KiB/call':>10}{'alive/call':>12}")
    for what in asked.what or WHATS:
        for calls in sizes:
            runs = [fresh(what, calls) for _ in range(asked.repeats if calls < 10**6 else 1)]
            seconds, peak, alive = (median(r[k] for r in runs) for k in runs[0])
            print(
                f"{what:22}{calls:10,}{seconds / calls * 1e6:14.1f}"
                f"{peak / calls / KIB:10.2f}{alive / calls:12.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
