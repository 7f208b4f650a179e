"""Recorded codes of traces against simulated ones."""

from __future__ import annotations

from collections import Counter
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
    many images at a time the first, and of clients that ask again the first attempt. A recorded
    code that the real service is known to use for a code of the page counts as that one. Rows that
    the run has not called do not count.
    """
    as_page = {rule.alias: rule.code for rule in RULEBOOK if rule.alias}
    pairs: Counter[tuple[str, str]] = Counter()
    calls, intents = raw(journal.calls), raw(journal.intents)
    calls = calls[calls["attempt"] == 1]
    for name, codes, stride in streams:
        own = intents[intents["stream"] == journal.words.get(name, -1)]
        rows, place = np.divmod(own["ordinal"], stride)
        first = (place == 0) & (rows < COPY)
        row_of = dict(zip(own["intent"][first].tolist(), rows[first].tolist(), strict=True))
        for intent, rule in zip(calls["intent"].tolist(), calls["rule"].tolist(), strict=True):
            if (row := row_of.get(intent)) is not None:
                code = codes[row] or ACCEPTED
                simulated = ACCEPTED if rule == MISSING_4 else RULEBOOK[rule].code
                pairs[as_page.get(code, code), simulated] += 1
    table = pd.DataFrame(
        [
            (*pair, calls)
            for pair, calls in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))
        ],
        columns=["recorded", "simulated", "calls"],
    )
    return table.astype({"recorded": "category", "simulated": "category", "calls": "int64"})
