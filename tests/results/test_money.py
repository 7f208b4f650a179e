"""What measures of money count: hours behind the warm-up, by region, orphans from when they are."""

from __future__ import annotations

import math

import pytest

import imgsim
from imgsim import Scenario, Simulation

DISKS = [{"kind": "system", "size": "40 GiB", "used": "20 GiB"}]
OLD = {"kind": "data", "age": "1d"}


def scenario(processes=None, **more):
    service = {"snapshot_service": {"duration": "10m", "incremental": False}, "registration": "1m"}
    bill = {"bill": {"storage-charges": {"price": "1 CNY/GiB/h"}}}
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "money",
            "run": {"horizon": "10h"},
            "account": {"balance": "1000 CNY", "minimum_balance": "900 CNY"},
            "regions": {"r": service, "q": service},
            "instances": [
                {"id": "i", "region": "r", "disks": DISKS},
                {"id": "j", "region": "q", "disks": DISKS},
            ],
            "processes": bill if processes is None else processes,
        }
        | more
    )


def stock(r, q):
    return [OLD | {"region": "r", "size": f"{r} GiB"}, OLD | {"region": "q", "size": f"{q} GiB"}]


def topped_up(at, amount):
    return {"top-ups": {"when": {"instants": {"at": at}}, "amount": amount}}


def test_each_region_has_its_own_hours_charges_and_cost():
    measures = imgsim.run(scenario(snapshots=stock(2, 5))).measures
    assert measures["storage_gib_hours"] == 70
    assert measures["storage_gib_hours@r"] == 20
    assert measures["cost.total"] == measures["cost.snapshot_storage"] == 70
    assert measures["cost.total@q"] == measures["cost.snapshot_storage@q"] == 50
    assert measures["balance.lowest"] == measures["balance.lowest@q"] == 930


@pytest.mark.parametrize(("warmup", "hours"), [("0s", 10), ("30m", 10), ("1h", 9), ("9h30m", 1)])
def test_an_hour_counts_when_it_ends_behind_the_warm_up(warmup, hours):
    run = {"horizon": "10h", "warmup": warmup}
    measures = imgsim.run(scenario(snapshots=stock(2, 5), run=run)).measures
    assert measures["cost.total"] == 7 * hours
    assert measures["storage_gib_hours"] == 7 * hours
    assert measures["orphans.gib_mean"] == 0


def test_balance_is_a_level_and_top_ups_count_from_the_warm_up_on():
    processes = scenario().plain()["processes"] | {"pay": topped_up(["2h", "4h", "8h"], "200 CNY")}
    told = scenario(processes, snapshots=stock(100, 50), run={"horizon": "10h", "warmup": "4h"})
    measures = imgsim.run(told).measures
    # Charges come before top-ups: 850, 900, 750, 800, 650, 500, 350, 400, 250, 100.
    assert measures["top_ups.total"] == 400
    assert measures["balance.lowest"] == 100
    assert measures["balance.time_below_minimum_s"] == 6 * 3600
    whole = imgsim.run(scenario(processes, snapshots=stock(100, 50))).measures
    assert whole["balance.time_below_minimum_s"] == 8 * 3600
    assert whole["top_ups.total@q"] == 600


def test_a_balance_at_the_minimum_is_not_below_it():
    told = scenario(snapshots=stock(60, 40), run={"horizon": "90m"})
    measures = imgsim.run(told).measures
    assert measures["balance.lowest"] == 900
    assert measures["balance.time_below_minimum_s"] == 0


def test_a_snapshot_is_an_orphan_from_the_hour_that_begins_without_its_image():
    sim = Simulation(scenario())
    for id, region in (("i", "r"), ("j", "q"), ("j", "q")):
        sim.create_image({"RegionId": region, "InstanceId": id})
    sim.run(until="4h30m")
    sim.delete_image("m-000000001")
    sim.run(until="6h")
    sim.delete_image("m-000000002")
    sim.delete_image("m-000000003", snapshots=True)
    sim.run()
    measures = sim.finish().measures
    assert measures["cost.total@r"] == measures["storage_gib_hours@r"] == 200
    assert measures["cost.orphans@r"] == pytest.approx(20 * 5)
    # Of the two in the other region one goes with its image, the other is left.
    assert measures["cost.total@q"] == 40 * 6 + 20 * 4
    assert measures["cost.orphans@q"] == pytest.approx(20 * 4)
    assert measures["cost.orphans"] == pytest.approx(180)
    assert measures["orphans.gib_mean"] == pytest.approx(18)


def test_what_is_free_is_free_for_orphans_and_others_alike():
    bill = {"bill": {"storage-charges": {"price": "1 CNY/GiB/h", "free": "10 GiB"}}}
    sim = Simulation(scenario(bill))
    for _ in range(2):
        sim.create_image({"RegionId": "r", "InstanceId": "i"})
    sim.run(until="1h")
    sim.delete_image("m-000000001")
    sim.run(until="2h")
    measures = sim.finish().measures
    assert measures["cost.total"] == 60
    assert measures["cost.orphans"] == pytest.approx(15)


def test_the_snapshots_of_an_image_that_failed_are_orphans():
    disks = [*DISKS, {"kind": "data", "size": "40 GiB", "used": "40 GiB"}]
    told = scenario(instances=[{"id": "i", "region": "r", "disks": disks}])
    service = {"bandwidth": "1 GiB/s", "per_snapshot_rate": "8 MiB/s", "incremental": False}
    told = Scenario.from_mapping(told.plain(), {"regions.r.snapshot_service": service})
    sim = Simulation(told)
    sim.create_image({"RegionId": "r", "InstanceId": "i"})
    sim.run(until="1h")  # one is accomplished, the other in progress
    sim.stop("i")
    sim.run(until="5h")
    measures = sim.finish().measures
    assert measures["cost.total"] == 20 * 5
    assert measures["cost.orphans"] == pytest.approx(20 * 4)


def test_without_charges_nothing_is_known_of_storage_and_nothing_costs():
    sim = Simulation(scenario({}))
    sim.create_image({"RegionId": "r", "InstanceId": "i"})
    sim.run(until="5h")
    measures = sim.finish().measures
    assert math.isnan(measures["storage_gib_hours"])
    assert math.isnan(measures["orphans.gib_mean"])
    assert measures["cost.total"] == measures["cost.orphans"] == 0
    assert measures["balance.lowest"] == 1000


def test_where_no_snapshot_is_there_is_no_storage():
    measures = imgsim.run(scenario()).measures
    assert measures["storage_gib_hours"] == measures["orphans.gib_mean"] == 0
