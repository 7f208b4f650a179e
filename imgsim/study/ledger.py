"""The ledger: one SQLite file of the replications that were made, by what they depend on.

One process writes it at a time and says so to others. It is no write-ahead log, which needs memory
that machines of a network file system do not share; a transaction is there or not, whenever the
process is killed.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from imgsim.study.case import Case, Outcome

_RUNS: Final = """
CREATE TABLE IF NOT EXISTS runs (
    key TEXT NOT NULL, reading TEXT NOT NULL, scenario TEXT NOT NULL, name TEXT NOT NULL,
    replication INTEGER NOT NULL, error TEXT, measures TEXT, seconds REAL NOT NULL,
    made_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (key, reading)
) WITHOUT ROWID
"""
_KNOWN: Final = """
SELECT measures, seconds FROM runs WHERE key = ? AND reading = ? AND error IS NULL
"""
_RECORD: Final = """
INSERT INTO runs (key, reading, scenario, name, replication, error, measures, seconds)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key, reading) DO UPDATE SET
    error = excluded.error, measures = excluded.measures, seconds = excluded.seconds,
    made_at = CURRENT_TIMESTAMP
"""
_FORMAT: Final = 1
_PATIENCE: Final = 30.0
"""Seconds that a reader may keep us from writing, or nobody may be seen to hold the file."""
_PAUSE: Final = 0.2


class LedgerError(Exception):
    """The ledger cannot be used: where it lies, why, and what would help."""


class Ledger:
    """The ledger in a file, for as long as it is entered; ``say`` is told when it has to wait."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self.path = path
        self._say = say

    def __enter__(self) -> Self:
        """Open the file once no other process writes it; raise `LedgerError`."""
        if self.path.is_dir():
            raise LedgerError(f"{self.path}: is a folder; name a file, which is made if need be")
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._turn = _Turn(self.path.with_name(self.path.name + ".lock"), self._say)
            try:
                self._file = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
                self._prepare()
            except BaseException:
                self._turn.end()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._turn.end()

    def known(self, case: Case, replication: int) -> Outcome | None:
        """Return what the replication gave, or None; one that failed is made again."""
        with self._explained():
            row = self._file.execute(_KNOWN, (case.run_key(replication), case.reading)).fetchone()
        return None if row is None else Outcome(json.loads(row[0]), None, row[1])

    def record(self, made: Iterable[tuple[Case, int, Outcome]]) -> None:
        """Record the replications, all or none of them; raise `LedgerError`."""
        rows = [
            (
                *(case.run_key(replication), case.reading, case.key, case.name, replication),
                outcome.error,
                None if outcome.told is None else json.dumps(outcome.told),
                outcome.seconds,
            )
            for case, replication, outcome in made
        ]
        with self._explained():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                self._file.executemany(_RECORD, rows)
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        (found,) = self._file.execute("PRAGMA user_version").fetchone()
        tables = {name for (name,) in self._file.execute("SELECT name FROM sqlite_master")}
        if tables and (not found or "runs" not in tables):
            raise LedgerError(
                f"{self.path}: a database of something else; name a ledger, or a file that is not "
                "there yet"
            )
        if found not in (0, _FORMAT):
            raise LedgerError(
                f"{self.path}: written by another version of imgsim (format {found}, this one "
                f"writes {_FORMAT}); name another file"
            )
        self._file.execute("PRAGMA journal_mode = TRUNCATE")
        self._file.execute("PRAGMA synchronous = NORMAL")
        if not tables:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.execute(_RUNS)
            self._file.execute(f"PRAGMA user_version = {_FORMAT}")
            self._file.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"{self.path}: {_why(error)}") from error


def _why(error: Exception) -> str:
    text = str(error)
    if "full" in text:
        return f"{text}; all that was recorded is kept, make room and start again"
    if "not a database" in text:
        return f"{text}; name a ledger, or a file that is not there yet"
    if "readonly" in text or "unable to open" in text or isinstance(error, OSError):
        return f"cannot be written ({text}); name a file that can"
    return f"{text}; this file system may lack locks, name a file on a local disk"


class _Turn:
    """The right to write, held by a transaction on a file beside the ledger.

    Where transactions work, so does this; and it ends with the process, however that ends. Who
    holds it lets others read; where nobody can read either, there are no locks.
    """

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self._file = sqlite3.connect(path, timeout=0, isolation_level=None)
        said, unreadable = "", 0
        while not self._taken():
            owner = self._owner()
            unreadable = 0 if owner else unreadable + 1
            if unreadable > _PATIENCE / _PAUSE:
                raise sqlite3.OperationalError("it cannot be locked")
            if owner and owner != said:
                say(f"waiting for {owner}, which writes to this ledger: {path.with_suffix('')}")
                said = owner
            time.sleep(_PAUSE)

    def _taken(self) -> bool:
        """Write who we are and hold the file; False when another one does."""
        try:
            self._file.execute("CREATE TABLE IF NOT EXISTS owner (name TEXT)")
            self._file.execute("BEGIN IMMEDIATE")
            self._file.execute("DELETE FROM owner")
            name = f"process {os.getpid()} on {socket.gethostname()}"
            self._file.execute("INSERT INTO owner VALUES (?)", (name,))
            self._file.execute("COMMIT")
            self._file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            return False
        return True

    def _owner(self) -> str | None:
        try:
            row = self._file.execute("SELECT name FROM owner").fetchone()
        except sqlite3.OperationalError:
            return None
        return str(row[0]) if row else None

    def end(self) -> None:
        """Let the next one write."""
        self._file.close()
