"""Estimates as they are written in tables, and what every study says of its making."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imgsim.results.written import duration, form_of
from imgsim.study.simulated import Setting
from imgsim.study.study import Study
from imgsim.units import SECOND


def made_from(study: Study) -> dict[str, Any]:
    """Return of which scenario or case a study is, and its luck; None where a case has none."""
    setting = study.parameters
    if not isinstance(setting, Setting):
        named = {"scenario": study.name, "question": None, "seed": None}
        return named | {"simulated_s": None, "warmup_s": None}
    scenario = setting.scenario
    horizon = scenario.run.horizon
    return {
        "scenario": scenario.name,
        "question": scenario.description.strip() or None,
        "seed": scenario.run.seed,
        "simulated_s": None if horizon is None else horizon / SECOND,
        "warmup_s": scenario.run.cut / SECOND,
    }


def head(told: Mapping[str, Any], where: str = "") -> str:
    """Return the line that says how a study was made; ``where`` its replications are."""
    what = f"{told['replications']} replications"
    if told["simulated_s"]:
        what += f" of {duration(told['simulated_s'])}"
    what += where
    if told["interrupted"]:
        what += ", interrupted"
    if told["warmup_s"]:
        what += f", {duration(told['warmup_s'])} of warm-up cut"
    if told["failed"]:
        what += f", {told['failed']} of them failed"
    return what if told["seed"] is None else f"{what}, seed {told['seed']}"


def question(told: Mapping[str, Any]) -> list[str]:
    """Return the question as a line, if there is one."""
    return [told["question"]] if told["question"] else []


def cells(name: str, one: Mapping[str, Any]) -> tuple[str, str]:
    """Return a measure's mean and its interval as they are written, empty where there is none."""
    write = form_of(name)
    if one["mean"] is None:
        return "-", ""
    mean = ("≥ " if one["at_least"] else "") + write(one["mean"])
    low, high = (None if one[end] is None else write(one[end]) for end in ("low", "high"))
    return mean, "" if low is None else f"≥ {low}" if high is None else f"{low} .. {high}"


def folded(name: str, longest: int) -> str:
    """Return the name of a measure in two lines when it is long."""
    return name.replace(".", ".\n  ", len(name) > longest)
