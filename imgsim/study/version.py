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
}
"""What shows, compares or repeats the numbers of a run, and makes none."""


@cache
def model_version() -> str:
    """Return imgsim's version and a digest of the source of all that makes a run's numbers."""
    root = Path(imgsim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if place.parts[0] not in _NO_PART:
            digest.update(place.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{imgsim.__version__}+{digest.hexdigest()[:12]}"
