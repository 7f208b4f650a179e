"""``imgsim rules``: the rule book as a table."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from imgsim.api.rule import Rule


class Form(StrEnum):
    """Forms in which the rule book is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"


def rules(
    form: Annotated[Form, typer.Option(help="Form of the table.")] = Form.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Print the rules in the order of checking: row of the page, HTTP status, code, name."""
    from imgsim.api.rules import RULEBOOK
    from imgsim.explanation.rulebook import told

    if as_json:
        print(json.dumps([told(rule) for rule in RULEBOOK], indent=2))
    elif form is Form.MARKDOWN:
        print(markdown(RULEBOOK))
    else:
        _print_text(RULEBOOK)


def markdown(book: tuple[Rule, ...]) -> str:
    """Return the rule book as the table of the README, each name a link to its file."""
    lines = [
        "| row | HTTP | code | rule | waiting cures it |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule in book:
        row = "-" if rule.row is None else rule.row
        link = f"[{rule.name}](imgsim/api/rules/{rule.file}.py)"
        cures = "yes" if rule.waiting_cures else "no"
        what = f"{link}, optional" if rule.optional else link
        lines.append(f"| {row} | {rule.http_status} | `{rule.code}` | {what} | {cures} |")
    return "\n".join(lines)


def _print_text(book: tuple[Rule, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("row", justify="right")
    table.add_column("HTTP", justify="right")
    table.add_column("rule: it denies when", ratio=1)
    table.add_column("waiting\ncures it")
    for rule in book:
        mark = ", not from the page" if rule.row is None else ""
        mark += ", optional" if rule.optional else ""
        what = f"[bold]{rule.name}[/bold]\n{rule.summary}\n{rule.code}[dim]{mark}[/dim]"
        cures = "yes" if rule.waiting_cures else "no"
        table.add_row(
            "-" if rule.row is None else str(rule.row), str(rule.http_status), what, cures
        )
    Console().print(table)
