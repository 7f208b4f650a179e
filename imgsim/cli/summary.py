"""What a planner reads after a run: outcomes, times, waits, levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from imgsim.cli.recorded import print_recorded
from imgsim.results.written import duration
from imgsim.units import SECOND

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from imgsim.finished import Run

_TIMES: Final = ("mean", "p50", "p95", "max")
_MONEY: Final = {
    "cost.total": "charged",
    "cost.snapshot_storage": "  for snapshot storage",
    "cost.orphans": "    of which orphans",
    "top_ups.total": "topped up",
    "balance.lowest": "lowest balance",
}
_CLIENTS: Final = {
    "intents": "intents",
    "intents.succeeded": "got it",
    "intents.timed_out": "gave up",
    "intents.orphaned": "left",
    "retry_amplification": "calls",
    "polls_per_success": "polls",
    "time_to_success.p50": "p50",
    "time_to_success.p95": "p95",
}
_STAGES: Final = {
    "turn_wait": "wait for the disk's turn",
    "slot_wait": "wait for a snapshot slot",
    "snapshotting": "snapshot",
    "registering": "registration",
}


def summary(run: Run) -> dict[str, Any]:
    """Return the summary as plain data; times in seconds, missing values None."""
    facts = run.measures.facts()
    calls = len(facts.calls)
    measured = run.measures.of
    return {
        "scenario": run.scenario.name,
        "question": run.scenario.description.strip() or None,
        "seed": run.scenario.run.seed,
        "replication": run.replication,
        "interrupted": run.interrupted,
        "simulated_s": run.ended_at / SECOND,
        "calls": calls,
        "outcomes": [
            {
                "outcome": outcome,
                "code": rule.code if rule is not None else None,
                "rule": rule.name if rule is not None else None,
                "calls": number,
                "share": number / calls,
            }
            for outcome, rule, number in facts.outcomes()
        ],
        "time_to_available_s": {
            what: measured(f"time_to_available.{what}")._asdict() for what in _TIMES
        },
        "mean_by_stage_s": {stage: measured(f"{stage}.mean").value for stage in _STAGES},
        "regions": {
            id: {
                "image_quota": region.image_quota,
                "quota_use_mean": measured(f"quota_use.mean@{id}").value,
                "quota_use_peak": measured(f"quota_use.peak@{id}").value,
                "quota_full_share": measured(f"quota_use.share_full@{id}").value,
                "quota_first_full_s": measured(f"quota_use.first_full_s@{id}").value,
                "slots": region.snapshot_service.slots,
                "busy_slots_mean": measured(f"busy_slots.mean@{id}").value,
                "busy_slots_peak": measured(f"busy_slots.peak@{id}").value,
            }
            for id, region in run.scenario.regions.items()
        },
        "clients": _clients(run),
        "money": _money(run),
        "recorded": run.recorded.to_dict("records"),
    }


def _clients(run: Run) -> dict[str, dict[str, float | None]]:
    """Return what clients met, by load stream, where any of them waits or asks again."""
    streams = run.scenario.load
    if not any(stream.client.patient for stream in streams.values()):
        return {}
    return {
        name: {what: run.measures.of(f"{what}@{name}").value for what in _CLIENTS}
        for name in streams
    }


def _money(run: Run) -> dict[str, Any] | None:
    """Return what a run cost, in CNY, and how long calls were refused; None without charges."""
    from imgsim.processes.charges import StorageCharges

    if not any(isinstance(each, StorageCharges) for each in run.scenario.processes.values()):
        return None
    told = (
        *_MONEY,
        "storage_gib_hours",
        "orphans.gib_mean",
        "balance.time_below_minimum_s",
        "balance.first_below_s",
    )
    return {name: run.measures.of(name).value for name in told}


def print_summary(console: Console, told: dict[str, Any]) -> None:
    """Print the summary as tables of at most 80 columns."""
    from rich.padding import Padding
    from rich.table import Table

    def table(*columns: str) -> Table:
        made = Table(box=None, pad_edge=False, header_style="dim")
        for number, column in enumerate(columns):
            made.add_column(column, justify="left" if not number else "right")
        return made

    console.print(f"[bold]{told['scenario']}[/bold]", highlight=False)
    if told["question"]:
        console.print(told["question"], highlight=False, markup=False)
    console.print(
        f"{told['calls']} calls in {duration(told['simulated_s'])} of simulated time, "
        f"seed {told['seed']}, replication {told['replication']}\n",
        highlight=False,
    )
    outcomes = table("outcome", "code", "calls", "share")
    outcomes.columns[1].justify = "left"
    for line in told["outcomes"]:
        what = f"{line['outcome']}"
        reason = line["code"] or ""
        if line["rule"]:
            reason += f"\n[dim]{line['rule']}[/dim]"
        outcomes.add_row(what, reason, str(line["calls"]), f"{line['share']:.1%}")
    console.print(Padding(outcomes, (0, 0, 1, 2)))

    times = table("time to available", *_TIMES)
    shown = [
        ("≥ " if value["at_least"] else "") + duration(value["value"])
        for value in told["time_to_available_s"].values()
    ]
    times.add_row("", *shown)
    console.print(Padding(times, (0, 0, 1, 2)))

    stages = table("of which, on average", "time")
    for stage, what in _STAGES.items():
        stages.add_row(what, duration(told["mean_by_stage_s"][stage]))
    console.print(Padding(stages, (0, 0, 1, 2)))

    levels = table("in use", "mean", "peak", "limit")
    for id, region in told["regions"].items():
        of = f" in {id}"
        for what, name, limit in (
            ("image quota", "quota_use", region["image_quota"]),
            ("snapshot slots", "busy_slots", region["slots"]),
        ):
            levels.add_row(
                what + of,
                _number(region[f"{name}_mean"]),
                _number(region[f"{name}_peak"]),
                "unlimited" if limit is None else str(limit),
            )
    console.print(Padding(levels, (0, 0, 1, 2)))
    _print_full_quotas(console, told["regions"])
    if told["clients"]:
        _print_clients(console, table("clients", *_CLIENTS.values()), told["clients"])
    if told["money"] is not None:
        _print_money(console, table("money", "CNY"), told["money"])
    if told["recorded"]:
        print_recorded(console, table("recorded", "simulated", "calls"), told["recorded"])


def _print_clients(console: Console, table: Table, clients: dict[str, Any]) -> None:
    """Print a line for each load stream; calls are for each intent, polls for each image got."""
    from rich.padding import Padding

    for name, told in clients.items():
        table.add_row(name, *(_of_client(what, told[what]) for what in _CLIENTS))
    console.print(Padding(table, (0, 0, 1, 2)))


def _of_client(what: str, value: float | None) -> str:
    if what.startswith("time"):
        return duration(value)
    if what.startswith("intents.") and value is not None:
        return f"{value:.1%}"
    return _number(value)


def _print_full_quotas(console: Console, regions: dict[str, Any]) -> None:
    full = {id: told for id, told in regions.items() if told["quota_first_full_s"] is not None}
    for id, told in full.items():
        share, first = told["quota_full_share"], duration(told["quota_first_full_s"])
        often = "" if share is None else f" {share:.2%} of the time,"
        console.print(f"  image quota in {id} full{often} first after {first}", highlight=False)
    if full:
        console.print()


def _print_money(console: Console, table: Table, money: dict[str, Any]) -> None:
    from rich.padding import Padding

    for name, what in _MONEY.items():
        table.add_row(what, f"{money[name]:.2f}")
    console.print(Padding(table, (0, 0, 1, 2)))
    if money["balance.time_below_minimum_s"]:
        below = duration(money["balance.time_below_minimum_s"])
        first = duration(money["balance.first_below_s"])
        console.print(
            f"  the balance was below its minimum for {below}, first after {first}\n",
            highlight=False,
        )


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
