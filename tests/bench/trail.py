"""Time and memory of an import: ``python -m tests.bench.trail [--events N]``.

Invented ActionTrail events, of which a share are CreateImage calls and the others other events, as
JSON lines, as one list, pretty-printed, and as gzip; each is imported by the command line in a
process of its own. Printed are wall time, CPU time and the peak of resident memory.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.logs.invented import START, event

ROOT = Path(__file__).parents[2]
FORMS = ("lines", "list", "pretty", "gzip", "wrapped")
OTHERS = ("DescribeInstances", "RunInstances", "DescribeImages", "StopInstance", "AssumeRole")
CODES = (None, None, None, None, "QuotaExceed.Image", "Throttling.User")


def events(number: int, share: float) -> Iterator[dict]:
    """Yield events, of which a share are CreateImage calls of 5,000 instances."""
    calls = 0.0
    for n in range(number):
        calls += share
        at = START + timedelta(seconds=n)
        if calls < 1:
            yield event(n, at=at, eventName=OTHERS[n % len(OTHERS)])
            continue
        calls -= 1
        sent = {"InstanceId": f"i-bp1{n % 5000:06}", "ClientToken": f"{n:032}"}
        yield event(n, sent, CODES[n % len(CODES)], at=at)


def write(path: Path, form: str, number: int, share: float) -> None:
    """Write the events in a form."""
    opener = gzip.open if form == "gzip" else Path.open
    with opener(path, "wt", encoding="utf-8") as out:
        between = ",\n" if form in ("list", "pretty") else "\n"
        out.write("[" if form in ("list", "pretty") else "")
        for n, one in enumerate(events(number, share)):
            whole = {"__topic__": "actiontrail_event", "event": one} if form == "wrapped" else one
            out.write(between if n else "")
            out.write(json.dumps(whole, indent=2 if form == "pretty" else None))
        out.write("]" if form in ("list", "pretty") else "")


def measure(path: Path, folder: Path) -> tuple[float, float, float, dict]:
    """Import in a process of its own; return wall and CPU seconds, peak MiB and what is told."""
    command = [sys.executable, "-m", "imgsim", "import", str(path), "--out", str(folder), "--json"]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.read())
        _, _, used = os.wait4(running.pid, 0)
        running.returncode = 0
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--share", type=float, action="append", help="of calls among the events")
    parser.add_argument("--form", choices=FORMS, action="append")
    asked = parser.parse_args()
    print(f"{'form':10}{'calls':>10}{'file MiB':>10}{'wall s':>8}{'CPU s':>8}{'peak MiB':>10}")
    for share in asked.share or (0.1, 1.0):
        for form in asked.form or FORMS:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "events")
                write(path, form, asked.events, share)
                wall, cpu, peak, told = measure(path, Path(folder, "imported"))
                size = path.stat().st_size / 2**20
            calls = told["calls"]
            print(f"{form:10}{calls:10,}{size:10.0f}{wall:8.1f}{cpu:8.1f}{peak:10.0f}", flush=True)


if __name__ == "__main__":
    main()
