"""The journal: append only; no process reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imgsim.records import marks, rows
from imgsim.records.rows import Table


class Log:
    """The packed rows of one table: ``log.append(log.row(...))``, fields in the table's order."""

    __slots__ = ("append", "data", "row", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        self.data = bytearray()
        self.row = table.struct.pack
        self.append: Callable[[bytes], None] = self.data.extend

    def __len__(self) -> int:
        return len(self.data) // self.table.struct.size


class Words(dict[str | None, int]):
    """Codes of texts that come again: a new one gets the next code, no text the missing one."""

    def __init__(self) -> None:
        super().__init__({None: rows.MISSING_4})
        self.texts: list[str] = []
        """The texts in the order of their codes; what is no Unicode is written out."""

    def __missing__(self, text: str) -> int:
        written = text.encode("utf-8", "backslashreplace").decode()
        if written != text:
            code = self[text] = self[written]
            return code
        self.texts.append(text)
        code = self[text] = len(self.texts) - 1
        return code


class Journal:
    """The logs of a run, and the texts that their rows point to."""

    def __init__(self) -> None:
        self.intents = Log(rows.INTENTS)
        self.calls = Log(rows.CALLS)
        self.snapshots = Log(rows.SNAPSHOTS)
        self.images = Log(rows.IMAGES)
        self.uses = Log(rows.USES)
        self.ledger = Log(rows.LEDGER)
        self.states = Log(rows.STATES)
        self.deletions = Log(marks.DELETIONS)
        self.orphans = Log(marks.ORPHANS)
        self.open_uses = Log(marks.OPEN_USES)
        self.texts = bytearray()
        """Texts of their own, one behind the other, each behind its length in four bytes."""
        self.words = Words()
        self.image_ids: dict[int, str] = {}
        """Ids of images that the scenario names, by number."""
        self.snapshot_ids: dict[int, str] = {}
        """Ids of snapshots that the scenario names, by number."""

    def text(self, text: str | None) -> int:
        """Keep a text of its own and return where it lies."""
        if text is None:
            return rows.MISSING
        place, encoded = len(self.texts), text.encode("utf-8", "backslashreplace")
        self.texts += len(encoded).to_bytes(4, "little") + encoded
        return place

    def state(self, now: int, kind: str, id: str, attribute: str, value: Any) -> None:
        """Write one change that no other table tells."""
        words = self.words
        self.states.append(
            self.states.row(now, words[kind], words[id], words[attribute], words[str(value)])
        )
