"""What cannot be read: counted by reason, named by file and line, never quoted."""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from pathlib import Path


class Unread:
    """The places that could not be read, each with its reason."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self.first: dict[str, str] = {}
        """For each reason its first place, as ``file:line``."""
        self._files: list[str] = []
        self._known: list[str] = []
        self._rows = array("q")

    def __len__(self) -> int:
        return len(self._rows) // 3

    def add(self, file: Path, line: int, reason: str) -> None:
        """Note that something in a line of a file cannot be read."""
        if not self._files or self._files[-1] != str(file):
            self._files.append(str(file))
        if reason not in self.reasons:
            self._known.append(reason)
            self.first[reason] = f"{file}:{line}"
        self.reasons[reason] += 1
        self._rows.extend((len(self._files) - 1, line, self._known.index(reason)))

    def write(self, path: Path) -> None:
        """Write file, line and reason of each as CSV; raise `OSError`."""
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(("file", "line", "reason"))
            for at in range(0, len(self._rows), 3):
                file, line, reason = self._rows[at : at + 3]
                rows.writerow((self._files[file], line, self._known[reason]))
