"""Models for a search: a loss system in numpy, steps without noise, and curves that turn."""

from __future__ import annotations

import numpy as np

from imgsim.results.measures import Share

SYSTEMS = 400
"""Independent copies of the loss system that one replication follows side by side."""
LENGTH = 2.0
"""How long each is followed, in mean holding times."""


def erlang_b(servers, load):
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


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
    """A level by value, as it stands in a table, with a little noise."""
    noise = np.random.default_rng([parameters["seed"], replication]).normal(0, parameters["noise"])
    return {"level": parameters["levels"][parameters["x"]] + noise}
