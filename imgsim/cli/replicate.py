"""``imgsim run -n``: replications of a scenario, and what they tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.cli import folder
from imgsim.cli.messages import INCOMPLETE, fail, tell
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
    from imgsim.study.telling.study import facts, shown

    folder.demand_usable(out)
    with explained(asked["ledger"]):
        study = whole(make(scenario, measures=measures, **asked))
        told = facts(study, measures)
    frames = {"replications.parquet": study.replications, "summary.csv": study.to_frame()}
    if csv:
        frames["replications.csv"] = study.replications
    where = folder.write_study(out, told, [study.parameters.scenario], frames)
    tell(told, shown, "results", where, as_json=as_json)
    if study.wanting:
        fail(
            [
                f"{name}: the half-width is {half_width:.4g} after {study.n} replications, "
                "not yet what --until asks for; give a larger -n"
                for name, half_width in study.wanting.items()
            ],
            INCOMPLETE,
        )
