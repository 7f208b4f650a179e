"""Shared bandwidth in virtual time against the same thing done microsecond by microsecond."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpy import Event

from imgsim.processes.order import Clock, Happening, rank
from imgsim.processes.transfer import SharedBandwidth

SECOND = 1_000_000
END = 4000
"""Microseconds that are looked at."""


class Transfer:
    def __init__(self, number, size):
        self.number = number
        self.bytes = size
        self.gone = False


def in_virtual_time(commands, bandwidth, cap, until=END):
    """Return (instant, number) of each end, in the order in which they happen."""
    env, ends, transfers = Clock(), [], {}
    shared = SharedBandwidth(env, 0, bandwidth, cap, lambda who: ends.append((env.now, who.number)))

    def join(number, size, _):
        transfers[number] = Transfer(number, size)
        shared.join(transfers[number])

    def abandon(number, _):
        who = transfers.get(number)
        if who is not None and not who.gone and number not in [done for _, done in ends]:
            who.gone = True
            shared.abandon_one()

    for index, (instant, what, number, amount) in enumerate(commands):
        if what == "join":
            then, kind, ordinal = partial(join, number, amount), Happening.SET_UP_END, number
        elif what == "abandon":
            then, kind, ordinal = partial(abandon, number), Happening.CAPACITY, index
        else:
            then, kind = lambda _, amount=amount: shared.change(amount), Happening.CAPACITY
            ordinal = index
        event = Event(env)
        event._ok, event._value = True, None
        event.callbacks.append(then)
        env.schedule(event, rank(kind, ordinal), instant)
    env.run(until=until)
    return ends


def microsecond_by_microsecond(commands, bandwidth, cap):
    """Do the same without any cleverness: every one gets its share, every microsecond."""
    ends, left = [], {}

    def arrive(instant):
        for number in sorted(number for number, bytes_left in left.items() if bytes_left <= 0):
            del left[number]
            ends.append((instant, number))

    for instant in range(END):
        now = [command for command in commands if command[0] == instant]
        for _, what, number, amount in now:  # what changes the world comes first
            if what == "change":
                bandwidth = amount
            elif what == "abandon":
                left.pop(number, None)
        arrive(instant)
        joining = [command for command in now if command[1] == "join"]
        for _, _, number, amount in sorted(joining, key=lambda command: command[2]):
            left[number] = amount * SECOND
            arrive(instant)
        share = bandwidth // len(left) if left else 0
        share = share if cap is None else min(share, cap)
        for number in left:
            left[number] -= share
    return ends


@st.composite
def drawn_commands(draw):
    instants = st.integers(0, 400)
    joins = draw(st.lists(st.tuples(instants, st.integers(0, 400)), max_size=8))
    numbers = draw(st.permutations(range(len(joins))))
    commands = [
        (at, "join", number, size) for (at, size), number in zip(joins, numbers, strict=True)
    ]
    for at, number in draw(st.lists(st.tuples(instants, st.integers(0, 7)), max_size=3)):
        commands.append((at, "abandon", number, 0))
    changes = st.tuples(instants, st.one_of(st.just(0), st.integers(0, 5 * SECOND)))
    for at, bandwidth in draw(st.lists(changes, max_size=4)):
        commands.append((at, "change", 0, bandwidth))
    return sorted(commands, key=lambda command: command[0])


@settings(max_examples=250, deadline=None)
@given(
    drawn_commands(),
    st.integers(0, 5 * SECOND),
    st.one_of(st.none(), st.integers(1, 3 * SECOND)),
)
def test_transfers_end_in_the_microsecond_and_order_in_which_their_bytes_arrive(
    commands, bandwidth, cap
):
    assert in_virtual_time(commands, bandwidth, cap) == microsecond_by_microsecond(
        commands, bandwidth, cap
    )


@pytest.mark.parametrize(
    ("commands", "bandwidth", "cap", "ends"),
    [
        pytest.param([(0, "join", 1, 10)], SECOND, None, [(10, 1)], id="alone"),
        pytest.param([(0, "join", 1, 10)], 3 * SECOND, None, [(4, 1)], id="first microsecond"),
        pytest.param([(0, "join", 1, 10)], 5 * SECOND, SECOND, [(10, 1)], id="capped"),
        pytest.param([(5, "join", 1, 0)], SECOND, None, [(5, 1)], id="nothing to move"),
        pytest.param([(5, "join", 1, 0)], 0, None, [(5, 1)], id="nothing, without bandwidth"),
        pytest.param([(0, "join", 1, 10)], 0, None, [], id="no bandwidth"),
        pytest.param(
            [(0, "join", 2, 10), (0, "join", 1, 10)],
            2 * SECOND,
            None,
            [(10, 1), (10, 2)],
            id="two in one microsecond, in order of their numbers",
        ),
        pytest.param(
            [(0, "join", 1, 10), (4, "change", 0, 0), (20, "change", 0, SECOND)],
            SECOND,
            None,
            [(26, 1)],
            id="stopped and resumed",
        ),
        pytest.param(
            [(0, "join", 1, 10), (10, "change", 0, 0)],
            SECOND,
            None,
            [(10, 1)],
            id="arrived in the very microsecond of the outage",
        ),
        pytest.param(
            [(0, "join", 1, 10), (0, "join", 2, 30), (4, "abandon", 1, 0)],
            2 * SECOND,
            None,
            [(17, 2)],
            id="what is given up leaves its share",
        ),
        pytest.param(
            [(0, "join", 1, 10), (0, "join", 2, 10), (4, "abandon", 2, 0)],
            2 * SECOND,
            None,
            [(7, 1)],
            id="what is given up never ends, though it would in the same microsecond",
        ),
    ],
)
def test_a_case_that_one_can_reckon_in_the_head(commands, bandwidth, cap, ends):
    assert in_virtual_time(commands, bandwidth, cap) == ends
    assert microsecond_by_microsecond(commands, bandwidth, cap) == ends


def test_a_share_is_a_whole_number_of_bytes_per_second():
    commands = [(0, "join", 1, 1), (0, "join", 2, 2)]
    ends = in_virtual_time(commands, bandwidth=3, cap=None, until=5 * SECOND)
    assert ends == [(1_000_000, 1), (1_333_334, 2)]


def test_a_thousand_transfers_keep_one_event_pending():
    env, ends = Clock(), []
    shared = SharedBandwidth(env, 0, 1000 * SECOND, None, ends.append)
    for number in range(1000):
        shared.join(Transfer(number, 10_000 + number))
    assert len(env._queue) == 1
    env.run()
    assert [who.number for who in ends] == list(range(1000))
    assert shared.inside == 0
