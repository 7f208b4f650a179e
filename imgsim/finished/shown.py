"""What a run shows of itself: a verdict, outcomes, times, waits, levels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from imgsim.results.written import duration
from imgsim.shown import Shown, Table

TIMES: Final = ("mean", "p50", "p95", "max")
MONEY: Final = {
    "cost.total": "charged",
    "cost.snapshot_storage": "  for snapshot storage",
    "cost.orphans": "    of which orphans",
    "top_ups.total": "topped up",
    "balance.lowest": "lowest balance",
}
CLIENTS: Final = {
    "intents": "intents",
    "intents.succeeded": "got it",
    "intents.timed_out": "gave up",
    "intents.orphaned": "left",
    "retry_amplification": "calls",
    "polls_per_success": "polls",
    "time_to_success.p50": "p50",
    "time_to_success.p95": "p95",
}
STAGES: Final = {
    "turn_wait": "wait for the disk's turn",
    "slot_wait": "wait for a snapshot slot",
    "snapshotting": "snapshot",
    "registering": "registration",
}
_MOST_PAIRS: Final = 12
_INDENT: Final = 2


def shown(told: dict[str, Any]) -> Shown:
    """Return what is shown of a summary (see `imgsim.finished.summary`)."""
    head = (
        f"{told['calls']} calls in {duration(told['simulated_s'])} of simulated time, "
        f"seed {told['seed']}, replication {told['replication']}"
    )
    question = [told["question"]] if told["question"] else []
    return Shown(told["scenario"], [*question, head], [told["verdict"], *_blocks(told)])


def _blocks(told: dict[str, Any]) -> Iterator[str | Table]:
    yield _outcomes(told["outcomes"])
    yield _times(told["time_to_available_s"])
    stages = ([what, duration(told["mean_by_stage_s"][stage])] for stage, what in STAGES.items())
    yield Table(["of which, on average", "time"], [*stages], indent=_INDENT)
    yield _levels(told["regions"])
    yield from _full_quotas(told["regions"])
    if told["clients"]:
        yield _clients(told["clients"])
    if told["money"] is not None:
        yield from _money(told["money"])
    if told["recorded"]:
        yield from _recorded(told["recorded"])


def _outcomes(lines: list[dict[str, Any]]) -> Table:
    rows = [
        [
            line["outcome"],
            "\n".join(filter(None, (line["code"], line["rule"]))),
            str(line["calls"]),
            f"{line['share']:.1%}",
        ]
        for line in lines
    ]
    heads = ["outcome", "code", "calls", "share"]
    return Table(heads, rows, left=(0, 1), folded=(1,), indent=_INDENT)


def _times(times: dict[str, Any]) -> Table:
    cells = (("≥ " if one["at_least"] else "") + duration(one["value"]) for one in times.values())
    return Table(["time to available", *TIMES], [["", *cells]], indent=_INDENT)


def _levels(regions: dict[str, Any]) -> Table:
    rows = [
        [
            f"{what} in {id}",
            _number(region[f"{name}_mean"]),
            _number(region[f"{name}_peak"]),
            "unlimited" if region[limit] is None else str(region[limit]),
        ]
        for id, region in regions.items()
        for what, name, limit in (
            ("image quota", "quota_use", "image_quota"),
            ("snapshot slots", "busy_slots", "slots"),
        )
    ]
    return Table(["in use", "mean", "peak", "limit"], rows, folded=(0,), indent=_INDENT)


def _full_quotas(regions: dict[str, Any]) -> Iterator[str]:
    lines = []
    for id, told in regions.items():
        if told["quota_first_full_s"] is not None:
            share, first = told["quota_full_share"], duration(told["quota_first_full_s"])
            often = "" if share is None else f" {share:.2%} of the time,"
            lines.append(f"  image quota in {id} full{often} first after {first}")
    if lines:
        yield "\n".join(lines)


def _clients(clients: dict[str, Any]) -> Table:
    """Return a line for each load stream; calls are for each intent, polls for each image got."""
    rows = [
        [name, *(_of_client(what, told[what]) for what in CLIENTS)]
        for name, told in clients.items()
    ]
    return Table(["clients", *CLIENTS.values()], rows, folded=(0,), indent=_INDENT)


def _of_client(what: str, value: float | None) -> str:
    if what.startswith("time"):
        return duration(value)
    if what.startswith("intents.") and value is not None:
        return f"{value:.1%}"
    return _number(value)


def _money(money: dict[str, Any]) -> Iterator[str | Table]:
    rows = [[what, f"{money[name]:.2f}"] for name, what in MONEY.items()]
    yield Table(["money", "CNY"], rows, indent=_INDENT)
    if money["balance.time_below_minimum_s"]:
        below = duration(money["balance.time_below_minimum_s"])
        first = duration(money["balance.first_below_s"])
        yield f"  the balance was below its minimum for {below}, first after {first}"


def _recorded(pairs: list[dict[str, Any]]) -> Iterator[str | Table]:
    """Yield how often each recorded code met each simulated one, and how often they agree."""
    rows = [[one["recorded"], one["simulated"], str(one["calls"])] for one in pairs[:_MOST_PAIRS]]
    if rest := sum(pair["calls"] for pair in pairs[_MOST_PAIRS:]):
        rows.append(["others, in recorded.csv", "", str(rest)])
    calls = sum(pair["calls"] for pair in pairs)
    same = sum(pair["calls"] for pair in pairs if pair["recorded"] == pair["simulated"])
    yield Table(["recorded", "simulated", "calls"], rows, left=(0, 1), indent=_INDENT)
    yield f"  {same} of {calls} calls ({same / calls:.1%}) got the recorded code"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
