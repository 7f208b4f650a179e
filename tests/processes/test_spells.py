"""Spells prolong each other and never shorten: held against their union."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imgsim.processes.order import Clock, Happening, rank
from imgsim.processes.spells import apart, spells

PLACE = rank(Happening.LOCK)


class Given:
    """Draws that are given."""

    def __init__(self, values):
        self.at = values.__getitem__


def told(instants, lasts):
    env, rows = Clock(initial_time=0), []
    begin, end = (lambda what=what: rows.append((env.now, what)) for what in ("on", "off"))
    env.process(spells(env, PLACE, instants, Given(lasts), begin, end))
    env.run()
    return rows


def test_a_short_spell_within_a_long_one_changes_nothing():
    assert told([10, 20], [100, 5]) == [(10, "on"), (20, "on"), (110, "off")]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=12))
def test_spells_are_the_union_of_their_times(drawn):
    instants, lasts = [i for i, _ in sorted(drawn)], [n for _, n in drawn]
    rows = told(instants, lasts)
    assert [at for at, what in rows if what == "on"] == instants
    held, since = set(), None
    for at, what in rows:
        if what == "off":
            held |= set(range(since, at))
            since = None
        elif since is None:
            since = at
    assert since is None
    union = [range(i, i + n) for i, n in zip(instants, lasts, strict=True)]
    assert held == {instant for each in union for instant in each}


def test_gaps_are_between_an_end_and_the_next_begin():
    begins = apart(Given([5, 1, 7, 9]), Given([10, 20, 30, 40]))
    assert [next(begins) for _ in range(4)] == [5, 16, 43, 82]
