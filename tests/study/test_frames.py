"""Frames are tidy: words are categories, numbers are numbers, units stand in the names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from study.cheap import loss

import imgsim
from imgsim import Case, compare, replicate, solve, sweep
from imgsim.records.rows import TABLES, Kind
from imgsim.study.differences import Word
from imgsim.study.search import Decision

ALONE = {"ledger": None, "jobs": 1}
ROOT = Path(__file__).parents[2]


def case():
    return Case(model, {"x": 3, "y": 1.0})


def model(parameters, replication):
    return loss((1, parameters["x"], 4.0 * parameters["y"]), replication)


def factors():
    grid = {"grid": {"x": [3, 4], "y": [1.0]}}
    sobol = {"sobol": {"base": 4, "ranges": {"y": {"low": 0.5, "high": 1.0}}}}
    return grid, sobol


def frames():
    study = replicate(case(), 4, **ALONE)
    comparison = compare({"a": case(), "b": case()}, margins={"refused": 0.1}, n=4, **ALONE)
    grid, sobol = factors()
    swept = sweep(case(), grid, 4, **ALONE)
    solution = solve(
        case(), "x", low=1, high=9, n=20, constraints={"refused": {"below": 0.2}}, **ALONE
    )
    durations = imgsim.fit_durations(np.random.default_rng(1).gamma(4, 10, 60), draws=3)
    arrivals = imgsim.fit_arrivals(np.random.default_rng(1).uniform(0, 9e4, 80), draws=3)
    run = imgsim.run(imgsim.load(ROOT / "scenarios" / "quickstart.yaml", {"run.horizon": "1h"}))
    return {
        "study": study.to_frame(),
        "comparison": comparison.to_frame(),
        "sweep": swept.to_frame(),
        "indices": sweep(case(), sobol, 4, **ALONE).indices,
        "solution": solution.to_frame(),
        "recorded": run.recorded,
        "durations": durations.to_frame(),
        "arrivals": arrivals.to_frame(),
    }


@pytest.fixture(scope="module")
def told():
    return frames()


WORDS = {
    "study": {"measure"},
    "comparison": {"measure", "case", "word"},
    "sweep": {"measure"},
    "indices": {"measure", "path"},
    "solution": {"measure", "alone", "decision"},
    "recorded": {"recorded", "simulated"},
    "durations": {"distribution", "parameter"},
    "arrivals": {"pattern", "parameter"},
}


@pytest.mark.parametrize("name", WORDS)
def test_words_are_categories_and_all_else_are_numbers(told, name):
    types = told[name].dtypes
    assert {column for column, kind in types.items() if kind == "category"} == WORDS[name]
    others = [
        kind
        for column, kind in types.items()
        if column not in WORDS[name] and column != "method"  # a sentence
    ]
    assert all(pd.api.types.is_numeric_dtype(kind) for kind in others), types


def test_words_that_are_few_are_all_there(told):
    assert tuple(told["comparison"]["word"].cat.categories) == get_args(Word)
    for column in ("alone", "decision"):
        assert tuple(told["solution"][column].cat.categories) == get_args(Decision)


def test_replications_are_numbers_and_an_error():
    types = replicate(case(), 4, **ALONE).replications.dtypes
    assert types.pop("error") == "string"
    assert all(pd.api.types.is_numeric_dtype(kind) for kind in types)


def test_quantities_have_units_in_their_names():
    run = imgsim.run(imgsim.load(ROOT / "scenarios" / "quickstart.yaml", {"run.horizon": "1h"}))
    units = {Kind.DURATION: r"_s$", Kind.MONEY: r"_cny$", Kind.BYTES: r"(^|_)bytes$"}
    for table in TABLES:
        columns = [*run.tables[table.name].columns]
        for field in table.fields:
            if field.kind in units:
                [column] = [one for one in columns if one.startswith(field.name)]
                assert re.search(units[field.kind], column), column


def test_the_index_of_a_summary_is_plain_text():
    """Names are looked up in it, and frames of several studies are put together."""
    assert pd.api.types.is_string_dtype(replicate(case(), 4, **ALONE).summary.index)
