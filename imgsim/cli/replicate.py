"""``imgsim run -n``: replications of a scenario, and what they tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.cli import folder
from imgsim.cli.messages import INCOMPLETE, fail, say
from imgsim.cli.studying import explained, whole

if TYPE_CHECKING:
    from imgsim.scenario.spec import Scenario


def replicate(
    scenario: Scenario,
    measures: list[str],
    out: Path | None,
    *,
    csv: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Make a study of the scenario, print it, write it, and end with 3 when it is not enough."""
    from imgsim.study.replicate import replicate as make
    from imgsim.study.study import IncompleteError
    from imgsim.study.telling.study import facts, shown

    folder.demand_usable(out)
    with explained(asked["ledger"]):
        study = whole(make(scenario, measures=measures, **asked))
    try:
        told = facts(study, measures)
    except IncompleteError as error:
        what = "start again to try those once more, or --allow-partial for the others"
        fail([f"{error}; {what}"], INCOMPLETE)
    frames = {"replications.parquet": study.replications, "summary.csv": study.to_frame()}
    if csv:
        frames["replications.csv"] = study.replications
    where = folder.write_study(out, told, [study.parameters.scenario], frames)
    if as_json:
        print(json.dumps(told | {"folder": str(where)}, indent=2, ensure_ascii=False))
    else:
        say(shown(told), f"results: {where}")
    if study.wanting:
        fail(
            [
                f"{name}: the half-width is {half_width:.4g} after {study.n} replications, "
                "not yet what --until asks for; give a larger -n"
                for name, half_width in study.wanting.items()
            ],
            INCOMPLETE,
        )
