"""Section 3: where values come from, what was done to them, what they are, what is assumed."""

from __future__ import annotations

from collections.abc import Iterator

from imgsim.report.readings import in_force, parameters
from imgsim.report.stress.phrases import is_drawn, leaves, phrase
from imgsim.report.stress.subject import Entries, Entry, Subject
from imgsim.scenario.spec import Scenario


def entries(subject: Subject) -> Entries:
    """Return what is said of data sources, pre-processing, input parameters and assumptions."""
    scenario = subject.scenario
    read = tuple(_files(scenario))
    return {
        "3.1": Entry(
            read or ("No data files are read: all values stand in the scenario.",),
            ("where the values come from, of which period, and of how many observations.",),
        ),
        "3.2": Entry(
            ("imgsim does none, but rows of a trace outside the run are left out.",)
            if read
            else ("imgsim does none.",),
            ("what was done to the data before.",),
        ),
        "3.3": Entry(
            tuple(_inputs(scenario)),
            ("how distributions were chosen, and which others were tried.",),
        ),
        "3.4": Entry(
            tuple(_assumptions(scenario)),
            ("assumptions behind the values of the scenario.",),
        ),
    }


def _files(scenario: Scenario) -> Iterator[str]:
    for path, value in leaves(_inputs_of(scenario)):
        block = next(iter(value.values())) if is_drawn(value) else {}
        if path.endswith(".file"):
            yield f"{path}: the file {value}."
        elif "file" in block:
            yield f"{path}: the column {block['column']} of the file {block['file']}."


def _inputs(scenario: Scenario) -> Iterator[str]:
    yield (
        "All parameters, defaults included, stand under Scenario; here are those drawn by lot, and "
        "when calls arrive."
    )
    drawn = [(path, value) for path, value in leaves(_inputs_of(scenario)) if is_drawn(value)]
    yield from (f"{path}: {phrase(value)}" for path, value in drawn)
    for name, stream in scenario.plain()["load"].items():
        [(kind, block)] = stream["arrivals"].items()
        yield f"load.{name}.arrivals: {kind} ({phrase(block)})"
    yield "Draws of different purposes are independent of each other."


def _assumptions(scenario: Scenario) -> Iterator[str]:
    yield (
        f"Where the documentation of CreateImage is silent it is read as the "
        f"{len(in_force(scenario))} readings say that stand under Readings."
    )
    for one in parameters(scenario):
        if one.differs:
            yield f"{one.path} is {one.value}, and not {one.default} as by default: {one.about}"


def _inputs_of(scenario: Scenario) -> dict[str, object]:
    """Return the blocks of a scenario that hold inputs of the model."""
    plain = scenario.plain()
    return {
        key: plain[key]
        for key in ("regions", "instances", "snapshots", "images", "load", "processes")
    }
