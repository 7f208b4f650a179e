"""Measures of windows, locks and faults; measures that take arguments."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imgsim
from imgsim import Scenario, Simulation
from imgsim.results.measures import CATALOGUE

DISKS = [{"kind": "system", "size": "40 GiB"}]


def scenario(**more):
    service = {"registration": "1s", "snapshot_service": {"duration": "60s"}, "image_quota": 1000}
    data = {
        "imgsim": 1,
        "name": "windows",
        "run": {"horizon": "10h"},
        "regions": {"r": service, "q": service},
        "instances": [
            {"group": "g", "count": 2, "region": "r", "disks": DISKS},
            {"id": "sealed", "region": "r", "locks": ["security"], "disks": DISKS},
            {"id": "far", "region": "q", "disks": DISKS},
        ],
    }
    return Scenario.from_mapping(data | more)


def calls(*asked, **more):
    """Return a run of calls: each an hour and whether it is refused."""
    sim = Simulation(scenario(**more))
    for hour, refused in asked:
        sim.run(until=f"{hour * 3600}s") if hour else None
        id = "sealed" if refused else "g-1"
        sim.create_image({"RegionId": "r", "InstanceId": id})
    sim.run()
    return sim.finish()


def test_windows_count_from_the_start_and_those_without_calls_do_not():
    run = calls((0, True), (0, False), (3, False), (5, True), (7, False), (8, True))
    of = run.measures
    assert of["refused_windows[1h,0%]"] == 3 / 5
    assert of["refused_windows[1h,50%]"] == 2 / 5  # more than half: not the first hour
    assert of["refused_windows[1h,49.9%]"] == 3 / 5
    assert of["refused_windows[4h,50%]"] == 1 / 3  # hours 0 to 3, 4 to 7, 8
    assert of["refused_windows[4h, 49%]@r"] == 2 / 3
    assert of["refused_windows[1d,100%]"] == 0


def test_without_calls_there_are_no_windows():
    run = calls()
    assert run.measures.of("refused_windows[1d,1%]").value is None
    assert calls((0, True)).measures.of("refused_windows[1d,1%]@q").value is None


def test_calls_of_the_warm_up_do_not_count():
    run = calls((0, True), (5, False), run={"horizon": "10h", "warmup": "1h"})
    assert run.measures["refused_windows[1h,0%]"] == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(0, 100),
)
def test_refused_windows_are_counted_as_by_hand(asked, window, threshold):
    asked = sorted(asked)
    run = calls(*asked)
    windows = {}
    for hour, refused in asked:
        windows.setdefault(hour // window, []).append(refused)
    over = sum(Fraction(sum(w), len(w)) > Fraction(threshold, 100) for w in windows.values())
    assert run.measures[f"refused_windows[{window}h,{threshold}%]"] == over / len(windows)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("refused_windows", "it takes arguments in brackets"),
        ("refused_windows[1d,1%", "it takes arguments in brackets"),
        ("refused_windows[1d]", "it takes 2 arguments, not 1"),
        ("refused_windows[1d,1%,2]", "it takes 2 arguments, not 3"),
        ("refused_windows[1,1%]", "'1' is not a duration"),
        ("refused_windows[1d,1]", "'1' is not a share"),
        ("refused_windows[0s,1%]", "a window must be longer than 0"),
    ],
)
def test_a_bad_form_is_told_with_a_good_one(name, words):
    with pytest.raises(KeyError) as caught:
        calls().measures[name]
    assert words in str(caught.value)
    assert "refused_windows[1d,1%]" in str(caught.value)


def test_other_measures_take_no_arguments_and_other_regions_are_unknown():
    for name in ("calls[1d]", "refused_windows[1d,1%]@nowhere"):
        with pytest.raises(KeyError, match="there is no measure"):
            calls().measures[name]


def test_the_catalogue_lists_an_example_that_says_what_it_is():
    assert "refused_windows[1d,1%]" in calls().measures
    said = CATALOGUE["refused_windows[1d,1%]"].__doc__
    assert said.startswith("Share of windows of 1d, ")
    assert " more than 1% of the calls was denied" in said


def test_the_lock_share_counts_initial_locks_and_releases_within_the_region():
    sim = Simulation(scenario())
    sim.run(until="1h")
    sim.lock("g-1", "security")
    sim.lock("g-2", "financial")
    sim.run(until="3h")
    sim.unlock("g-1", "security")
    sim.lock("far", "security")
    sim.run(until="5h")
    sim.release("sealed")
    sim.run(until="10h")
    measures = sim.finish().measures
    assert measures["lock_share@r"] == (2 + 5) / (10 + 10 + 5)
    assert measures["lock_share@q"] == 7 / 10
    assert measures["lock_share"] == (2 + 5 + 7) / 35


def test_the_lock_share_begins_with_the_end_of_the_warm_up():
    sim = Simulation(scenario(run={"horizon": "10h", "warmup": "2h"}))
    sim.run(until="1h")
    sim.lock("g-1", "security")
    sim.run(until="3h")
    sim.unlock("g-1", "security")
    sim.run(until="10h")
    assert sim.finish().measures["lock_share@r"] == (1 + 8) / 24


def test_the_disturbed_share_joins_faults_and_is_the_mean_of_the_regions():
    fault = {"lasts": "4h", "slots": "0%", "regions": ["r"]}
    processes = {
        f"f-{hour}": {"service-faults": fault | {"when": {"instants": {"at": [f"{hour}h"]}}}}
        for hour in (1, 3, 8)
    }
    sim = Simulation(scenario(processes=processes))
    sim.run(until="10h")
    measures = sim.finish().measures
    assert measures["disturbed_share@r"] == (6 + 2) / 10
    assert (measures["disturbed_share@q"], measures["disturbed_share"]) == (0, 0.4)


def test_a_run_of_no_length_has_no_shares():
    measures = imgsim.run(scenario(run={})).measures
    assert measures.of("lock_share").value is measures.of("disturbed_share").value is None
