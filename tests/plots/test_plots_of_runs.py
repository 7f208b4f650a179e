"""What plots of a run show is what its tables and measures say."""

from itertools import pairwise

import numpy as np
import pytest
from cli.calling import call
from matplotlib.figure import Figure
from plots.gallery import SCENARIOS, nightly, quick, run

import imgsim
from imgsim import plots
from imgsim.explanation.recorded import of_folder, of_run
from imgsim.plots.levels import data_rate
from imgsim.plots.snapshots import slots_of
from imgsim.results.written import duration


def ax():
    return Figure(layout="constrained").add_subplot()


def heights(bars):
    return {bar.get_label(): sum(one.get_height() for one in bar) for bar in bars}


def test_outcomes_stack_up_to_all_calls():
    shown = heights(plots.outcomes(quick(), ax=ax()).containers)
    outcomes = quick().calls["outcome"].value_counts()
    assert sum(shown.values()) == len(quick().calls)
    assert shown[f"available, {outcomes['available']}"] == outcomes["available"]
    rules = quick().calls["rule"].value_counts()
    quota = rules["image_quota_is_exhausted"]
    assert shown[f"image_quota_is_exhausted, {quota}"] == quota


def test_outcomes_name_three_rules_at_most():
    made = run("mistakes", "6h")
    shown = heights(plots.outcomes(made, ax=ax()).containers)
    assert sum(shown.values()) == len(made.calls)
    [others] = [name for name in shown if "other rules" in name]
    assert int(others.split()[0]) == made.calls["rule"].dropna().nunique() - 2


def test_quota_use_has_the_peak_and_the_mean_that_are_measured():
    drawn = plots.quota_use(quick(), ax=ax())
    times, held = drawn.lines[0].get_data()
    assert held.max() == quick().measures["quota_use.peak"]
    spans = np.diff(times).astype("timedelta64[us]").astype(float)
    assert (held[:-1] * spans).sum() / spans.sum() == pytest.approx(
        quick().measures["quota_use.mean"]
    )
    assert drawn.lines[1].get_ydata()[0] == 40
    assert any(area.get_label() == "full" for area in drawn.collections)


def test_a_quota_that_is_never_full_has_no_mark():
    wide = imgsim.run(
        imgsim.load(SCENARIOS / "quickstart.yaml", {
            "run.horizon": "2h", "regions.cn-hangzhou.image_quota": 900,
        })
    )  # fmt: skip
    drawn = plots.quota_use(wide, ax=ax())
    assert not any(area.get_label() == "full" for area in drawn.collections)
    assert drawn.get_ylim()[1] > 900


def test_the_share_within_a_time_is_that_of_the_measures():
    line, *marks = plots.time_to_available(quick(), ax=ax()).lines
    times, share = line.get_data()
    assert share[-1] == 1
    for mark, name in zip(marks, ("p50", "p95"), strict=True):
        [at], [height] = mark.get_data()
        assert at * 60 == pytest.approx(quick().measures[f"time_to_available.{name}"])
        assert share[np.searchsorted(times, at, side="right") - 1] >= height


def test_a_line_ends_below_1_where_images_are_unfinished():
    simulation = imgsim.Simulation(imgsim.load(SCENARIOS / "release-day-burst.yaml"))
    simulation.run(until="40m")
    cut = simulation.finish()
    line = plots.time_to_available(cut, ax=ax()).lines[0]
    outcomes = cut.calls["outcome"].value_counts()
    unfinished, made = outcomes["unfinished"], outcomes["available"]
    assert line.get_ydata()[-1] == pytest.approx(made / (made + unfinished))
    assert f"p50 at least {duration(cut.measures['time_to_available.p50'])}" in line.get_label()
    assert f"{unfinished} unfinished" in line.get_label()
    assert (
        f"{made} images, without {unfinished} unfinished" in plots.stages(cut, ax=ax()).get_xlabel()
    )


@pytest.mark.parametrize("made", [quick, nightly])
def test_stages_add_up_to_the_mean_time(made):
    *parts, whole = plots.stages(made(), ax=ax()).containers[0]
    mean = made().measures["time_to_available.mean"] / 60
    assert whole.get_width() == pytest.approx(mean)
    assert sum(bar.get_width() for bar in parts) == pytest.approx(mean)
    for one, following in pairwise(parts):
        assert one.get_x() + one.get_width() == pytest.approx(following.get_x())


def test_snapshots_of_a_slot_never_overlap_and_there_are_no_more_slots():
    drawn = plots.gantt(run("quickstart", "8h"), by="slot", until="8h", ax=ax())
    rows = {}
    for bar in drawn.containers[0]:
        rows.setdefault(round(bar.get_y()), []).append((bar.get_x(), bar.get_width()))
    assert len(rows) == quick().measures["busy_slots.peak"] == 6
    for bars in rows.values():
        bars.sort()
        ends = [x + width for x, width in bars]
        assert all(end <= x + 1e-9 for end, (x, _) in zip(ends, bars[1:], strict=False))
    begun = quick().snapshots["began_at"]
    until = quick().scenario.start.timestamp() + 8 * 3600
    assert sum(map(len, rows.values())) == sum(one.timestamp() < until for one in begun.dropna())


