"""Plots of a run that was made by hand."""

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

import imgsim
from imgsim import plots


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def run():
    """A quota of 2 that is full from 10 to 12 and from 14 minutes on; two snapshots of a disk."""
    service = {"duration": "5m", "slots": 9}
    scenario = imgsim.Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "by-hand",
            "regions": {"r": {"image_quota": 2, "registration": "0s", "snapshot_service": service}},
            "instances": [
                {"id": "i-1", "region": "r", "disks": [{"kind": "system", "size": "40 GiB"}]}
            ],
        }
    )
    sim = imgsim.Simulation(scenario)
    call = {"RegionId": "r", "InstanceId": "i-1"}
    first = sim.create_image(call)
    sim.run(until="10m")
    sim.create_image(call)
    sim.run(until="12m")
    sim.delete_image(first.image_id)
    sim.run(until="14m")
    sim.create_image(call)
    sim.run(until="30m")
    return sim.finish()


def minutes(path, run):
    """Minutes since the start between which a drawn area has a height."""
    start = mpl.dates.date2num(run.scenario.start.replace(tzinfo=None))
    return sorted({round((x - start) * 24 * 60) for x, y in path.vertices if y > 0})


def test_each_time_that_the_quota_is_full_is_drawn_as_long_as_it_lasts(run, ax):
    plots.quota_use(run, ax=ax)
    full = next(one for one in ax.collections if one.get_label() == "full")
    drawn = {at for path in full.get_paths() for at in minutes(path, run)}
    assert sorted(drawn) == [10, 12, 14, 30]


def test_a_wait_for_the_turn_is_seen_before_the_snapshot_that_is_waited_for(run, ax):
    plots.gantt(run, ax=ax)
    waits, busy = ax.containers
    assert waits.get_label() == "waits for its turn on the disk"
    [wait] = waits
    assert wait.get_height() < busy[0].get_height()
    assert wait.get_zorder() > busy[0].get_zorder()


def test_what_does_not_happen_is_not_in_the_legend(run, ax):
    plots.gantt(run, ax=ax)
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told == ["waits for its turn on the disk", "in progress"]
