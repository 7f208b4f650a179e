"""Section 1: what the model is for, what is reported, what was tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imgsim.report.stress.phrases import phrase
from imgsim.report.stress.subject import Entries, Entry, Subject
from imgsim.results.measures import about
from imgsim.scenario.solve import Solve
from imgsim.scenario.sweep import SweepSpec

_MODEL: Final = (
    "The model is of the image-creation lifecycle of Alibaba Cloud ECS: from the call to the image "
    "that is there, or to the denial."
)


def entries(subject: Subject) -> Entries:
    """Return what is said of purpose, outputs and aims."""
    question = " ".join(subject.scenario.description.split())
    return {
        "1.1": Entry(
            (
                *([f"The question: {question}"] if question else []),
                _MODEL,
            ),
            ("background and objectives, and who decides what by the answer.",)
            if question
            else ("the question, its background and the objectives.",),
        ),
        "1.2": Entry(tuple(_outputs(subject))),
        "1.3": _aims(subject),
    }


def _outputs(subject: Subject) -> Iterator[str]:
    for name in subject.measures:
        yield f"{name}: {about(name)}"
    cut = subject.scenario.run.warmup
    behind = ", of what is behind the warm-up alone" if cut else ""
    yield (
        f"Measures are taken from the tables of each finished run{behind}. What a run has not seen "
        "the end of ranks above everything finished: a quantile that it could move is told as a "
        "lower bound, a mean is not told."
    )
    if subject.kind == "run":
        yield "A single run has no measure of error: how far its luck reaches is not known."
    else:
        yield "How intervals are calculated stands in 4.3."


def _aims(subject: Subject) -> Entry:
    scenario = subject.scenario
    if subject.kind == "comparison":
        others = ", ".join(subject.others)
        return _chosen(f"(A) Scenarios: {scenario.name}, and held against it {others} (see 2.3).")
    if subject.kind == "sweep" and scenario.sweep is not None:
        return _chosen(f"(B) Design of experiments: {_design(scenario.sweep)}")
    if subject.kind == "solution" and scenario.solve is not None:
        return _chosen(f"(C) Optimisation: {_sought(scenario.solve)}")
    return Entry((f"One scenario alone, {scenario.name}, as it is; there was no experiment.",))


def _chosen(what: str) -> Entry:
    return Entry((what,), ("why these cases, values or limits were chosen.",))


def _design(spec: SweepSpec) -> str:
    plain = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    name = next(name for name, design in spec.designs.items() if design is not None)
    return (
        f"{name}, {spec.size} points, each with the same {spec.replications} replications; "
        f"{phrase(plain[name])}."
    )


def _sought(asked: Solve) -> str:
    plain = asked.model_dump(mode="json", exclude_none=True)
    limits = "; ".join(f"{name} {phrase(limit)}" for name, limit in plain["constraints"].items())
    step = "" if asked.step is None else f" in steps of {asked.step}"
    return (
        f"the {asked.find} {asked.path} from {asked.low} to {asked.high}{step} that keeps "
        f"{limits}. At each value that is looked at replications are added until it is decided, at "
        f"most {asked.at_most}."
    )
