"""The version of the model: what was measured by another one is not taken for its own."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import imgsim

_NO_PART: Final = {
    "cli",
    "divergence",
    "explanation",
    "fitting",
    "logs",
    "plots",
    "regression",
    "report",
    "study",
    "__main__.py",
    "attended.py",
    "running.py",
    "shown.py",
    "finished/shown.py",
    "finished/summary.py",
}
"""What shows, compares or repeats the numbers of a run, and makes none."""


@cache
def model_version() -> str:
    """Return imgsim's version and a digest of the source of all that makes a run's numbers."""
    root = Path(imgsim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if not _NO_PART & {place.as_posix(), *(one.as_posix() for one in place.parents)}:
            digest.update(place.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{imgsim.__version__}+{digest.hexdigest()[:12]}"
