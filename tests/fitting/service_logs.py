"""Logs of a snapshot service whose parameters are known, simulated."""

from typing import NamedTuple

import numpy as np

from imgsim.fitting.service_series import ClosedLoop, Parameters, Replay

TEST_LOGS = range(100, 200)
"""Numbers of logs that test intervals; logs 0 to 99 gave the factor that widens them."""
LUCK = 10_000
"""Replications from here on make logs; a fit has others."""


class Design(NamedTuple):
    """A service, how a log of it is made, and what the log tells."""

    service: Parameters
    make: object
    told: tuple[str, ...]


def loops(service, number):
    """Two closed loops of images of 1 GiB: four clients, and fourteen that share the bandwidth."""
    return [_loop(clients, images, service, number) for clients, images in ((4, 40), (14, 60))]


def _loop(clients, images, service, number):
    plan = ClosedLoop(str(clients), clients, np.ones(images), np.ones(images))
    made = plan.simulate(service, LUCK + number)
    return ClosedLoop(plan.name, clients, made.durations, plan.sizes)


def pairs(service, number):
    """A hundred images of 1, 4 and 16 GiB that start at random."""
    rng = np.random.default_rng(number)
    starts = np.cumsum(rng.exponential(14, 100))
    starts, sizes = starts - starts[0], rng.choice([1.0, 4.0, 16.0], 100)
    made = Replay("pairs", starts, np.ones(100), sizes).simulate(service, LUCK + number)
    return [Replay("pairs", starts, made.durations, sizes)]


DESIGNS = {
    "loops": Design(Parameters(6.0, 0.0, 1.0, 0.3), loops, ("setup", "shared", "cv")),
    "pairs": Design(Parameters(5.0, 3.0, 1.2, 0.25), pairs, ("setup", "alone", "shared", "cv")),
}
