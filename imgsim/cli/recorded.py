"""Recorded codes against simulated ones, as ``imgsim run`` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_MOST: Final = 12


def print_recorded(console: Console, table: Table, pairs: list[dict[str, Any]]) -> None:
    """Print how often each recorded code met each simulated one, and how often they agree."""
    from rich.padding import Padding

    table.columns[1].justify = "left"
    for pair in pairs[:_MOST]:
        table.add_row(pair["recorded"], pair["simulated"], str(pair["calls"]))
    if rest := sum(pair["calls"] for pair in pairs[_MOST:]):
        table.add_row("others, in recorded.csv", "", str(rest))
    console.print(Padding(table, (0, 0, 0, 2)))
    calls = sum(pair["calls"] for pair in pairs)
    same = sum(pair["calls"] for pair in pairs if pair["recorded"] == pair["simulated"])
    console.print(
        f"  {same} of {calls} calls ({same / calls:.1%}) got the recorded code\n", highlight=False
    )
