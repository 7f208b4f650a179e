"""How images are used, and how long that takes from the wish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from imgsim.records.rows import USES
from imgsim.results.facts import Facts
from imgsim.results.measures.measured import (
    Measure,
    Measured,
    Share,
    measures_of_times,
)

_DENIED: Final = USES.codes("outcome")["denied"]


def _uses(facts: Facts) -> Measured:
    """Number of uses of images, every try counted."""
    return Measured(len(facts.uses()))


def _denied_share(facts: Facts) -> Measured:
    """Share of uses that were denied."""
    uses = facts.uses()
    return Share(int((uses["outcome"] == _DENIED).sum()), len(uses))


MEASURES: Final[Mapping[str, Measure]] = {
    "uses": _uses,
    "uses.denied_share": _denied_share,
    **measures_of_times(
        "time_to_first_use",
        "from an intent's first call to its first granted use, of those with one",
        Facts.first_uses,
        *(0.5, 0.95),
    ),
}
