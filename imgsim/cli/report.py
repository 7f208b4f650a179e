"""``imgsim report``: one file of HTML from a folder of results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.cli.messages import fail


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="RUN|STUDY", help="Folder of results, such as NAME/latest.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="File to write, instead of report.html in the folder.")
    ] = None,
) -> None:
    """Write one file with question, answer, tables, pictures and how they were made.

    It can be mailed: it needs no network and no scripts, and prints well.
    """
    from imgsim.explanation.recorded import ExplanationError, followed
    from imgsim.report.writing import write_report

    if folder.suffix in (".yaml", ".yml"):
        fail([f"{folder} is a scenario; run it first, and give the folder of its results"])
    if out is not None and out.exists():
        fail([f"{out} is there already; name another file"])
    try:
        place = out or followed(folder) / "report.html"
        print(write_report(folder, place))
    except (ExplanationError, ValueError) as error:
        fail([str(error)])
    except OSError as error:
        fail([f"the report cannot be written: {error}"])
