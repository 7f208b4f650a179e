"""The command line: one small file per verb.

stdout is the result, stderr progress and messages. Exit codes: 0 ok; 1 two runs differ; 2 usage or
an invalid scenario; 3 incomplete or undecided; 130 interrupted.
stdout is the result, stderr progress and messages. Exit codes: 0 ok; 1 what is expected does
not hold; 2 usage or an invalid scenario; 3 incomplete or undecided; 130 interrupted.
"""

from __future__ import annotations

from typing import Annotated

import typer

import imgsim
from imgsim.cli import (
    check,
    compare,
    diff,
    explain,
    fit,
    importing,
    init,
    report,
    rules,
    run,
    schema,
    solve,
    sweep,
    test,
)

app = typer.Typer(
    name="imgsim",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("run")(run.run)
app.command("test")(test.hold)
app.command("compare")(compare.compare)
app.command("sweep")(sweep.sweep)
app.command("solve")(solve.solve)
app.add_typer(fit.app)
app.command("import")(importing.import_)
app.command("explain")(explain.explain)
app.command("diff")(diff.diff)
app.command("report")(report.report)
app.command("rules")(rules.rules)
app.command("schema")(schema.schema)


def main() -> None:
    """Run the command line and exit with its code."""
    app()


def _version(asked: bool) -> None:
    if asked:
        print(imgsim.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate the creation of cloud images: quotas, waits, failures, refusals."""


__all__ = ["app", "main"]
