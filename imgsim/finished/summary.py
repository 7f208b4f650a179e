"""What a run tells a planner, as plain data: a verdict, outcomes, times, waits, levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgsim.finished.shown import CLIENTS, MONEY, STAGES, TIMES
from imgsim.results.written import duration
from imgsim.units import SECOND

if TYPE_CHECKING:
    from imgsim.finished.run import Run
    from imgsim.results.facts import Facts


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
        "verdict": _verdict(run, facts),
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
            what: measured(f"time_to_available.{what}")._asdict() for what in TIMES
        },
        "mean_by_stage_s": {stage: measured(f"{stage}.mean").value for stage in STAGES},
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
        name: {what: run.measures.of(f"{what}@{name}").value for what in CLIENTS}
        for name in streams
    }


def _money(run: Run) -> dict[str, Any] | None:
    """Return what a run cost, in CNY, and how long calls were refused; None without charges."""
    from imgsim.processes.charges import StorageCharges

    if not any(isinstance(each, StorageCharges) for each in run.scenario.processes.values()):
        return None
    told = (
        *MONEY,
        "storage_gib_hours",
        "orphans.gib_mean",
        "balance.time_below_minimum_s",
        "balance.first_below_s",
    )
    return {name: run.measures.of(name).value for name in told}


def _verdict(run: Run, facts: Facts) -> str:
    """Return in a sentence or two how many got their image, and what most were denied for."""
    intents, got = len(facts.intents), len(facts.came_to("available"))
    told = "Nobody asked for an image."
    if intents:
        told = f"{got} of {intents} intents got their image ({got / intents:.1%})."
    denied = [(rule, number) for _, rule, number in facts.outcomes() if rule is not None]
    if denied:
        (rule, most), calls = denied[0], sum(number for _, number in denied)
        what = "all" if most == calls else str(most)
        told += f" {calls} calls were denied, {what} of them by {rule.name}."
    elif intents:
        told += " No call was denied."
    if run.interrupted:
        told = f"Interrupted after {duration(run.ended_at / SECOND)}. {told}"
    return told
