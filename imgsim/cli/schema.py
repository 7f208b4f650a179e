"""``imgsim schema``: what a scenario file may say, as JSON Schema."""

from __future__ import annotations

import json


def text() -> str:
    """Return the schema as it is printed and as it stands beside the scenarios."""
    from imgsim.scenario.file import schema as of_files

    return json.dumps(of_files(), indent=1, ensure_ascii=False)


def schema() -> None:
    """Print the JSON Schema of scenario files, by which editors complete and describe."""
    print(text())
