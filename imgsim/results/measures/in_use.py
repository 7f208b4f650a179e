"""How much of what is limited is in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from imgsim.results.facts import Facts
from imgsim.results.levels import integral, peak
from imgsim.results.measures.measured import Measure, Measured
from imgsim.units import SECOND


def _quota_mean(facts: Facts) -> Measured:
    """Mean number of quota slots in use."""
    span = facts.end - facts.begin
    area = integral(*facts.image_level(), facts.begin, facts.end)
    return Measured(area / span if span > 0 else None)


def _quota_peak(facts: Facts) -> Measured:
    """Highest number of quota slots in use."""
    return Measured(peak(*facts.image_level(), facts.begin))


def _quota_share_full(facts: Facts) -> Measured:
    """Share of the time in which the image quota is full; over all regions, that of any."""
    begins, ends = facts.full()
    span = facts.end - facts.begin
    return Measured(int((ends - begins).sum()) / span if span > 0 else None)


def _quota_first_full(facts: Facts) -> Measured:
    """Seconds from the start to the first time after the warm-up that a quota is full, if ever."""
    begins, _ = facts.full()
    return Measured(int(begins[0]) / SECOND if len(begins) else None)


def _deleted(facts: Facts) -> Measured:
    """Number of images that were deleted, by whomever."""
    return Measured(facts.deleted())


def _slots_mean(facts: Facts) -> Measured:
    """Mean number of busy slots of the snapshot service."""
    span = facts.end - facts.begin
    area = integral(*facts.slot_level(), facts.begin, facts.end)
    return Measured(area / span if span > 0 else None)


def _slots_peak(facts: Facts) -> Measured:
    """Highest number of busy slots of the snapshot service."""
    return Measured(peak(*facts.slot_level(), facts.begin))


MEASURES: Final[Mapping[str, Measure]] = {
    "quota_use.mean": _quota_mean,
    "quota_use.peak": _quota_peak,
    "quota_use.share_full": _quota_share_full,
    "quota_use.first_full_s": _quota_first_full,
    "deleted": _deleted,
    "busy_slots.mean": _slots_mean,
    "busy_slots.peak": _slots_peak,
}
