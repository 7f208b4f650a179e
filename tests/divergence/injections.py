"""First differences put into a run on purpose, and where `imgsim.diff` has to find each.

Every injection is drawn by a seed and returns the two simulations and a check of what was found.
What is expected is known from where the difference was put, not from what was found.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from dataclasses import replace
from importlib import import_module
from itertools import pairwise

from divergence.rich import HOUR, probe, scenario, simulation

import imgsim
from imgsim.api.rules import REPLAY_AFTER, RULEBOOK
from imgsim.divergence.events import END, START, Drawn
from imgsim.divergence.names import Names
from imgsim.divergence.telling import Teller
from imgsim.units import format_duration

INDISPENSABLE = {"region_is_unknown", "instance_is_unknown"}
"""Rules without which there is nothing to make an image of."""


def a_draw(luck: random.Random):
    """Another number on (0, 1) at one purpose and ordinal."""
    taken, spread = {}, defaultdict(list)
    for event in probe()[0]:
        for fact in event.facts:
            if isinstance(fact, Drawn) and not fact.purpose.startswith("initial"):
                taken.setdefault((fact.purpose, fact.ordinal), event.instant)
                spread[fact.purpose].append(fact.value)
    continuous = {name for name, values in spread.items() if len({*values}) > len(values) / 2}
    place = luck.choice(sorted(one for one in taken if one[0] in continuous))
    a, b = simulation(), simulation()
    real = b.world.chance.uniforms

    def uniforms(purpose, first, count):
        drawn = real(purpose, first, count)
        if purpose == place[0] and first <= place[1] < first + count:
            drawn = drawn.copy()
            drawn[place[1] - first] = (drawn[place[1] - first] + 0.37) % 1
        return drawn

    b.world.chance.uniforms = uniforms

    def check(first):
        assert first.kind == "draw"
        assert (first.draw.purpose, first.draw.ordinal) == place
        assert first.instant == taken[place]
        assert not first.draw.same_luck

    return a, b, check


def a_setting(luck: random.Random):
    """A value that changes at an instant, or that matters from an instant on which is known."""
    instant = luck.randrange(1, 11 * HOUR)
    at = format_duration(instant)
    once = {"instants": {"at": [at]}}
    choices = {
        ("region", "east"): {"regions.east.snapshot_service.schedule": [{"at": at, "slots": 1}]},
        ("region", "west"): {
            "regions.west.snapshot_service.schedule": [{"at": at, "bandwidth": "20 MiB/s"}]
        },
        ("instance", "a-3"): {
            "processes.extra": {"status": {"instances": {"ids": ["a-3"]}, "when": once,
                                           "action": "release"}}
        },
        ("instance", "b-2"): {
            "processes.extra": {"locks": {"instances": {"ids": ["b-2"]}, "when": once,
                                          "lasts": "5m"}}
        },
        ("account", ""): {"processes.extra": {"top-ups": {"when": once, "amount": "3 CNY"}}},
        ("call", None): {"regions.east.image_quota": 15},
    }  # fmt: skip
    entity, changed = luck.choice([*choices.items()])
    if entity == ("call", None):
        calls = probe()[1].calls
        full = calls[calls["faults"].str.contains("image_quota_is_exhausted").fillna(value=False)]
        start = calls["arrived_at"].iloc[0].normalize()
        instant = int((full["arrived_at"].min() - start).total_seconds() * 10**6 + 0.5)

    def check(first):
        assert first.kind == "setting"
        assert first.instant == instant
        assert tuple(first.entity) == entity or (entity[1] is None and first.entity[0] == "call")

    return simulation(), simulation(changed), check


def a_rule(luck: random.Random, patch):
    """A rule that answers otherwise from one call on: never, or always."""
    faults = Counter()
    for event in probe()[0]:
        for fact in event.facts:
            faults.update(getattr(fact, "faults", ()))
    name = luck.choice(sorted(name for name in faults if name != REPLAY_AFTER.name))
    never = luck.random() < 0.6 and name not in INDISPENSABLE
    from_call = luck.randrange(1, probe()[1].calls.shape[0] // 2)
    module, hits, asked = import_module("imgsim.api.create_image"), [], []
    rule = next(rule for rule in RULEBOOK if rule.name == name)

    def test(call):
        if rule.test(call) is never:
            hits.append((asked[-1], call.now))
        return not never

    broken = module._Checks(replace(one, test=test) if one is rule else one for one in RULEBOOK)
    a, b = simulation(), simulation()

    def create_image(call, number=0):
        if call.cloud is not b.cloud or number < from_call:
            return module.create_image(call, number)
        asked.append(number)
        patch.setattr(module, "_OF_THE_PAGE", broken)
        try:
            return module.create_image(call, number)
        finally:
            patch.setattr(module, "_OF_THE_PAGE", of_the_page)

    of_the_page = module._OF_THE_PAGE
    patch.setattr("imgsim.processes.world.create_image", create_image)

    def check(first):
        assert hits, "the rule was never asked where it matters"
        assert first.kind == "rule"
        assert tuple(first.entity) == ("call", str(hits[0][0]))
        assert first.instant == hits[0][1]
        assert name in first.before + first.after

    return a, b, check


def an_order(luck: random.Random):
    """Two events of one instant that are pending together, the later one first."""
    together = defaultdict(list)
    for event in probe()[0]:
        if event.facts and event.rank not in (START, END):
            together[event.instant].append(event)
    pairs = [
        (one, other)
        for events in together.values()
        for one, other in pairwise(events)
        if one.rank < other.rank
    ]
    luck.shuffle(pairs)
    while True:
        one, other = pairs.pop()
        a, b = simulation(), simulation()
        done = swap(b.world.env, one.instant, one.rank, other.rank)
        trial = imgsim.Simulation(scenario())
        tried = swap(trial.world.env, one.instant, one.rank, other.rank)
        trial.run()
        if tried:
            break

    def check(first):
        tell = Teller(Names(a), a.scenario.start).event
        assert done
        assert first.kind == "order"
        assert first.instant == one.instant
        assert first.before == f"first: {tell(one)}"
        assert first.after == f"first: {tell(other)}"

    return a, b, check


def swap(env, instant, rank, other_rank):
    """Have the two events change places; return a list that is filled when they have."""
    done, step = [], env.step

    def step_and_swap():
        queue = env._queue
        if queue and queue[0][:2] == (instant, rank) and not done:
            for place, (at, its_rank, number, event) in enumerate(queue):
                if at == instant and its_rank in (rank, other_rank):
                    exchanged = other_rank if its_rank == rank else rank
                    queue[place] = (at, exchanged, number, event)
                    done.append(event)
            if len(done) == 1:  # the other one is not pending: nothing to exchange
                queue[0] = (instant, rank, *queue[0][2:])
                done.clear()
            heapq.heapify(queue)
        step()

    env.step = step_and_swap
    return done
