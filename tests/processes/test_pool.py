"""A pool of places: first come, first served; who is gone is passed over."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from imgsim.processes.pool import Pool


class Person:
    def __init__(self, name):
        self.name = name
        self.gone = False

    def __repr__(self):
        return self.name


def test_places_go_to_those_who_wait_in_the_order_of_their_coming():
    pool, (a, b, c, d) = Pool(1), map(Person, "abcd")
    assert [pool.enter(who) for who in (a, b, c, d)] == [True, False, False, False]
    assert [pool.leave(), pool.leave(), pool.leave(), pool.leave()] == [b, c, d, None]
    assert (pool.taken, pool.freed, pool.inside) == (4, 4, 0)


def test_who_is_gone_is_passed_over_and_takes_no_place():
    pool, (a, b, c, d) = Pool(1), map(Person, "abcd")
    for who in (a, b, c, d):
        pool.enter(who)
    b.gone = c.gone = True
    assert pool.leave() is d
    assert (pool.taken, pool.freed, pool.inside) == (2, 1, 1)


def test_a_pool_without_a_capacity_never_makes_anyone_wait():
    pool = Pool(None)
    assert all(pool.enter(Person("x")) for _ in range(1000))
    assert pool.leave() is None


def test_no_one_enters_a_pool_without_places():
    pool, a = Pool(0), Person("a")
    assert not pool.enter(a)
    pool.capacity = 1
    assert pool.next() is a
    assert pool.next() is None


def test_fewer_places_stop_no_one_and_are_filled_again_only_when_free():
    pool, people = Pool(3), [Person(str(n)) for n in range(5)]
    for who in people:
        pool.enter(who)
    pool.capacity = 1
    assert pool.inside == 3
    assert [pool.leave(), pool.leave()] == [None, None]
    assert pool.leave() is people[3]


def test_more_places_let_several_in_one_after_the_other():
    pool, people = Pool(1), [Person(str(n)) for n in range(4)]
    for who in people:
        pool.enter(who)
    pool.capacity = 3
    assert [pool.next(), pool.next(), pool.next()] == [people[1], people[2], None]


STEPS = st.lists(
    st.one_of(
        st.just(("enter", 0)),
        st.just(("leave", 0)),
        st.tuples(st.just("go"), st.integers(0, 20)),
        st.tuples(st.just("resize"), st.integers(0, 4)),
    ),
    max_size=60,
)


@given(STEPS)
def test_a_pool_does_what_a_list_of_people_would(steps):
    pool, capacity, inside, waiting, everyone = Pool(2), 2, [], deque(), []

    def let_in():
        entered = []
        while waiting and len(inside) < capacity:
            who = waiting.popleft()
            if not who.gone:
                inside.append(who)
                entered.append(who)
        return entered

    for what, number in steps:
        if what == "enter":
            who = Person(f"{len(everyone)}")
            everyone.append(who)
            assert pool.enter(who) == (len(inside) < capacity)
            (inside if len(inside) < capacity else waiting).append(who)
        elif what == "leave" and inside:
            inside.pop()
            following = pool.leave()
            assert ([] if following is None else [following]) == let_in()
        elif what == "go" and number < len(waiting):
            waiting[number].gone = True
        elif what == "resize":
            pool.capacity = capacity = number
            entered = []
            while (following := pool.next()) is not None:
                entered.append(following)
            assert entered == let_in()
        assert pool.inside == len(inside) == pool.taken - pool.freed
