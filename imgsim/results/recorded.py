"""Recorded codes of traces against simulated ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from imgsim.api.rules import RULEBOOK
from imgsim.records.journal import Journal
from imgsim.records.rows import MISSING_4
from imgsim.results.tables import raw
from imgsim.workload.arrivals import COPY

ACCEPTED: Final = "accepted"
"""What stands for a call without an error code."""
Codes = list[str | None]


def recorded(journal: Journal, streams: Iterable[tuple[str, Codes, int]]) -> pd.DataFrame:
    """Return how often each recorded code met each simulated one, most first.

    Columns ``recorded`` and ``simulated`` hold codes or "accepted", ``calls`` their number. Streams
    are given as name, the codes of their trace's rows in order, and the ordinals that lie between
    two rows. Of each row the first call counts: of a scaled load no copies, of one that asks for
    many images at a time the first, and of clients that ask again the first attempt. A recorded code
    by which the real service is known to mean a code of the page counts as that one. Rows that
    the run has not called, or that ended before their answer, do not count.
    """
    known = np.array([rule.code for rule in RULEBOOK], dtype=object)
    as_page = {rule.alias: rule.code for rule in RULEBOOK if rule.alias}
    found = [pd.DataFrame({"recorded": [], "simulated": []}, dtype=object)]
    calls = raw(journal.calls)
    calls = calls[calls["attempt"] == 1]
    intents = raw(journal.intents)
    for name, codes, stride in streams:
        own = intents[intents["stream"] == journal.words.get(name, MISSING_4)]
        rows, place = np.divmod(own["ordinal"], stride)
        own, rows = own[(place == 0) & (rows < COPY)], rows[(place == 0) & (rows < COPY)]
        row_of = pd.Series(rows, index=own["intent"])
        mine = calls[np.isin(calls["intent"], own["intent"])]
        denied = mine["rule"] != MISSING_4
        simulated = np.full(len(mine), ACCEPTED, dtype=object)
        simulated[denied] = known[mine["rule"][denied]]
        said = np.array([as_page.get(code, code or ACCEPTED) for code in codes], dtype=object)
        of_rows = row_of.loc[mine["intent"]].to_numpy(np.int64)
        found.append(pd.DataFrame({"recorded": said[of_rows], "simulated": simulated}))
    pairs = pd.concat(found).groupby(["recorded", "simulated"]).size()
    table = pairs.rename("calls").reset_index().astype({"calls": np.int64})
    return table.sort_values(
        ["calls", "recorded", "simulated"], ascending=[False, True, True], ignore_index=True
    )
