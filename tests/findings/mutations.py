"""How many mutations the expectations and baselines of the shipped scenarios catch.

    python3 -m tests.findings.mutations --seed 1 --number 100
    python3 -m tests.findings.mutations --seeds 100

Mutations are drawn by the seed: a rate or a time of a file by 20 %, a quota or the slots by 10 %,
or a rule of the page that never finds a fault. One that changes no row of any table in two
replications is none, and another is drawn. It is caught when the file that it changes fails: for a
rule, a file in which it refuses calls. The second command tells how often unchanged files fail with
other seeds.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import imgsim
from imgsim.api.rules import RULEBOOK
from imgsim.regression.baselines import values
from imgsim.regression.checked import checked
from imgsim.regression.files import scenarios
from imgsim.regression.suite import comparing, tried
from imgsim.study.replicate import means_of
from imgsim.study.runs import Means
from imgsim.units import UnitError, format_duration, parse_duration

ROOT = Path(__file__).parents[2]
FILES = scenarios([ROOT / "scenarios"])
MODEL = ("regions", "instances", "account", "load", "processes", "rules")
COUNTS = re.compile(r"(image_quota|slots|snapshots_in_progress|snapshots_per_disk|clients)$")
RATE = re.compile(r"([\d.]+)( ?[A-Z][a-zA-Z]*)?/(s|min|h|d|w)")
TABLES = ("intents", "calls", "snapshots", "images", "uses", "ledger", "states")


def leaves(data, path=""):
    """Yield the values of a scenario with their dotted paths."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        below = f"{path}.{key}" if path else str(key)
        if isinstance(value, (dict, list)):
            yield from leaves(value, below)
        else:
            yield below, value


def mutated(path, value, factor):
    """Return a value changed by 20 % if it is a rate or a time, by 10 % if a count; or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        step = max(1, round(value * 0.1))
        return value + (step if factor > 1 else -step) if COUNTS.search(path) else None
    if not isinstance(value, str):
        return None
    if rate := RATE.fullmatch(value):
        return f"{float(rate[1]) * factor:.6g}{rate[2] or ''}/{rate[3]}"
    try:
        return format_duration(round(parse_duration(value) * factor))
    except UnitError:
        return None


@cache
def places():
    """Return the files, paths and values that may be mutated."""
    found = []
    for file in FILES:
        plain = imgsim.load(file).plain()
        for path, value in leaves({key: plain[key] for key in MODEL if key in plain}):
            if mutated(path, value, 1.2) is not None:
                found.append((file, path, value))
    return found


@cache
def refused(file):
    """Return the rules that refuse calls in a file."""
    rules = imgsim.run(imgsim.load(file)).calls["rule"].value_counts()
    return {name for name, calls in rules.items() if calls}


@cache
def total():
    """Return how many values of baselines the whole suite compares."""
    return sum(values(checked(file)) for file in FILES)


def quiet() -> Means:
    return means_of(1, None, None, None, False)


def failures(file, overrides=None):
    """Return the names of what a file says and does not hold, those of severity error."""
    labelled = {path: (path, value) for path, value in (overrides or {}).items()}
    suite = tried([checked(file, labelled)], comparing("compare", total()), quiet())
    found = []
    for trial in suite.trials:
        for claim, verdict in trial.verdicts:
            failed = verdict.status == "failed" and claim.severity == "error"
            if failed or "replication" in verdict.reason:
                found.append(claim.name)
    return found


def is_same(file, path, value):
    """Say whether a mutation changes no row of any table in two replications."""
    before, after = imgsim.load(file), imgsim.load(file, {path: value})
    for number in range(2):
        a, b = imgsim.run(before, number), imgsim.run(after, number)
        if any(not getattr(a, table).equals(getattr(b, table)) for table in TABLES):
            return False
    return True


@contextmanager
def without(rule):
    """Let a rule never find a fault."""
    module = import_module("imgsim.api.create_image")
    before = module._OF_THE_PAGE, module.REPLAY_AFTER
    blind = {one: replace(one, test=lambda _: False) if one is rule else one for one in RULEBOOK}
    module.REPLAY_AFTER = blind[module.REPLAY_AFTER]
    module._OF_THE_PAGE = module._Checks(blind.values())
    try:
        yield
    finally:
        module._OF_THE_PAGE, module.REPLAY_AFTER = before


def of_a_rule(luck):
    """Return the kind of a drawn mutation, what it is, and what caught it."""
    rules = [rule for rule in RULEBOOK if rule.row is not None]
    rule = luck.choice(rules)
    where = [file for file in FILES if rule.name in refused(file)]
    with without(rule):
        found = {file.stem: names for file in where if (names := failures(file))}
    return "rule", f"{rule.name} in {', '.join(file.stem for file in where) or 'no file'}", found


def of_a_value(luck):
    """Return the kind of a drawn mutation, what it is, and what caught it; or None of an equal."""
    file, path, value = luck.choice(places())
    factor = luck.choice((0.8, 1.2))
    new = mutated(path, value, factor)
    kind = "count" if isinstance(value, int) else "rate" if RATE.fullmatch(value) else "time"
    what = f"{file.stem}: {path}: {value} -> {new}"
    try:
        if is_same(file, path, new):
            return None
    except imgsim.ScenarioError as error:
        return kind, what, {file.stem: [str(error)]}
    return kind, what, failures(file, {path: new})


def mutations(seed, number):
    luck = random.Random(f"mutations {seed}")
    caught, drawn, equal = Counter(), Counter(), 0
    while drawn.total() < number:
        found = of_a_rule(luck) if luck.random() < 0.25 else of_a_value(luck)
        if found is None:
            equal += 1
            continue
        kind, what, names = found
        drawn[kind] += 1
        caught[kind] += bool(names)
        print(f"{'caught' if names else 'MISSED'}  {kind:5}  {what}", flush=True)
    for kind, n in sorted(drawn.items()):
        print(f"{kind}: {caught[kind]} of {n}")
    print(f"caught {caught.total()} of {number}; {equal} more changed nothing and were left out")


def false_alarms(first, seeds):
    alarms = 0
    for seed in range(first, first + seeds):
        found = {
            file.stem: names for file in FILES if (names := failures(file, {"run.seed": seed}))
        }
        alarms += bool(found)
        print(f"seed {seed}: {found or 'nothing'}", flush=True)
    print(f"false alarms: {alarms} of {seeds}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the mutations, or the first other")
    parser.add_argument("--number", type=int, default=100, help="how many mutations")
    parser.add_argument("--seeds", type=int, default=0, help="how many other seeds instead")
    asked = parser.parse_args()
    if asked.seeds:
        false_alarms(1000 + asked.seed, asked.seeds)
    else:
        mutations(asked.seed, asked.number)
