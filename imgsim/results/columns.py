"""Stored columns -> columns of a DataFrame; what is missing is NA."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from imgsim.api.rules import RULEBOOK
from imgsim.records.rows import CALLS

_DIGITS: Final = 9

Array = np.ndarray[Any, Any]


def issued(prefix: str, numbers: Array, absent: Array) -> Any:
    """Return the ids issued from the numbers: the prefix and nine digits."""
    rest = np.where(absent, 0, numbers)
    assert rest.max(initial=0) < 10**_DIGITS
    texts = np.empty((len(numbers), len(prefix) + _DIGITS), np.uint8)
    texts[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    for place in range(len(prefix) + _DIGITS - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        texts[:, place] = digit + 48
    offsets = np.arange(len(numbers) + 1, dtype=np.int64) * texts.shape[1]
    there = np.packbits(~absent, bitorder="little")
    return pa.LargeStringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(texts), pa.py_buffer(there)
    )


RULE: Final = next(field for field in CALLS.fields if field.name == "rule")
"""The field that is shown as four columns."""


def rule_columns(column: Array, absent: Array) -> dict[str, Any]:
    """Return rule, row, code and http_status of the denying rule."""
    codes = np.where(absent, -1, column)
    names = [rule.name for rule in RULEBOOK]
    pages = np.array([rule.row or 0 for rule in RULEBOOK], np.int32)[codes]
    statuses = np.array([rule.http_status for rule in RULEBOOK], np.int32)[codes]
    documented = list(dict.fromkeys(rule.code for rule in RULEBOOK))
    code = np.array([documented.index(rule.code) for rule in RULEBOOK])[codes]
    return {
        "rule": categories(codes, names),
        "row": masked(pages, absent | (pages == 0)),
        "code": categories(np.where(absent, -1, code), documented),
        "http_status": masked(np.where(absent, 200, statuses), np.zeros(len(column), bool)),
    }


def fault_names(column: Array) -> Any:
    """Return the names of the rules in each set, in checking order, joined by blanks."""
    sets, codes = np.unique(column, return_inverse=True)
    texts = [
        " ".join(rule.name for number, rule in enumerate(RULEBOOK) if bits >> number & 1)
        for bits in sets.tolist()
    ]
    has_none = len(sets) > 0 and sets[0] == 0
    return categories(codes - int(has_none), texts[int(has_none) :])


def categories(codes: Array, words: Sequence[str]) -> Any:
    """Return a column of words by their codes; -1 is missing."""
    from_codes: Callable[..., Any] = pd.Categorical.from_codes
    return from_codes(codes.astype(np.int64), list(words))


def masked(values: Array, absent: Array) -> Any:
    """Return a column of numbers of which some are missing."""
    kind: Callable[..., Any] = (
        pd.arrays.FloatingArray if values.dtype.kind == "f" else pd.arrays.IntegerArray
    )
    return kind(np.ascontiguousarray(values), absent)


def strings(values: Any) -> Any:
    """Return a column of texts."""
    return pd.array(values, dtype=pd.StringDtype("pyarrow"))
