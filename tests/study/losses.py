"""Models for a search: a loss system in numpy, steps without noise, and curves that turn."""

from __future__ import annotations

import numpy as np
from study.cheap import erlang_b

from imgsim.results.measures import Share
from imgsim.units import SECOND, parse_duration

SYSTEMS = 400
"""Independent copies of the loss system that one replication follows side by side."""
LENGTH = 2.0
"""How long each is followed, in mean holding times."""


def smallest(load, limit):
    servers = 1
    while erlang_b(servers, load) >= limit:
        servers += 1
    return servers


def loss(parameters, replication):
    """M/M/c/c: its states at the start are stationary, so the expected share refused is Erlang's B.

    At each epoch of the uniformized chain a call comes or a server may become free.
    """
    load, servers = parameters["load"], parameters["servers"]
    rng = np.random.default_rng([parameters["seed"], replication])
    states = np.arange(servers + 1)
    weights = np.cumsum(np.exp(np.cumsum(np.log(load / np.maximum(states, 1)) * (states > 0))))
    busy = np.searchsorted(weights, rng.random(SYSTEMS) * weights[-1])
    calls = refused = 0
    for _ in range(round(LENGTH * (load + servers))):
        event = rng.random(SYSTEMS) * (load + servers)
        comes = event < load
        full = comes & (busy == servers)
        calls += int(comes.sum())
        refused += int(full.sum())
        busy += comes & ~full
        busy -= ~comes & (event < load + busy)
    return {"refused": Share(refused, calls)}


def step(parameters, _replication):
    """A share that jumps at a threshold, without any noise."""
    return {"share": float(parameters["x"] < parameters["threshold"])}


def curve(parameters, replication):
    """Levels by value, as they stand in tables, each with the same noise at all values."""
    noise = np.random.default_rng([parameters["seed"], replication]).normal(0, parameters["noise"])
    return {
        name: levels[parameters["x"]] + noise * (1 + 0.1 * parameters["x"])
        for name, levels in parameters["levels"].items()
    }


def rare(parameters, replication):
    """A share of 100 calls of which nothing is seen from a threshold on."""
    rng = np.random.default_rng([parameters["seed"], replication])
    return {"share": Share(rng.binomial(100, 0.3 if parameters["x"] < 6 else 0.0), 100)}


def rare_and_slow(parameters, replication):
    """A share without any event, and a level with noise that is too high below a threshold."""
    rng = np.random.default_rng([parameters["seed"], replication])
    level = 10.5 if parameters["x"] < 6 else 9.0
    return {"share": Share(0, 100), "level": level + rng.normal(0, 2)}


def waits(parameters, replication):
    """Mean seconds that grow with a time that people write."""
    rng = np.random.default_rng([1, replication])
    return {"wait": parse_duration(parameters["pause"]) / SECOND * rng.uniform(0.9, 1.1)}


def breaks(parameters, replication):
    """Fail in one replication of one value."""
    if parameters["x"] == 4 and replication == 3:
        raise ArithmeticError("three at four")
    return {"share": float(parameters["x"] < 6)}
