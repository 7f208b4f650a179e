"""Recorded codes of a trace against simulated ones."""

import pytest

import imgsim

BASE = {
    "imgsim": 1,
    "name": "recorded",
    "run": {"horizon": "1h"},
    "regions": {
        "r": {"image_quota": 2, "snapshot_service": {"duration": {"constant": {"value": "1m"}}}}
    },
    "instances": [
        {"group": "g", "count": 3, "region": "r", "disks": [{"kind": "system", "size": "1 GiB"}]}
    ],
}
ROWS = [
    ("30", "g-1", ""),
    ("10", "g-1", "Throttling.User"),
    ("20", "nobody", "InvalidInstanceId.NotFound"),
    ("40", "g-1", ""),
    ("4000", "g-1", "Beyond.TheHorizon"),
    ("-1", "g-1", "Before.TheStart"),
]


def run(folder, rows=ROWS, **stream):
    lines = ["at_s,RegionId,InstanceId,recorded_code", *(f"{t},r,{i},{c}" for t, i, c in rows)]
    (folder / "calls.csv").write_text("\n".join(lines))
    arrivals = {"trace": {"file": str(folder / "calls.csv")}}
    return imgsim.run(
        imgsim.Scenario.from_mapping(BASE | {"load": {"log": {"arrivals": arrivals} | stream}})
    )


def pairs(run):
    return [tuple(row) for row in run.recorded.itertuples(index=False)]


def test_each_row_meets_its_own_call(tmp_path):
    done = run(tmp_path)
    assert list(done.recorded.columns) == ["recorded", "simulated", "calls"]
    assert pairs(done) == [
        ("InvalidInstanceId.NotFound", "InvalidInstanceId.NotFound", 1),
        ("Throttling.User", "accepted", 1),
        ("accepted", "QuotaExceed.Image", 1),
        ("accepted", "accepted", 1),
    ]


def test_the_code_is_no_parameter_of_the_call(tmp_path):
    assert run(tmp_path).calls["unknown"].sum() == 0


@pytest.mark.parametrize("scale", [2.0, 2.5])
def test_copies_of_a_scaled_load_do_not_count(tmp_path, scale):
    done = run(tmp_path, scale=scale)
    assert done.recorded["calls"].sum() == 4
    assert len(done.calls) >= 8


def test_rows_that_a_smaller_load_leaves_out_do_not_count(tmp_path):
    rows = [(str(n), "g-1" if n % 2 else "nobody", "odd" if n % 2 else "even") for n in range(400)]
    done = run(tmp_path, rows, scale=0.5)
    assert done.recorded["calls"].sum() == len(done.calls) < 300
    told = done.recorded.set_index(["recorded", "simulated"])["calls"]
    assert ("even", "InvalidInstanceId.NotFound") in told.index
    assert {
        code for code, simulated in told.index if simulated == "InvalidInstanceId.NotFound"
    } == {"even"}


def test_the_first_attempt_counts(tmp_path):
    client = {"retry": {"wait": "1s", "attempts": 3, "on": ["all"]}}
    done = run(tmp_path, client=client)
    assert len(done.calls) == 8
    assert done.recorded["calls"].sum() == 4


def test_of_many_images_at_a_time_the_first_counts(tmp_path):
    rows = [("10", "", "Some.Code"), ("20", "", "")]
    done = run(tmp_path, rows, mix=[{"instances": {"group": "g", "choose": "each"}}])
    assert len(done.calls) == 6
    assert pairs(done) == [("Some.Code", "accepted", 1), ("accepted", "QuotaExceed.Image", 1)]


def test_a_code_of_the_real_service_is_the_page_s_own(tmp_path):
    rows = [("10", "g-1", "InvalidAccountStatus.NotEnoughBalance")]
    assert pairs(run(tmp_path, rows)) == [("Invalidaccountant status.", "accepted", 1)]


def test_without_recorded_codes_there_is_nothing_to_compare(tmp_path):
    (tmp_path / "calls.csv").write_text("at_s,RegionId,InstanceId\n1,r,g-1\n")
    arrivals = {"trace": {"file": str(tmp_path / "calls.csv")}}
    scenario = imgsim.Scenario.from_mapping(BASE | {"load": {"log": {"arrivals": arrivals}}})
    done = imgsim.run(scenario)
    assert len(done.calls) == 1
    assert list(done.recorded.columns) == ["recorded", "simulated", "calls"]
    assert len(done.recorded) == 0
