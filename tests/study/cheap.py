"""Models of which the truth is known, cheap enough for thousands of studies."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from imgsim.results.measures import Share

EPOCHS = 400
LONG = 4000


def luck(seed, replication):
    return np.random.default_rng([seed, replication])


def erlang_b(servers, load):
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def queue_length(servers, load):
    """Return the mean number in an M/M/c queue, by the formula of Erlang C."""
    blocked = erlang_b(servers, load)
    waits = blocked / (1 - load / servers * (1 - blocked))
    return load + waits * load / (servers - load)


def loss(parameters, replication):
    """M/M/c/c in steady state: at 400 epochs a call comes, or a server may become free.

    The state before an epoch is stationary and independent of what happens, so the expected share
    of calls that is refused is Erlang's B; refusals cluster.
    """
    seed, servers, load = parameters
    rng = luck(seed, replication)
    weights = np.cumsum([load**k / math.factorial(k) for k in range(servers + 1)])
    busy = int(np.searchsorted(weights, rng.random() * weights[-1]))
    calls = refused = 0
    total = load + servers
    for event in (rng.random(EPOCHS) * total).tolist():
        if event < load:
            calls += 1
            if busy == servers:
                refused += 1
            else:
                busy += 1
        elif event < load + busy:
            busy -= 1
    return {"refused": Share(refused, calls)}


def queue(parameters, replication):
    """M/M/c in steady state at 4000 epochs: the expected mean number is by Erlang's C."""
    seed, servers, load = parameters
    rng = luck(seed, replication)
    state = _stationary(servers, load, rng.random())
    total = load + servers
    number = 0
    for event in (rng.random(LONG) * total).tolist():
        if event < load:
            state += 1
        elif event < load + min(state, servers):
            state -= 1
        number += state
    return {"in system": number / LONG}


def _stationary(servers, load, uniform):
    weights = [load**k / math.factorial(k) for k in range(servers)]
    tail = load**servers / math.factorial(servers) / (1 - load / servers)
    uniform *= sum(weights) + tail
    for state, weight in enumerate(weights):
        if uniform < weight:
            return state
        uniform -= weight
    return servers + int(math.log1p(-uniform / tail) / math.log(load / servers))


def suite(parameters, replication):
    """Twenty measures: normal, skewed, correlated, and four shares of calls; mean 10 + shift."""
    seed, shift = parameters
    rng = luck(seed, replication)
    common = rng.normal()
    measures = {f"normal {k}": 10 + shift + rng.normal() for k in range(6)}
    measures |= {f"skewed {k}": 9 + shift + rng.exponential() for k in range(6)}
    measures |= {f"together {k}": 10 + shift + 0.8 * common + 0.6 * rng.normal() for k in range(4)}
    for k in range(4):
        bad = rng.random() < 0.3
        measures[f"share {k}"] = Share(rng.binomial(100, 0.2) if bad else 0, 100)
    return measures


def slow(parameters, replication):
    """Take some seconds, note the run in a folder if there is one, and return numbers."""
    variant, seconds, folder = parameters
    if folder is not None:
        Path(folder, f"{variant}-{replication}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(seconds)
    rng = luck(variant, replication)
    return {"number": float(rng.normal()), "share": Share(rng.binomial(10, 0.5), 10)}


def fragile(parameters, replication):
    """Raise at replication 3, and kill the process that runs replication 5 if that is asked for."""
    if replication == 3:
        raise ArithmeticError("three is too many")
    if replication == 5 and parameters == "deadly":
        os.kill(os.getpid(), 9)
    return {"number": float(replication)}


def interrupted(parameters, replication):
    """Interrupt a process at replication 6, once: when others are recorded; and note each run."""
    process, folder = parameters
    time.sleep(0.06 if replication < 6 else 0)
    Path(folder, f"{replication}-{time.monotonic_ns()}").touch()
    once = Path(folder, "once")
    if replication == 6 and once.exists():
        once.unlink()
        if os.getpid() != process or threading.current_thread() is not threading.main_thread():
            _wait_for_three(Path(folder).with_name("l.sqlite"))
        os.kill(process, signal.SIGINT)
        time.sleep(0.5)
    return {"number": float(luck(1, replication).normal())}


def _wait_for_three(ledger):
    there, until = 0, time.monotonic() + 30
    while there < 3 and time.monotonic() < until:
        time.sleep(0.02)
        with closing(sqlite3.connect(ledger, timeout=30)) as file:
            there = sum(1 for _ in file.execute("SELECT * FROM runs WHERE replication < 3"))
