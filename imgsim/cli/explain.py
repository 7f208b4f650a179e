"""``imgsim explain``: what a rule says, why a call was refused, what holds a run up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from imgsim.attended import bar
from imgsim.cli.messages import INTERRUPTED, fail

if TYPE_CHECKING:
    from imgsim.explanation.limits import Limit


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="Rule, error code, folder of results, or scenario file, which is run.",
        ),
    ],
    call: Annotated[
        int | None,
        typer.Argument(metavar="NUMBER", help="Call of the run, as the calls table counts."),
    ] = None,
    intent: Annotated[
        int | None, typer.Option(help="Intent of the run, instead of a call.")
    ] = None,
    replication: Annotated[
        int | None, typer.Option(min=0, help="Replication of a study or of a scenario file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")] = False,
) -> None:
    """Explain a rule or code, a call or intent of a run, or without a number what holds a run up.

    Calls are counted from 0 as in the calls table, intents from 1. A run is made again, watched,
    to tell what the world was like; without a number also with each limit lifted.
    """
    from imgsim.explanation.explain import explain as make

    try:
        explanation = make(
            what, call, intent=intent, replication=replication, progress=_with_progress
        )
    except ValueError as error:  # of scenario files too
        fail([str(error)])
    except OSError as error:
        fail([f"{what}: cannot be read: {error}"])
    except KeyboardInterrupt:
        fail(["interrupted"], INTERRUPTED)
    print(json.dumps(explanation.facts, indent=2, ensure_ascii=False) if as_json else explanation)


def _with_progress(limits: Iterable[Limit]) -> Iterable[Limit]:
    return bar(None, iterable=list(limits), desc="without each limit", unit="run")
