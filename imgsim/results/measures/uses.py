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
    mean_seconds,
    quantile_seconds,
)

_DENIED: Final = USES.codes("outcome")["denied"]


def _uses(facts: Facts) -> Measured:
    """Number of uses of images, every try counted."""
    return Measured(len(facts.uses()))


def _denied_share(facts: Facts) -> Measured:
    """Share of uses that were denied."""
    uses = facts.uses()
    return Share(int((uses["outcome"] == _DENIED).sum()), len(uses))


def _time_to_first_use_mean(facts: Facts) -> Measured:
    """Mean seconds from an intent's first call to its first use; none when one is to come."""
    times, waited = facts.first_uses()
    return Measured(None) if len(waited) else mean_seconds(times)


def _time_to_first_use(share: float) -> Measure:
    def quantile(facts: Facts) -> Measured:
        return quantile_seconds(share, *facts.first_uses())

    what = "Longest" if share == 1 else f"{share:.0%} quantile of"
    quantile.__doc__ = (
        f"{what} seconds from an intent's first call to its first granted use, of those with one."
    )
    return quantile


MEASURES: Final[Mapping[str, Measure]] = {
    "uses": _uses,
    "uses.denied_share": _denied_share,
    "time_to_first_use.mean": _time_to_first_use_mean,
    "time_to_first_use.p50": _time_to_first_use(0.5),
    "time_to_first_use.p95": _time_to_first_use(0.95),
    "time_to_first_use.max": _time_to_first_use(1),
}
