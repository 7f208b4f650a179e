"""The command line: one small file per verb.

stdout is the result, stderr progress and messages. Exit codes: 0 ok; 2 usage or an invalid
scenario; 130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from imgsim.cli import check, init, rules, run, schema

app = typer.Typer(
    name="imgsim",
    help="Simulate the creation of cloud images: quotas, waits, failures, refusals.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("init")(init.init)
app.command("run")(run.run)
app.command("check")(check.check)
app.command("rules")(rules.rules)
app.command("schema")(schema.schema)


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app()
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


__all__ = ["app", "main"]
