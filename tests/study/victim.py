"""A study in a process of its own, to be killed: prints a digest of its frames when it ends."""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np
import pandas as pd
from study.cheap import slow

import imgsim


def digest(studies):
    """Return the SHA-256 of all values of all frames, to the last bit."""
    told = hashlib.sha256()
    for study in studies:
        for frame in (study.replications, study.summary.reset_index()):
            for name, column in frame.items():
                told.update(f"{name} {column.dtype}".encode())
                values = column.to_numpy()
                is_number = pd.api.types.is_numeric_dtype(column)
                told.update(values.tobytes() if is_number else repr(values.tolist()).encode())
    return told.hexdigest()


def cases(variants, seconds, folder):
    return {
        f"variant {number}": imgsim.Case(slow, (number, seconds, folder), key=f"slow {number}")
        for number in range(variants)
    }


def study(variants, n, seconds, folder, **means):
    compared = imgsim.compare(
        cases(variants, seconds, folder), margins={"number": 1}, n=n, progress=False, **means
    )
    return digest(compared.studies)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    np.seterr(all="raise")
    print(study(**asked))
