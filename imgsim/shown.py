"""What results show of themselves: lines and tables, as text and as HTML without scripts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

WIDTH: Final = 80
"""Columns that a text has at most, unless its tables need more."""


@dataclass(frozen=True)
class Table:
    """Cells of text below their heads, if these are not all empty; a row may be shorter.

    Columns whose numbers are ``left`` begin at the left, the others end at the right. In a text
    those that are ``folded`` may take several lines, and the table stands ``indent`` further right.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: Sequence[int] = (0,)
    folded: Sequence[int] = ()
    indent: int = 0

    def width(self) -> int:
        """Return how many columns of text it takes when nothing is folded."""
        console = _console(1_000, styled=False)
        return self._rich().__rich_measure__(console, console.options).maximum + self.indent

    def print_to(self, console: Console) -> None:
        """Print the table as text."""
        from rich.padding import Padding

        console.print(Padding(self._rich(), (0, 0, 0, self.indent)))

    def html(self) -> str:
        """Return the table as HTML; numbers stand right, lines of a cell below each other."""
        heads = "".join(self._cell("th", place, head) for place, head in enumerate(self.heads))
        rows = (
            "".join(self._cell("td", place, text) for place, text in enumerate(self._whole(row)))
            for row in self.rows
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        head = f"<thead><tr>{heads}</tr></thead>" if any(self.heads) else ""
        return f"<table>{head}<tbody>{body}</tbody></table>"

    def _cell(self, tag: str, place: int, text: str) -> str:
        side = "left" if place in self.left else "right"
        return f'<{tag} style="text-align:{side};vertical-align:top">{_lines(text)}</{tag}>'

    def _whole(self, row: Sequence[str]) -> Sequence[str]:
        return [*row, *[""] * (len(self.heads) - len(row))]

    def _rich(self) -> RichTable:
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(box=None, pad_edge=False, header_style="dim", show_header=any(self.heads))
        for place, head in enumerate(self.heads):
            table.add_column(
                Text(head),
                justify="left" if place in self.left else "right",
                no_wrap=place not in self.folded,
                overflow="fold",
            )
        for row in self.rows:
            table.add_row(*map(Text, row))
        return table


@dataclass(frozen=True)
class Shown:
    """A title, lines right below it, and paragraphs and tables with a gap before each."""

    title: str
    lines: Sequence[str]
    blocks: Sequence[str | Table]

    def text(self, width: int = WIDTH, *, styled: bool = False) -> str:
        """Return it as text of so many columns; ``styled`` for a terminal."""
        from rich.text import Text

        console = _console(width, styled=styled)
        console.print(Text(self.title, "bold"))
        for line in self.lines:
            console.print(Text(line))
        for block in self.blocks:
            console.print()
            if isinstance(block, Table):
                block.print_to(console)
            else:
                console.print(Text(block))
        assert isinstance(console.file, io.StringIO)
        return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())

    def html(self) -> str:
        """Return it as HTML that stands alone or in a page: no scripts, no styles of the page."""
        head = "<br>".join([f"<b>{escape(self.title)}</b>", *map(_lines, self.lines)])
        parts = [
            block.html() if isinstance(block, Table) else f"<p>{_lines(block)}</p>"
            for block in self.blocks
        ]
        return f"<div><p>{head}</p>{''.join(parts)}</div>"


class Shows:
    """What shows itself: as a text where it is printed, and as HTML in a notebook."""

    __slots__ = ()

    def shown(self) -> Shown:
        """Return what is shown: a verdict and tables."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.shown().text()

    def _repr_html_(self) -> str:
        return self.shown().html()


def _lines(text: str) -> str:
    """Return a text as HTML; blanks at the beginning of a line are kept."""
    led = ((line, len(line) - len(line.lstrip())) for line in text.split("\n"))
    return "<br>".join("&nbsp;" * lead + escape(line[lead:]) for line, lead in led)


def _console(width: int, *, styled: bool) -> Console:
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=styled,
        force_jupyter=False,
        highlight=False,
        color_system="auto" if styled else None,
    )
