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
        return len(self._rows) // 4

    def add(self, file: Path, line: int, reason: str, last: int | None = None) -> None:
        """Note that something in a line of a file, or in all up to the last, cannot be read."""
        name = str(file).encode("utf-8", "backslashreplace").decode()
        if not self._files or self._files[-1] != name:
            self._files.append(name)
        if reason not in self.reasons:
            self._known.append(reason)
            self.first[reason] = f"{name}:{line}"
        self.reasons[reason] += 1
        place = (len(self._files) - 1, line, line if last is None else last)
        self._rows.extend((*place, self._known.index(reason)))

    def write(self, path: Path) -> None:
        """Write file, lines and reason of each as CSV; raise `OSError`."""
        with path.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(("file", "line", "last_line", "reason"))
            for at in range(0, len(self._rows), 4):
                file, line, last, reason = self._rows[at : at + 4]
                rows.writerow((self._files[file], line, last, self._known[reason]))
