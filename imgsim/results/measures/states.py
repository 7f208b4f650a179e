"""How long instances are locked, and the snapshot service disturbed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from imgsim.results.facts import Facts
from imgsim.results.measures.measured import Measure, Measured, ratio


def _span(facts: Facts, begin: int, end: int) -> int:
    """Return how much of a time lies behind the warm-up, in microseconds."""
    return max(end - max(begin, facts.begin), 0)


def _lock_share(facts: Facts) -> Measured:
    """Share of the time of instances, until they are released, under a security lock."""
    since = {id: facts.begin for id, _, locked in facts.instances if locked}
    ends = {id: facts.end for id, _, _ in facts.instances}
    locked = 0
    for at, id, attribute, value in facts.changes("instance"):
        if id not in ends:
            continue  # of another region
        if (attribute, value) == ("lock security", "on"):
            since[id] = at
        elif attribute == "lock security":
            locked += _span(facts, since.pop(id), at)
        elif value == "Released":
            ends[id] = at
    locked += sum(_span(facts, begin, ends[id]) for id, begin in since.items())
    return ratio(locked, sum(_span(facts, facts.begin, end) for end in ends.values()))


def _disturbed_share(facts: Facts) -> Measured:
    """Share of time in which a fault of the snapshot service is in force, the mean of regions."""
    inside: Counter[str] = Counter()
    since: dict[str, int] = {}
    disturbed = 0
    for at, id, attribute, value in facts.changes("region"):
        if id not in facts.regions or not attribute.startswith("fault "):
            continue
        inside[id] += 1 if value == "on" else -1
        if value == "on":
            since.setdefault(id, at)
        elif not inside[id]:
            disturbed += _span(facts, since.pop(id), at)
    disturbed += sum(_span(facts, begin, facts.end) for begin in since.values())
    return ratio(disturbed, len(facts.regions) * _span(facts, facts.begin, facts.end))


MEASURES: Final[Mapping[str, Measure]] = {
    "lock_share": _lock_share,
    "disturbed_share": _disturbed_share,
}
