"""Where two runs part: what is told, and that looking on changes nothing."""

import os

import pandas as pd
import pytest
from divergence import rich

import imgsim
from imgsim.divergence.settings import changes
from imgsim.divergence.watching import watched
from imgsim.records.marks import DELETIONS, OPEN_USES, ORPHANS
from imgsim.records.rows import TABLES

QUICK = "scenarios/quickstart.yaml"
QUOTA = "regions.cn-hangzhou.image_quota"


@pytest.fixture
def quick(request):
    return lambda changed=None: imgsim.load(request.config.rootpath / QUICK, changed)


def test_a_run_that_is_watched_leaves_the_same_bytes():
    plain = imgsim.run(rich.scenario())
    _, seen = watched(rich.simulation())
    for table in (*TABLES, DELETIONS, ORPHANS, OPEN_USES):
        mine, other = (getattr(run.tables.journal, table.name).data for run in (plain, seen))
        assert bytes(mine) == bytes(other), table.name
    assert len(plain.calls) > 200
    assert repr(dict(plain.measures)) == repr(dict(seen.measures))


def test_nothing_is_in_the_way_of_a_run_that_nobody_watches():
    from imgsim.chance.streams import Draws

    simulation = rich.simulation()
    world = simulation.world
    assert "schedule" not in vars(world.env)
    assert "ask" not in vars(world)
    assert all(type(draws) is Draws for draws in world.chance._draws)


def test_the_record_of_events_is_whole_and_in_order():
    events, run = rich.probe()
    assert [event.instant for event in events] == sorted(event.instant for event in events)
    rows = [f for event in events for f in event.facts if type(f).__name__ == "Row"]
    for table in TABLES:
        written = sum(row.table == table.name for row in rows)
        assert written == len(run.tables[table.name]), table.name
    calls = [f for event in events for f in event.facts if type(f).__name__ == "Asked"]
    assert [call.call for call in calls] == [*range(1, len(run.calls) + 1)]


def test_a_long_record_is_read_back_as_it_was_written(monkeypatch):
    from imgsim.divergence import events

    told = rich.probe()[0]
    monkeypatch.setattr(events, "_TOGETHER", 7)
    record = events.Record()
    for event in told:
        record.append(event)
    record.close()
    assert tuple(record) == tuple(record) == told
    assert record.length == len(told)


def test_a_larger_quota_is_told_by_the_first_call_that_it_lets_pass(quick):
    found = imgsim.diff(quick(), quick({QUOTA: 45}))
    first, before = found.first, imgsim.run(quick())
    full = before.calls[before.calls["rule"] == "image_quota_is_exhausted"].iloc[0]
    assert pd.Timestamp(first.at) == full["arrived_at"]
    assert first.entity == ("call", str(full["intent"]))
    assert (first.kind, first.draw) == ("setting", None)
    assert first.before == "denied: image_quota_is_exhausted (QuotaExceed.Image)"
    assert first.after.startswith("accepted: image m-")
    assert found.settings == ((QUOTA, 40, 45),)


def test_what_followed_is_counted_as_the_tables_count_it(quick):
    found = imgsim.diff(quick(), quick({QUOTA: 45}))
    before, after = imgsim.run(quick()), imgsim.run(quick({QUOTA: 45}))
    both = before.calls.merge(after.calls, on=["intent", "attempt"], suffixes=("", "_after"))
    freed = (both["rule"] == "image_quota_is_exhausted") & (both["outcome_after"] == "available")
    counted = found.outcomes.set_index(["before", "after"])["calls"]
    assert counted["denied: image_quota_is_exhausted", "available"] == freed.sum() > 10
    assert counted.sum() == len(found.calls)
    share = found.measures.loc["rejection_rate"]
    assert share["before"] == before.measures["rejection_rate"]
    assert share["after"] == after.measures["rejection_rate"]
    assert share["difference"] == share["after"] - share["before"]
    assert "calls" not in found.measures.index  # as many as before


