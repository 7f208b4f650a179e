"""Section 4: how runs begin and end, and what numbers are estimated by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imgsim.report.stress.phrases import phrase
from imgsim.report.stress.subject import Entries, Entry, Kind, Subject
from imgsim.scenario.spec import Scenario
from imgsim.units import format_duration


def entries(subject: Subject) -> Entries:
    """Return what is said of initialisation, run length and estimation."""
    open = ("why so many replications.",) if subject.kind != "run" else ()
    return {
        "4.1": Entry(tuple(_initialisation(subject.scenario))),
        "4.2": Entry(tuple(_length(subject.scenario))),
        "4.3": Entry(tuple(estimation(subject)), open),
    }


def _initialisation(scenario: Scenario) -> Iterator[str]:
    run = scenario.run
    if run.kind == "terminating":
        yield "Terminating: the run has an end of its own (4.2)."
    else:
        yield "Non-terminating (steady-state): the run shows a part of what goes on."
    if run.warmup == "auto":
        yield (
            "The warm-up is found from 20 pilot runs by MSER-5 (White, Cobb and Spratt 2000); a "
            "single run cuts none."
        )
    elif run.warmup:
        yield f"A warm-up of {format_duration(run.cut)} is cut when measuring."
    else:
        yield "No warm-up is cut."
    instances = sum(len(one.ids()) for one in scenario.instances)
    images = sum(one.count for one in scenario.images)
    snapshots = sum(one.count for one in scenario.snapshots)
    yield (
        f"There from the start: instances {instances}, images {images}, snapshots {snapshots}; "
        "nothing is waiting or in progress but what the scenario says."
    )
    ages = [*(one.age for one in scenario.images), *(one.age for one in scenario.snapshots)]
    drawn = any(age is not None for age in ages)
    yield "Ages of images or snapshots are drawn." if drawn else "The start is deterministic."


def _length(scenario: Scenario) -> Iterator[str]:
    run = scenario.run
    if run.horizon is None:
        yield "Until the load has ended by itself."
    else:
        yield f"Arrivals go on for {format_duration(run.horizon)} of simulated time."
    yield (
        "The run then goes on until nothing is in progress, for at most "
        f"{format_duration(run.drain)}. The unit of time is the microsecond, in whole numbers; it "
        f"begins on {scenario.start:%Y-%m-%d %H:%M} UTC."
    )


def estimation(subject: Subject) -> Iterator[str]:
    """Yield how numbers were estimated and how sure they are."""
    made, run = subject.provenance, subject.scenario.run
    if subject.kind == "run":
        yield (
            f"A single run, replication {made.replications.rpartition(' ')[2]} of seed "
            f"{made.seed}. Its numbers are of one course of luck and have no intervals; "
            "replications would tell how far others differ."
        )
        return
    yield f"Independent replications: {made.replications} of seed {made.seed}."
    if run.replications is not None and run.replications.until:
        wanted = subject.scenario.plain()["run"]["replications"]["until"]
        yield f"Replications were added until half-widths were small enough: {phrase(wanted)}."
    confidence = float(run.confidence) if made.confidence is None else made.confidence
    yield (
        f"Intervals of {confidence * 100:.6g}% confidence: "
        "Student's of the means of replications; for shares of calls that of a ratio estimator "
        "(Cochran, 1977) or the exact binomial one adjusted for clusters (Korn and Graubard, "
        "1998), whichever is wider."
    )
    yield from _OF_KIND.get(subject.kind, ())


_OF_KIND: Final[dict[Kind, tuple[str, ...]]] = {
    "comparison": (
        (
            "Cases are paired by replication and meet the same luck (common random numbers); "
            "the error of intervals is divided among all that are looked at (Bonferroni)."
        ),
    ),
    "sweep": ("All points meet the same luck (common random numbers).",),
    "solution": (
        (
            "All values meet the same luck (common random numbers); the confidence is that of the "
            "whole answer, its error divided among all decisions."
        ),
    ),
}
