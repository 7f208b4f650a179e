"""Digests of a run's tables, by which runs are told apart bit for bit."""

from __future__ import annotations

import hashlib
from typing import Final

from imgsim.records.journal import Journal
from imgsim.records.rows import TABLES
from imgsim.results.measures import Measured

DIGESTS: Final = tuple(f"digest.{name}" for name in (*(table.name for table in TABLES), "texts"))
"""Their names: one for each table, and one for the texts that rows point to."""
_BITS: Final = 52
"""So many fit into a float."""


def digests(journal: Journal) -> dict[str, Measured]:
    """Return the first 52 bits of the SHA-256 of each table's rows, as numbers beside measures."""
    data = [bytes(getattr(journal, table.name).data) for table in TABLES]
    texts = bytes(journal.texts) + b"\0".join(text.encode() for text in journal.words.texts)
    return {
        name: Measured(float(int.from_bytes(hashlib.sha256(one).digest()[:8]) >> (64 - _BITS)))
        for name, one in zip(DIGESTS, [*data, texts], strict=True)
    }


def written(digest: float) -> str:
    """Return a digest in hexadecimal."""
    return f"{int(digest):0{_BITS // 4}x}"
