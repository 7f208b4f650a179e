"""When a quota is full: its share of the time, and the first time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsim import Scenario, Simulation
from imgsim.records.rows import MISSING
from imgsim.results.levels import level_steps, spells

OLD = {"kind": "system", "size": "40 GiB", "created": "2025-01-01"}


def simulation(quotas, images=(), **run):
    region = {"registration": "1s", "snapshot_service": {"duration": "60s"}}
    return Simulation(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "full",
                "run": {"horizon": "10h"} | run,
                "regions": {name: region | {"image_quota": n} for name, n in quotas.items()},
                "snapshots": [OLD | {"id": f"old-{name}", "region": name} for name in quotas],
                "images": list(images),
            }
        )
    )


def make(sim, at, region="r"):
    sim.run(until=at)
    return sim.create_image({"RegionId": region, "SnapshotId": f"old-{region}"}).image_id


def drop(sim, at, image):
    sim.run(until=at)
    sim.delete_image(image)


def ended(sim, at="10h"):
    sim.run(until=at)
    return sim.finish().measures


def test_the_share_of_the_time_in_which_a_quota_is_full_and_the_first_time():
    sim = simulation({"r": 2})
    make(sim, "1h")
    second = make(sim, "2h")
    drop(sim, "3h", second)
    make(sim, "6h")
    measures = ended(sim)
    assert measures["quota_use.share_full"] == pytest.approx((1 + 4) / 10)
    assert measures["quota_use.first_full_s"] == 2 * 3600
    assert measures["deleted"] == 1


def test_a_quota_that_is_never_full_has_no_first_time():
    sim = simulation({"r": 2})
    make(sim, "1h")
    measures = ended(sim)
    assert measures["quota_use.share_full"] == 0
    assert math.isnan(measures["quota_use.first_full_s"])


def test_a_slot_that_is_handed_on_in_an_instant_leaves_the_quota_full():
    sim = simulation({"r": 1})
    first = make(sim, "1h")
    drop(sim, "2h", first)
    make(sim, "2h")
    assert ended(sim)["quota_use.share_full"] == pytest.approx(0.9)


def test_over_all_regions_it_is_the_time_in_which_any_quota_is_full():
    sim = simulation({"r": 1, "q": 1})
    first, other = make(sim, "1h"), make(sim, "2h", "q")
    drop(sim, "3h", first)
    drop(sim, "4h", other)
    make(sim, "7h", "q")
    measures = ended(sim)
    assert measures["quota_use.share_full@r"] == pytest.approx(0.2)
    assert measures["quota_use.share_full@q"] == pytest.approx(0.5)
    assert measures["quota_use.share_full"] == pytest.approx(0.6)
    assert measures["quota_use.first_full_s"] == 3600
    assert measures["quota_use.first_full_s@q"] == 2 * 3600


def test_the_warm_up_cuts_time_and_what_is_full_then_is_full_from_its_end_on():
    sim = simulation({"r": 1}, warmup="2h")
    first = make(sim, "1h")
    drop(sim, "4h", first)
    measures = ended(sim)
    assert measures["quota_use.share_full"] == pytest.approx(2 / 8)
    assert measures["quota_use.first_full_s"] == 2 * 3600
    sim = simulation({"r": 1}, warmup="2h")
    first = make(sim, "1h")
    drop(sim, "2h", first)
    measures = ended(sim)
    assert measures["quota_use.share_full"] == 0
    assert math.isnan(measures["quota_use.first_full_s"])
    assert measures["deleted"] == 1


def test_a_quota_of_nought_and_one_taken_from_the_beginning_are_full_at_once():
    for quota, images in ((0, []), (2, [{"region": "r", "count": 2, "age": "1d"}])):
        measures = ended(simulation({"r": quota}, images))
        assert measures["quota_use.share_full"] == 1
        assert measures["quota_use.first_full_s"] == 0


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), max_size=8)


@given(SPANS, st.integers(1, 4))
def test_spells_are_those_of_a_level_counted_instant_by_instant(spans, least):
    begins = np.array([begin for begin, _ in spans], np.int64)
    ends = np.array([begin + length for begin, length in spans], np.int64)
    found = zip(*spells(*level_steps(begins, ends), least), strict=True)
    inside = {at for begin, end in found for at in range(begin, end)}
    assert inside == {
        at for at in range(20) if sum(b <= at < e for b, e in spans_of(spans)) >= least
    }
    last_begins, last_ends = spells(*level_steps(begins, ends[:0]), least)
    assert len(last_begins) == (len(spans) >= least)
    assert (last_ends == MISSING).all()


def spans_of(spans):
    return [(begin, begin + length) for begin, length in spans]