def test_a_slot_that_is_handed_on_is_the_same_slot():
    begins, ends = np.array([0, 0, 5, 5]), np.array([5, 9, 7, 5])
    assert slots_of(begins, ends).tolist() == [0, 1, 0, -1]


def test_rows_that_are_left_out_are_told():
    drawn = plots.gantt(quick(), rows=5, ax=ax())
    assert len(drawn.get_yticks()) == 5
    assert drawn.get_ylabel() == "disk (5 of 24)"


def test_the_queue_is_the_snapshots_in_progress_and_those_that_wait():
    together, busy, slots = (line.get_ydata() for line in plots.queue(quick(), ax=ax()).lines)
    stretches = quick().snapshots.dropna(subset=["began_at"])
    stretches = stretches[stretches["began_at"] > stretches["turn_at"]]
    most = max(
        ((stretches["turn_at"] <= at) & (at < stretches["began_at"])).sum()
        for at in stretches["turn_at"]
    )
    assert (together - busy).max() == most
    assert busy.max() == quick().measures["busy_slots.peak"]
    assert {*slots} == {6}


def test_the_data_rate_adds_up_to_the_bytes_of_the_snapshots():
    made = nightly()
    instants, rate, limit = data_rate(of_run(made), "cn-hangzhou")
    moved = (rate[:-1] * np.diff(instants)).sum() / 1e6
    assert moved == pytest.approx(made.snapshots["bytes"].sum(), rel=1e-6)
    assert (rate <= limit).all()
    assert rate.max() == pytest.approx(2 << 30, rel=1e-6)


def test_faults_of_the_service_are_drawn():
    made = imgsim.run(imgsim.load(SCENARIOS / "nightly-golden-images.yaml", {
        "run.horizon": "12h",
        "processes.bad": {"service-faults": {
            "when": {"cron": {"schedule": "10 2 * * *"}},
            "lasts": "30m", "slots": "50%", "bandwidth": "25%",
        }},
    }))  # fmt: skip
    _, rate, limit = data_rate(of_run(made), "cn-hangzhou")
    assert {*limit} == {2 << 30, (2 << 30) // 4}
    assert (rate <= limit).all()
    *_, slots = plots.queue(made, ax=ax()).lines
    assert {*slots.get_ydata()} == {50, 25}


def test_drawn_times_have_no_bandwidth():
    with pytest.raises(ValueError, match="snapshots of cn-hangzhou take a drawn time"):
        plots.bandwidth(quick(), ax=ax())


def test_the_balance_is_that_of_the_ledger():
    made = run("balance-runs-dry", "120d")
    held, top_ups, least = plots.balance(made, ax=ax()).lines
    assert held.get_ydata()[-1] == made.ledger["balance_cny"].iloc[-1]
    assert f"CNY {made.measures['cost.total']:.2f} charged" in held.get_label()
    assert len(top_ups.get_xdata()) == (made.ledger["cause"] == "top-up").sum() == 4
    assert least.get_ydata()[0] == 0.01


def test_a_region_must_be_named_where_there_are_several():
    made = run("two-regions", "2d")
    with pytest.raises(ValueError, match="name a region; there are "):
        plots.queue(made, ax=ax())
    with pytest.raises(ValueError, match="there is no region 'mars'"):
        plots.quota_use(made, region="mars", ax=ax())
    _, other = made.scenario.regions
    assert plots.quota_use(made, region=other, ax=ax()).lines[1].get_label().startswith("quota of")


@pytest.mark.parametrize(
    "draw",
    [plots.outcomes, plots.quota_use, plots.time_to_available, plots.stages, plots.gantt,
     plots.queue, plots.balance],
)  # fmt: skip
def test_a_run_in_which_nothing_happens_is_drawn(draw):
    idle = imgsim.run(imgsim.load(SCENARIOS / "quickstart.yaml", {
        "load.builds.scale": 0, "load.templates.scale": 0,
    }))  # fmt: skip
    drawn = draw(idle, ax=ax())
    drawn.figure.savefig("/dev/null", format="png")


@pytest.mark.parametrize(
    "draw",
    [plots.outcomes, plots.quota_use, plots.time_to_available, plots.stages, plots.gantt,
     plots.queue, plots.bandwidth, plots.balance],
)  # fmt: skip
def test_a_folder_of_results_is_drawn_as_its_run(draw, folder):
    one, other = (draw(what, ax=ax()) for what in (nightly(), of_folder(folder)))
    assert strokes(one) == strokes(other)
    assert one.get_xlabel() == other.get_xlabel()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the command line writes of the run that `nightly` is."""
    here = tmp_path_factory.mktemp("results")
    what = ("run", SCENARIOS / "nightly-golden-images.yaml", "--set", "run.horizon=30h")
    call(*what, "--out", here / "run", "--quiet", cwd=here, code=0)
    return here / "run"


def strokes(drawn):
    """The numbers behind lines and bars."""
    lines = [line.get_xydata().tolist() for line in drawn.lines]
    bars = [[bar.get_bbox().extents.tolist() for bar in bars] for bars in drawn.containers]
    return lines, bars
