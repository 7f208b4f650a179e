"""The JSON values of a file, one by one, with their lines; what is broken costs itself alone.

Lists are taken apart, so that a file of events is read in the same memory whether each stands on
a line of its own, in one list, or pretty-printed one behind the other. A text is read in pieces;
where one cannot be parsed, reading goes on at the next line that may begin a value.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

LARGEST_VALUE: Final = 64 * 2**20
"""Characters of one value."""
_PIECE: Final = 2**20
_FAR: Final = 2**22
"""Characters in which the next line that may begin a value is looked for."""
_AT_THE_END: Final = 2**12
"""An error so near to the end of what was read may be due to what was not."""
_BETWEEN: Final = re.compile(r"[\s,\[\]\ufeff\x1e]*")
_LINE: Final = re.compile(r"\n([ \t]*)[\[,]?[ \t]*(?=\{)")
_NEIGHBOUR: Final = re.compile(r"\}\s*,\s*(?=\{)")
_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Broken:
    """What cannot be read, by its reason and last line; never with what stands there."""

    reason: str
    last: int | None = None
    """The last line of what was passed over, if it is not the first."""


def values(file: Path) -> Iterator[tuple[int, object]]:
    """Yield the line and the value of each JSON value, or `Broken`; raise `OSError`.

    The items of lists come one by one. UTF-8, UTF-16 with its mark, gzip; other bytes become lone
    surrogates in the texts where they stand.
    """
    with file.open("rb") as raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        window = _Window(_decoded(gzip.GzipFile(fileobj=raw) if packed else raw))
        try:
            yield from _values(window)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            yield window.line, Broken("the gzip file is damaged or cut here")


def _decoded(raw: io.BufferedReader | gzip.GzipFile) -> IO[str]:
    """Return the text of bytes; what UTF-8 does not allow becomes lone surrogates."""
    try:
        wide = raw.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
    except (EOFError, gzip.BadGzipFile, zlib.error):
        wide = False
    encoding, errors = ("utf-16", "replace") if wide else ("utf-8-sig", "surrogateescape")
    return io.TextIOWrapper(raw, encoding, errors, newline="")


def _values(window: _Window) -> Iterator[tuple[int, object]]:
    while window.to_next():
        line = window.line
        yield line, window.take()
    if window.open_lists > 0 and not window.torn:
        yield window.line, Broken("the file ends within a list: it was perhaps cut")


class _Window:
    """The piece of a text that is being read, and where in the file it stands."""

    def __init__(self, text: IO[str]) -> None:
        self._source = text
        self._text = ""
        self._at = 0
        self._ended = False
        self._indent = 0
        self.line = 1
        self.open_lists = 0
        self.torn = False
        """Whether something was broken, so that brackets cannot be counted any more."""

    def to_next(self) -> bool:
        """Go to where the next value begins; return whether there is one."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            assert found is not None
            if (gap := found[0]) not in ("\n", ""):
                self.open_lists += gap.count("[") - gap.count("]")
                *before, last = gap.split("\n")
                self._indent = len(last) if before or self.line == 1 else 0
            elif gap:
                self._indent = 0
            self._go(found.end())
            if self._at < len(self._text):
                return True
            if self._ended:
                return False
            self._more(_PIECE)

    def take(self) -> object:
        """Return the value that begins here and go behind it, or what is broken."""
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error):
                    return self._tear(
                        "not JSON"
                        if not self._ended or error.pos < len(self._text) - 1
                        else "the file ends within a value: it was perhaps cut"
                    )
            except RecursionError:
                return self._tear("nested too deeply")
            except ValueError:
                return self._tear("a number of too many digits")
            else:
                self._go(end)
                return value
            if len(self._text) - self._at > LARGEST_VALUE:
                return self._tear("a value of more than 64 MiB; write each event on its own line")
            self._more(max(_PIECE, len(self._text) - self._at))

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Say whether the value may be whole when more of the text is there."""
        if self._ended:
            return False
        if error.msg.startswith("Unterminated string"):
            return True
        return error.pos > len(self._text) - _AT_THE_END

    def _tear(self, reason: str) -> Broken:
        """Go on at the next line that may begin a value, as far left as this one or further.

        Where there is none near, go on at the next ``}, {``, as of a list on one line.
        """
        self.torn = True
        while True:
            lines = _LINE.finditer(self._text, self._at)
            found = next((line for line in lines if len(line[1]) <= self._indent), None)
            if found is None and (self._ended or len(self._text) - self._at > _FAR):
                found = _NEIGHBOUR.search(self._text, self._at + 1)
                if found is None:
                    self._go(len(self._text) - (0 if self._ended else 2))
            if found is not None:
                self._go(found.end())
            if found is not None or self._ended:
                passed = found[0] if found is not None else self._text[-1:]
                return Broken(reason, self.line - passed.startswith("\n"))
            self._more(_PIECE)

    def _go(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _more(self, size: int) -> None:
        new = self._source.read(size)
        self._ended = not new
        self._text = self._text[self._at :] + new
        self._at = 0