def test_another_distribution_is_a_setting_and_another_seed_a_draw(quick):
    longer = imgsim.diff(quick(), quick({"load.builds.delete.after": "80m"}))
    assert longer.first.kind == "setting"
    assert longer.first.draw.purpose == "builds/deletion after"
    assert longer.first.draw.same_luck
    assert (longer.first.draw.before, longer.first.draw.after) == (75 * 60 * 10**6, 80 * 60 * 10**6)
    seed = imgsim.diff(quick(), quick({"run.seed": 2}))
    assert seed.first.kind == "draw"
    assert seed.first.entity == ("stream", "builds")
    assert not seed.first.draw.same_luck


def test_other_ages_of_the_images_at_the_start_are_told():
    one = rich.scenario()
    found = imgsim.diff(one, rich.scenario({"images.0.age": {"exponential": {"mean": "4d"}}}))
    assert found.first.instant == 0
    assert found.first.draw[:2] == ("initial images 0/age", 0)
    assert found.first.entity == ("image", "0 of images.0")


def test_a_name_is_no_difference_and_a_later_horizon_one_at_the_old_end(quick):
    assert imgsim.diff(quick(), quick({"name": "other"})).same
    longer = imgsim.diff(quick(), quick({"run.horizon": "25h"}))
    assert longer.first.instant >= 24 * rich.HOUR
    assert longer.first.before.startswith("not so; next: ")


def test_verbs_by_hand_are_seen():
    a, b = rich.simulation(), rich.simulation()
    b.lock("a-1", "security")
    found = imgsim.diff(a, b)
    assert found.first.kind == "code"  # the scenarios say the same
    assert found.first.after == "instance a-1: lock security on"


def test_a_simulation_that_has_been_run_is_refused():
    a, b = rich.simulation(), rich.simulation()
    b.run(until="1h")
    with pytest.raises(ValueError, match="run already"):
        imgsim.diff(a, b)
    with pytest.raises(ValueError, match="same simulation"):
        imgsim.diff(a, a)
    with pytest.raises(TypeError, match="scenarios or simulations"):
        imgsim.diff(QUICK, QUICK)


@pytest.mark.parametrize(
    ("changed", "path", "before", "after"),
    [
        ({QUOTA: 41}, QUOTA, 40, 41),
        ({"processes": {"t": {"top-ups": {"when": {"instants": {"at": ["1h"]}}, "amount": "1 CNY"}}}},
         "processes.t", "-", None),
        ({"instances.0.disks": [{"kind": "system", "size": "40 GiB"}]},
         "instances.0.disks.1", None, "-"),
    ],
)  # fmt: skip
def test_settings_that_differ_are_named_by_their_path(quick, changed, path, before, after):
    (found,) = changes(quick().plain(), quick(changed).plain())
    assert found.path == path
    assert found.before == before or before is None
    assert found.after == after or after is None


def test_the_order_of_streams_is_a_setting():
    turned = {**rich.SCENARIO, "load": dict(reversed(rich.SCENARIO["load"].items()))}
    found = imgsim.diff(rich.scenario(), imgsim.Scenario.from_mapping(turned))
    assert [changed.path for changed in found.settings] == ["load (order)"]


def test_all_that_is_printed_fits_eighty_columns(quick):
    changed = {QUOTA: 41, "processes": {
        "scan": {"locks": {"instances": {"group": "web"}, "lasts": "20m",
                           "when": {"cron": {"schedule": "0 3 * * *"}}}}}}  # fmt: skip
    found = imgsim.diff(quick(), quick(changed), names=("x" * 60 + " " + "y" * 60, "B"))
    assert max(map(len, str(found).splitlines())) <= 80
    assert "by a setting\n" in str(found)
    html = found._repr_html_()
    assert html.count("<table") == 2


def test_a_million_events_do_not_fill_the_memory():
    """What is kept of events lies on disk: a record holds a batch of them and no more."""
    from imgsim.divergence import events

    record = events.Record()
    event = rich.probe()[0][100]
    for _ in range(3 * events._TOGETHER + 1):
        record.append(event)
    assert len(record._fresh) == 1
    assert record._file.seek(0, os.SEEK_END) == sum(record._sizes)
