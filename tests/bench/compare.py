"""imgsim against the textbook: ``python -m tests.bench.compare [--calls N] [--pairs N]``.

Both run the same 100,000 calls from the same draws, in turn, each in a process of its own, timed by
its CPU time. imgsim's time holds the scenario, the run with rules and rows, the conservation laws
and all DataFrames; the textbook's time holds its run alone: it gets its draws free. Both rest the
cyclic collector; two more columns say what the textbook takes with it, and with its draws.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import pstats
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import imgsim

from .loads import described, scenario
from .textbook import Textbook, inputs

ROOT = Path(__file__).parents[2]
TABLES = ("intents", "calls", "snapshots", "images", "uses", "ledger", "states")
ROOMS = {
    "api": "rules (api)",
    "cloud": "cloud",
    "processes": "processes",
    "records": "rows (records)",
    "chance": "draws (chance)",
    "workload": "requests (workload)",
    "simpy": "SimPy",
}


def run_imgsim(calls: int, **what: Any) -> dict[str, Any]:
    """Run imgsim with everything a user gets; return seconds by section and the outcome."""
    told = described(calls, **what)
    clock = [time.process_time()]
    simulation = imgsim.Simulation(imgsim.Scenario.from_mapping(told))
    clock.append(time.process_time())
    simulation.run()
    clock.append(time.process_time())
    run = simulation.finish()
    clock.append(time.process_time())
    frames = {name: getattr(run, name) for name in TABLES}
    clock.append(time.process_time())
    table = frames["calls"]
    latencies = np.rint(table["total_s"].to_numpy(float, na_value=np.nan) * 1e6)
    latencies[(table["outcome"] != "available").to_numpy()] = -1
    return {
        "seconds": clock[-1] - clock[0],
        "sections": dict(
            zip(("scenario", "simulate", "laws", "frames"), np.diff(clock).tolist(), strict=True)
        ),
        "outcome": _outcome(latencies.astype(np.int64)),
    }


def run_textbook(
    calls: int, *, draws: bool = False, collector: bool = False, **what: Any
) -> dict[str, Any]:
    """Run the textbook, with its draws in its time or free, the collector at work or resting."""
    told = scenario(calls, **what)
    begin = time.process_time()
    given = inputs(told, calls)
    if not draws:
        begin = time.process_time()
    if not collector:
        gc.disable()
    model = Textbook(given)
    model.run()
    seconds = time.process_time() - begin
    gc.enable()
    latencies = np.array([-1 if one is None else one for one in model.latencies], np.int64)
    assert model.available + model.denied == calls
    return {"seconds": seconds, "outcome": _outcome(latencies)}


def _outcome(latencies: np.ndarray) -> list[int]:
    """Return available, denied, and two sums that tell the latencies and their order apart."""
    made = latencies[latencies >= 0]
    places = np.arange(1, len(latencies) + 1)
    mixed = int((latencies * places % 1_000_003).sum())
    return [len(made), len(latencies) - len(made), int(made.sum()), mixed]


VARIANTS = {
    "imgsim": run_imgsim,
    "textbook": run_textbook,
    "textbook with draws": lambda calls: run_textbook(calls, draws=True),
    "textbook with collector": lambda calls: run_textbook(calls, collector=True),
}


def fresh(variant: str, calls: int) -> dict[str, Any]:
    """Run a variant in a process of its own, after a small run that imports everything."""
    command = [sys.executable, "-m", "tests.bench.compare", "--one", variant, "--calls", str(calls)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(answer)
    return result


def profile(calls: int, most: int = 15) -> str:
    """Return where imgsim's time goes: by room, and the functions that take the most."""
    run_imgsim(100)
    profiler = cProfile.Profile(builtins=False)
    profiler.enable()
    run_imgsim(calls)
    profiler.disable()
    stats: Any = pstats.Stats(profiler).stats
    total = sum(entry[2] for entry in stats.values())
    rooms: dict[str, float] = defaultdict(float)
    for (file, _, _), entry in stats.items():
        rooms[_room(file)] += entry[2]
    lines = ["", "share of the profiled time (own time), by room:"]
    lines += [
        f"  {share / total:6.1%}  {room}" for room, share in sorted(rooms.items(), key=_by_share)
    ]
    lines += ["", "own %   cum %  calls/call  function"]
    for (file, line, name), entry in sorted(stats.items(), key=lambda e: -e[1][2])[:most]:
        where = "/".join(Path(file).parts[-2:])
        lines.append(
            f"{entry[2] / total:6.1%} {entry[3] / total:6.1%} {entry[1] / calls:8.2f}    "
            f"{name} ({where}:{line})"
        )
    return "\n".join(lines)


def _room(file: str) -> str:
    parts = Path(file).parts
    for part in reversed(parts[:-1]):
        if part in ROOMS:
            return ROOMS[part]
    return "frames, laws, loading"


def _by_share(item: tuple[str, float]) -> float:
    return -item[1]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--one", choices=VARIANTS, help="run this once and print JSON")
    parser.add_argument("--profile", action="store_true", help="only say where the time goes")
    asked = parser.parse_args()
    if asked.one:
        VARIANTS[asked.one](200)
        print(json.dumps(VARIANTS[asked.one](asked.calls)))
        return
    if not asked.profile:
        _compare(asked.calls, asked.pairs)
    print(profile(min(asked.calls, 20_000)))


def _compare(calls: int, pairs: int) -> None:
    results: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(pairs):
        for variant in VARIANTS:
            results[variant].append(fresh(variant, calls))
    outcomes = {tuple(r["outcome"]) for runs in results.values() for r in runs}
    assert len(outcomes) == 1, f"the outcomes differ: {outcomes}"
    ((available, denied, *_),) = outcomes
    print(f"{calls:,} calls: {available:,} available, {denied:,} denied; the same latencies")
    print(f"{'':26}{'median s':>10}{'us/call':>10}{'over imgsim, pair by pair':>28}")
    ours = [run["seconds"] for run in results["imgsim"]]
    for variant, runs in results.items():
        seconds = [run["seconds"] for run in runs]
        ratios = sorted(theirs / our for theirs, our in zip(seconds, ours, strict=True))
        print(
            f"{variant:26}{median(seconds):10.2f}{median(seconds) / calls * 1e6:10.1f}"
            f"{median(ratios):14.2f} [{ratios[0]:.2f}..{ratios[-1]:.2f}]"
        )
    for name in results["imgsim"][0]["sections"]:
        middle = median(run["sections"][name] for run in results["imgsim"])
        print(f"  imgsim {name:17}{middle:10.2f}{middle / calls * 1e6:10.1f}")


if __name__ == "__main__":
    main()
