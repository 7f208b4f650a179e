"""Every hour's charge agrees with a naive one to the last digit, whatever the history."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from processes.naive_bill import GIB, bill, charged

import imgsim
from imgsim import Scenario, Simulation
from imgsim.units import parse_bytes, parse_price

HOUR = 3600
DISKS = [
    {"kind": "system", "size": "40 GiB", "used": "20 GiB"},
    {"kind": "data", "size": "100 GiB", "used": "31.25 GiB"},
]
OLD = {"region": "r", "kind": "data", "size": "10 GiB"}
MONTHLY = "0.12 CNY/GiB/month"


def scenario(charges=None, *, service=None, registration="30s", **more):
    service = service or {"duration": "20m", "change_rate": "10%/h"}
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "money",
            "run": {"horizon": "12h"},
            "regions": {"r": {"snapshot_service": service, "registration": registration}},
            "instances": [{"group": "i", "count": 2, "region": "r", "disks": DISKS}],
            "processes": {"bill": {"storage-charges": {"price": MONTHLY} | (charges or {})}},
        }
        | more
    )


def ask(sim, instance="i-1", region="r"):
    return sim.create_image({"RegionId": region, "InstanceId": instance})


def ended(sim, until):
    sim.run(until=until)
    return sim.finish()


def act(sim, verb, pick):
    """Do something by hand to one of the things there are, if there is one."""
    images, snapshots = list(sim.cloud.images), list(sim.cloud.snapshots.things())
    if verb == "ask":
        for instance in list(sim.cloud.instances.values())[pick % 3 :]:
            ask(sim, instance.id, instance.region.id)
    elif verb in ("delete", "delete all") and images:
        sim.delete_image(images[pick % len(images)], snapshots=verb == "delete all")
    elif verb == "release" and sim.cloud.instances:
        sim.release(list(sim.cloud.instances)[pick % len(sim.cloud.instances)])
    elif verb == "finish":
        for snapshot in snapshots:
            if snapshot.text == "open" and snapshot.status == "progressing":
                sim.finish_snapshot("open")
    elif verb == "drop":
        free = [s for s in snapshots if not s.images and s.status == "accomplished"]
        if free:
            sim.world.drop_snapshot(free[pick % len(free)])


QUARTERS = st.integers(0, 40).map(lambda n: n * 900 * 10**6)
INSTANTS = st.one_of(QUARTERS, st.integers(0, 36_000 * 10**6))
VERBS = st.sampled_from(["ask", "ask", "delete", "delete all", "release", "finish", "drop", "drop"])
SERVICES = st.fixed_dictionaries(
    {
        "duration": st.sampled_from(["15m", "30m", "17m", {"exponential": {"mean": "40m"}}]),
        "change_rate": st.sampled_from(["10%/h", "0%/h", "300%/h"]),
        "incremental": st.booleans(),
        "failure": st.sampled_from(["0%", "0%", "40%"]),
    }
)
STOCK = st.lists(
    st.one_of(
        st.sampled_from(["i-1-disk-1", "i-1-disk-2", "j-1-disk-1"]).map(lambda d: {"disk": d}),
        st.just(OLD),
    ).flatmap(
        lambda thing: st.fixed_dictionaries(
            {
                "count": st.integers(0, 3),
                "age": st.sampled_from(["1h", {"uniform": {"low": "1h", "high": "9h"}}]),
                "status": st.sampled_from(["accomplished", "accomplished", "failed"]),
            }
        ).map(lambda more: thing | more)
    ),
    max_size=4,
)


@st.composite
def histories(draw):
    start = draw(st.sampled_from(["10:00:00", "10:37:00", "10:59:59.999999"]))
    charges = {
        "price": draw(st.sampled_from([MONTHLY, "0.148 CNY/GiB/d", "0.7 CNY/GiB/h"])),
        "free": draw(st.sampled_from(["0 B", "5 GiB", "51.25 GiB", "1 TiB"])),
    }
    region = {"registration": draw(st.sampled_from(["1s", "15m"]))}
    told = scenario(
        charges,
        start=f"2026-01-05T{start}Z",
        run={"horizon": "12h", "drain": "0s"},
        regions={
            "r": region | {"snapshot_service": draw(SERVICES)},
            "q": region | {"snapshot_service": draw(SERVICES)},
        },
        instances=[
            {"group": "i", "count": 2, "region": "r", "disks": DISKS},
            {"group": "j", "count": 1, "region": "q", "disks": DISKS},
        ],
        snapshots=[
            *draw(STOCK),
            {"id": "open", "disk": "i-1-disk-2", "created": "2026-01-05", "status": "progressing"},
        ],
        load={
            "s": {
                "arrivals": {"instants": {"at": ["5m", "1h", "1h", "2h10m", "5h45m"]}},
                "mix": [{"instances": {"group": draw(st.sampled_from(["i", "j"]))}}],
                "delete": {
                    "after": draw(st.sampled_from(["1h", "30m", "44m30s", "1us"])),
                    "snapshots": draw(st.booleans()),
                },
            }
        },
    )
    verbs = draw(st.lists(st.tuples(INSTANTS, VERBS, st.integers(0, 99)), max_size=16))
    return told, sorted(verbs), draw(st.one_of(QUARTERS, INSTANTS)), charges


@settings(max_examples=150)
@given(histories())
def test_each_charge_is_that_of_a_naive_computation_to_the_last_digit(history):
    told, verbs, end, charges = history
    sim = Simulation(told)
    for instant, verb, pick in verbs:
        sim.run(until=f"{instant}us")
        act(sim, verb, pick)
    sim.run(until=f"{max(end, *[instant for instant, _, _ in verbs], 0)}us")
    run = sim.finish()
    due = bill(run, parse_price(charges["price"]), parse_bytes(charges["free"]))
    assert charged(run) == due.rows
    assert run.measures["storage_gib_hours"] == pytest.approx(float(due.gib_hours), rel=1e-12)
    assert run.measures["cost.orphans"] == pytest.approx(float(due.orphans / 10**6), rel=1e-9)
    assert run.measures["cost.total"] == sum(amount for _, _, amount in due.rows) / 10**6


def test_the_worked_example_of_the_price_list():
    # 310 GiB of which 5 are free, for 13 hours.
    stock = [OLD | {"count": 31, "age": "1d"}]
    run = imgsim.run(scenario({"free": "5 GiB"}, snapshots=stock, run={"horizon": "13h"}))
    each = round(305 * Fraction(120_000, 720))
    assert [amount for _, _, amount in charged(run)] == [each] * 13
    assert each == 50_833
    assert run.measures["storage_gib_hours"] == 310 * 13


@pytest.mark.parametrize(("stored", "rows"), [(5, 0), (6, 3)])
def test_an_hour_in_which_nothing_is_due_has_no_row(stored, rows):
    stock = [OLD | {"size": f"{stored} GiB", "age": "1d"}]
    run = imgsim.run(scenario({"free": "5 GiB"}, snapshots=stock, run={"horizon": "3h"}))
    assert len(charged(run)) == rows
    assert run.measures["storage_gib_hours"] == 3 * stored
    assert imgsim.run(scenario({"price": "0 CNY/GiB/h"}, snapshots=stock)).ledger.shape[0] == 1


def test_hours_are_those_of_the_calendar_and_part_hours_count_as_whole():
    sim = Simulation(scenario({"price": "1 CNY/GiB/h"}, start="2026-01-05T10:37:00Z"))
    ask(sim)  # accomplished at 10:57
    sim.run(until="3h")
    sim.delete_image("m-000000001", snapshots=True)  # at 13:37
    run = ended(sim, "6h")
    assert [instant // (60 * 10**6) for instant, _, _ in charged(run)] == [23, 83, 143, 203]
    assert {amount for _, _, amount in charged(run)} == {51_250_000}


def test_who_deletes_the_oldest_hands_its_blocks_to_the_next():
    stock = [
        {"id": "a", "disk": "i-1-disk-1", "created": "2026-01-04T18:00:00Z"},
        {"id": "b", "disk": "i-1-disk-1", "created": "2026-01-04T20:00:00Z"},
        {"id": "c", "disk": "i-1-disk-1", "created": "2026-01-04T21:00:00Z"},
    ]
    sim = Simulation(scenario({"price": "1 CNY/GiB/h"}, snapshots=stock))
    for hour, id in enumerate("abc"):
        sim.run(until=f"{hour}h30m")
        sim.world.drop_snapshot(sim.cloud.snapshots[id])
    run = ended(sim, "5h")
    whole, b, c = (row / GIB for row in run.snapshots["increment_bytes"])
    assert whole == 20
    assert b == pytest.approx(20 * 0.181269, rel=1e-5)
    expected = [whole + b + c, whole + c, whole]
    assert [amount / 10**6 for _, _, amount in charged(run)] == pytest.approx(expected, abs=1e-6)


def test_failed_snapshots_hold_nothing_and_those_of_released_instances_stay():
    failing = {"duration": "20m", "failure": "100%"}
    sim = Simulation(scenario({"price": "1 CNY/GiB/h"}, service=failing))
    ask(sim)
    run = ended(sim, "5h")
    assert charged(run) == []
    assert run.snapshots["increment_bytes"].isna().all()
    sim = Simulation(scenario({"price": "1 CNY/GiB/h"}))
    ask(sim)
    sim.run(until="1h")
    sim.release("i-1")
    assert [amount for _, _, amount in charged(ended(sim, "4h"))] == [51_250_000] * 4


@pytest.mark.parametrize("end", ["4h", "4h1us", "3h59m59.999999s"])
def test_an_hour_is_charged_when_it_ends_by_the_end_of_the_run_and_once_only(end):
    stock = [OLD | {"age": "1d"}]
    sim = Simulation(scenario(snapshots=stock))
    run = ended(sim, end)
    assert len(charged(run)) == (3 if end.startswith("3") else 4)
    sim = Simulation(scenario(snapshots=stock))
    for hour in range(1, 5):
        sim.run(until=f"{hour}h")
    assert len(charged(sim.finish())) == 4


def test_without_charges_no_increment_is_known_and_nothing_is_told():
    sim = Simulation(scenario(processes={}))
    ask(sim)
    world = sim.world
    hooks = (world.on.stored, world.on.dropped, world.on.booked, world.on.closed)
    assert not any(hooks)
    run = ended(sim, "3h")
    assert run.snapshots["increment_bytes"].isna().all()
    assert run.ledger["cause"].tolist() == ["opening"]


def test_a_snapshot_deleted_on_the_hour_does_not_belong_to_the_hour_that_begins():
    told = scenario(
        load={
            "s": {
                "arrivals": {"instants": {"at": ["1h"]}},
                "mix": [{"instances": {"ids": ["i-1"]}}],
                "delete": {"after": "39m30s", "snapshots": True},
            }
        }
    )
    run = imgsim.run(told)
    assert (run.snapshots["deleted_at"].dt.strftime("%H:%M:%S.%f") == "02:00:00.000000").all()
    assert [instant // (HOUR * 10**6) for instant, _, _ in charged(run)] == [2]


def test_a_snapshot_finished_by_hand_on_the_hour_belongs_to_the_hour_that_begins():
    stock = [{"id": "a", "disk": "i-1-disk-1", "created": "2026-01-04", "status": "progressing"}]
    sim = Simulation(scenario({"price": "1 CNY/GiB/h"}, snapshots=stock))
    sim.run(until="2h")
    sim.finish_snapshot("a")
    run = ended(sim, "4h")
    assert [instant // (HOUR * 10**6) for instant, _, _ in charged(run)] == [3, 4]
    assert run.snapshots["ended_at"].notna().all()


def money(balance, *top_ups, grace="24h", last=True, **more):
    """Return a simulation of 1 CNY an hour; top-ups of 1 CNY or more stand at given instants."""
    bill = {"bill": {"storage-charges": {"price": "0.1 CNY/GiB/h", "grace": grace}}}
    added = {
        f"t{number}": {"top-ups": {"when": {"instants": {"at": [at]}}, "amount": f"{amount} CNY"}}
        for number, (at, amount) in enumerate(top_ups)
    }
    return Simulation(
        scenario(
            account={"balance": f"{balance} CNY"},
            snapshots=[OLD | {"age": "1d"}],
            processes=bill | added if last else added | bill,
            **more,
        )
    )


def service(run):
    """Return when the snapshot service was suspended and opened, in hours."""
    rows = run.states[run.states["attribute"] == "snapshot service"]
    hours = (rows["changed_at"] - run.ledger["booked_at"][0]).dt.total_seconds() / HOUR
    return list(zip(hours, rows["value"], strict=True))


def test_an_account_that_stays_overdue_has_its_snapshot_service_suspended():
    sim = money(2, grace="3h")
    sim.run(until="2h")
    assert ask(sim).status == "accepted"  # the second hour's charge stands at this instant
    sim.run(until="4h")
    assert ask(sim).row == 13
    assert sim.cloud.account.snapshot_service_open
    sim.run(until="6h1us")
    assert ask(sim).row == 14
    run = sim.finish()
    assert service(run) == [(6, "suspended")]


def test_a_balance_of_nought_is_not_overdue():
    assert service(ended(money(2, ("2h30m", 1), grace="1h"), "3h30m")) == []
    assert service(ended(money(2, grace="1h"), "4h30m")) == [(4, "suspended")]


def test_a_top_up_to_nought_opens_the_service_again_and_the_grace_begins_anew():
    sim = money(0, ("3h30m", 2), ("4h30m", 2), grace="2h")
    # -1 at 1 h, -3 at 3 h: suspended; -1 at 3:30; -2 at 4 h; 0 at 4:30; -1 at 5 h.
    run = ended(sim, "9h")
    assert service(run) == [(3, "suspended"), (4.5, "open"), (7, "suspended")]
    assert run.measures["balance.lowest"] == -5
    assert run.measures["top_ups.total"] == 4


@pytest.mark.parametrize(
    ("bill_first", "rows"), [(True, [(3, "suspended"), (3, "open")]), (False, [])]
)
def test_a_top_up_in_the_microsecond_of_the_suspension_acts_in_the_order_of_the_file(
    bill_first, rows
):
    sim = money(0, ("3h", 9), grace="2h", last=bill_first)
    assert service(ended(sim, "4h")) == rows


def test_without_grace_the_service_is_suspended_with_the_charge():
    run = ended(money(0, ("1h", 1), grace="0s"), "1h30m")
    assert service(run) == [(1, "suspended"), (1, "open")]
    first_topped_up = ended(money(0, ("1h", 1), grace="0s", last=False), "1h30m")
    assert service(first_topped_up) == []


def test_an_opening_balance_below_nought_is_overdue_from_the_start():
    sim = money(-1, grace="90m")
    assert service(ended(sim, "2h")) == [(1.5, "suspended")]


def test_what_somebody_opens_or_closes_by_hand_is_left_so():
    sim = money(0, ("5h30m", 9), grace="1h")
    sim.run(until="3h")
    sim.close_snapshot_service()
    run = ended(sim, "6h")
    assert service(run) == [(2, "suspended"), (3, "closed")]
    sim = money(0, ("5h30m", 9), grace="1h")
    sim.run(until="3h")
    sim.open_snapshot_service()
    assert service(ended(sim, "6h")) == [(2, "suspended"), (3, "open")]
    sim = money(0, ("5h30m", 9), grace="1h")
    sim.close_snapshot_service()
    assert service(ended(sim, "6h")) == [(0, "closed")]


def test_a_top_up_by_hand_counts_like_a_planned_one():
    sim = money(0, grace="1h")
    sim.run(until="3h")
    sim.top_up("5 CNY")
    assert service(ended(sim, "4h")) == [(2, "suspended"), (3, "open")]


def test_top_ups_come_by_the_calendar_and_go_on_to_the_end_of_the_run():
    top_ups = {"when": {"cron": {"schedule": "0 9 * * *"}}, "amount": "5 CNY"}
    told = scenario(
        processes={"pay": {"top-ups": top_ups}},
        run={"horizon": "20h", "drain": "10d"},
        service={"duration": "48h"},
        load={
            "s": {
                "arrivals": {"instants": {"at": ["19h"]}},
                "mix": [{"instances": {"group": "i"}}],
            }
        },
    )
    run = imgsim.run(told)
    assert run.ledger["cause"].tolist() == ["opening", *["top-up"] * 3]
    assert (run.ledger["booked_at"][1:].dt.hour == 9).all()
    assert run.ledger["region"].isna().all()


def test_endless_charges_and_top_ups_do_not_keep_a_run_going():
    top_ups = {"when": {"renewal": {"gap": "10m"}}, "amount": "5 CNY"}
    told = scenario(run={}, processes={"pay": {"top-ups": top_ups}})
    assert imgsim.run(told).ended_at == 0


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("bill.storage-charges.price", "0.12 CNY", "'0.12 CNY' is not a price of storage"),
        ("bill.storage-charges.price", "0.12 CNY/GB/month", "write for example 0.12 CNY/GiB/month"),
        ("bill.storage-charges.price", "-1 CNY/GiB/h", "is not a price of storage"),
        ("bill.storage-charges.price", 0.12, "the number 0.12 has no unit"),
        ("bill.storage-charges.price", "1.001 CNY/GiB/h", "the most is 1 CNY/GiB/h"),
        ("bill.storage-charges.gratis", "5 GiB", "unknown key"),
        ("pay.top-ups.amount", "0 CNY", "amount must be above 0 CNY"),
        ("pay.top-ups.amount", "-5 CNY", "amount must be above 0 CNY"),
        ("again.storage-charges.price", MONTHLY, "storage is charged by bill already"),
    ],
)
def test_what_cannot_be_is_told(path, value, message):
    pay = {"top-ups": {"when": {"instants": {"at": ["1h"]}}, "amount": "1 CNY"}}
    good = scenario().plain() | {"processes": scenario().plain()["processes"] | {"pay": pay}}
    with pytest.raises(imgsim.ScenarioError) as raised:
        Scenario.from_mapping(good, {f"processes.{path}": value})
    assert f"processes.{path.split('.')[0]}" in str(raised.value)
    assert message in str(raised.value)
    assert str(raised.value).count("\n") == 0


@pytest.mark.parametrize(
    "text", ["0.12 CNY/GiB/month", "0.148 CNY/GiB/d", "0.7 CNY/GiB/h", "0 CNY/GiB/h"]
)
def test_a_price_is_written_so_that_it_is_read_back(text):
    told = scenario({"price": text})
    assert Scenario.from_mapping(told.plain()) == told
    assert told.hash == Scenario.from_mapping(told.plain()).hash
