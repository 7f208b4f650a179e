"""What costs more, costs more: with the same luck in both worlds."""

from __future__ import annotations

from itertools import pairwise

import pytest

import imgsim
from imgsim import Scenario

SEEDS = [1, 2, 3]


def measures(seed, *, price="0.12 CNY/GiB/month", free="5 GiB", keep="3d", amount="1 CNY", **more):
    service = {"slots": 4, "duration": {"lognormal": {"mean": "6m", "cv": 0.6}}}
    disks = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
    top_ups = {"when": {"renewal": {"gap": {"exponential": {"mean": "24h"}}}}, "amount": amount}
    data = {
        "imgsim": 1,
        "name": "directions",
        "run": {"horizon": "10d", "seed": seed},
        "account": {"balance": "2 CNY"},
        "regions": {"r": {"image_quota": 10**6, "snapshot_service": service}},
        "instances": [{"group": "g", "count": 30, "region": "r", "disks": disks}],
        "load": {
            "s": {
                "arrivals": {"poisson": {"rate": "2/h"}},
                "mix": [{"instances": {"group": "g"}}],
                "delete": {"after": keep, "snapshots": True},
            }
        },
        "processes": {
            "bill": {"storage-charges": {"price": price, "free": free}},
            "pay": {"top-ups": top_ups},
        },
    }
    changes = {path.replace("__", "."): value for path, value in more.items()}
    return imgsim.run(Scenario.from_mapping(data, changes)).measures


def rises(values):
    return all(later > earlier for earlier, later in pairwise(values))


RICH = {"account__balance": "9999 CNY"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_higher_price_costs_more(seed):
    prices = ["0.1 CNY/GiB/month", "0.12 CNY/GiB/month", "0.01 CNY/GiB/d"]
    costs = [measures(seed, price=price, **RICH) for price in prices]
    assert rises([cost["cost.total"] for cost in costs])
    assert len({cost["storage_gib_hours"] for cost in costs}) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_keeping_snapshots_longer_costs_more(seed):
    costs = [measures(seed, keep=keep, **RICH)["cost.total"] for keep in ("1d", "3d", "9d")]
    assert rises(costs)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_that_is_free_costs_less(seed):
    costs = [measures(seed, free=free, **RICH)["cost.total"] for free in ("1 TiB", "50 GiB", "0 B")]
    assert rises(costs)


@pytest.mark.parametrize("seed", SEEDS)
def test_snapshots_left_behind_cost_more_and_are_orphans(seed):
    tidy, left = (
        measures(seed, load__s__delete__snapshots=snapshots, **RICH) for snapshots in (True, False)
    )
    assert left["cost.total"] > tidy["cost.total"]
    assert left["cost.orphans"] > 0 == tidy["cost.orphans"]


@pytest.mark.parametrize("seed", SEEDS)
def test_larger_top_ups_leave_less_time_below_the_minimum_and_refuse_less(seed):
    paid = [measures(seed, amount=f"{amount} CNY") for amount in ("0.4", "1", "4")]
    assert rises([-one["balance.time_below_minimum_s"] for one in paid])
    assert rises([one["available"] for one in paid])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_longer_grace_refuses_fewer_for_the_closed_service(seed):
    closed = "rejection_rate.snapshot_service_is_not_open"
    shares = []
    for grace in ("7d", "2d", "1h"):
        terms = {"processes.bill.storage-charges.grace": grace}
        shares.append(measures(seed, amount="0.1 CNY", **terms)[closed])
    assert rises(shares)
