"""``imgsim fit``: one small file per verb."""

from __future__ import annotations

import typer

from imgsim.cli.fit import arrivals, durations, service

app = typer.Typer(
    name="fit",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("durations")(durations.durations)
app.command("arrivals")(arrivals.arrivals)
app.command("service")(service.service)


@app.callback()
def _fit() -> None:
    """Fit what a scenario says to a log of your own."""
