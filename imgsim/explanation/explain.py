"""What `imgsim.explain` and the verb of that name do: find what is meant, and explain it."""

from __future__ import annotations

import os
from pathlib import Path

from imgsim.explanation.bottleneck import Progress, explain_run
from imgsim.explanation.calls import explain_calls, explain_intent
from imgsim.explanation.recorded import (
    ExplanationError,
    Recorded,
    of_folder,
    of_run,
    of_scenario,
)
from imgsim.explanation.rulebook import explain_rules, meant, named
from imgsim.explanation.told import Explanation
from imgsim.finished.run import Run
from imgsim.scenario.file import load


def explain(
    what: Run | str | Path,
    call: int | None = None,
    *,
    intent: int | None = None,
    replication: int | None = None,
    progress: Progress = iter,
) -> Explanation:
    """Explain a rule, an error code, a run, or a call or an intent of a run.

    ``what`` is a run, the name of a rule, an error code, a folder of results or a scenario file,
    which is run. ``call`` is a number of the calls table, from 0; ``intent`` one of the intents
    table, from 1; without them a run's bottleneck is explained, for which it is run again without
    each limit. Printed it is text; ``facts`` holds the data. Raises `ValueError` when there is no
    such thing.
    """
    if call is not None and intent is not None:
        raise ExplanationError("give the number of a call or of an intent, not both")
    if not isinstance(what, Run) and (rules := named(str(what))):
        if (call, intent, replication) != (None, None, None):
            raise ExplanationError(f"{what} is a rule or its code; calls belong to a run")
        return explain_rules(rules)
    recorded = _recorded(what, replication)
    if call is not None:
        return explain_calls(recorded, [call])[0]
    if intent is not None:
        return explain_intent(recorded, intent)
    return explain_run(recorded, progress)


def _recorded(what: Run | str | Path, replication: int | None) -> Recorded:
    if isinstance(what, Run):
        if replication not in (None, what.replication):
            raise ExplanationError(f"the run is of replication {what.replication} alone")
        return of_run(what)
    text, path = str(what), Path(what)
    if (text and path.is_dir()) or (path.is_file() and path.name == "latest"):
        return of_folder(path, replication)
    if path.is_file():
        return of_scenario(load(path), replication or 0)
    if text and path.exists():
        raise ExplanationError(f"{text} is neither a folder of results nor a scenario file")
    if os.sep in text or path.suffix in (".yaml", ".yml"):
        raise ExplanationError(f"{text}: there is no such folder or file")
    hint = meant(text)
    raise ExplanationError(
        f"there is no rule, error code, folder of results or scenario file {text[:80]!r}; "
        + (f"did you mean {hint}?" if hint else "imgsim rules lists the rules")
    )
