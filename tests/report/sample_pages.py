"""Reports of what was really simulated, for tests: of a run, and of replications."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import imgsim
from imgsim.plots.canvas import axes, calendar
from imgsim.report.page import Page
from imgsim.report.pictures import picture
from imgsim.report.provenance import Provenance
from imgsim.report.stress import Subject
from imgsim.results.written import duration
from imgsim.shown import Shown, Table
from imgsim.study.provenance import made_with
from imgsim.study.telling.cells import cells

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MADE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_STATISTICS = ("mean", "p50", "p95", "max")
_MEASURES = (
    "calls",
    "rejection_rate",
    "rejection_rate.image_quota_is_exhausted",
    "time_to_available.mean",
    "time_to_available.p95",
    "slot_wait.mean",
    "quota_use.peak",
)


@cache
def page_of_run(name="quickstart"):
    scenario = imgsim.load(SCENARIOS / f"{name}.yaml")
    run = imgsim.run(scenario)
    calls = len(run.calls)
    times = [duration(run.measures[f"time_to_available.{what}"]) for what in _STATISTICS]
    outcomes = [
        (outcome, f"{rule.code}\n{rule.name}" if rule else "", str(n), f"{n / calls:.1%}")
        for outcome, rule, n in run.measures.facts().outcomes()
    ]
    shown = Shown(
        scenario.name,
        (),
        [
            Table(("outcome", "code", "calls", "share"), outcomes, left=(0, 1)),
            Table(("time to available", *_STATISTICS), [("", *times)]),
            "  image quota in cn-hangzhou first full after 1h 37m",
        ],
    )
    manifest = made_with(scenario) | {"replication": 0, "command": ["run", f"{name}.yaml"]}
    return Page.of(
        Subject(scenario, "run", Provenance.of(manifest, MADE), _MEASURES),
        f"{run.measures['rejection_rate']:.1%} of calls are refused, and 19 of 20 images are there "
        f"after {times[2]}.",
        f"{calls} calls, seed {scenario.run.seed}, replication 0",
        shown,
        [
            picture(
                lambda ax: _calls(ax, run),
                "Calls that were made, and those that were refused, over the day.",
                f"Two lines that rise over the day, to {calls} calls and to those refused.",
            ),
            picture(
                lambda ax: _times(ax, run),
                "How long images took from the call to Available.",
                f"A histogram of times to available with a median of {times[1]}.",
            ),
        ],
    )


@cache
def page_of_study(n=8):
    """Return the report of replications held against those of another quota."""
    scenario = imgsim.load(SCENARIOS / "quickstart.yaml", {"account.minimum_balance": "5 CNY"})
    study = imgsim.replicate(scenario, n, jobs=1, ledger=None, progress=False)
    told = {name: study.estimates[name]._asdict() for name in _MEASURES}
    shown = Shown(
        scenario.name,
        (),
        [
            Table(
                ("measure", "mean", "95% interval"),
                [(name, *cells(name, one)) for name, one in told.items()],
            )
        ],
    )
    manifest = made_with(scenario) | {"replications": n, "confidence": study.confidence}
    return Page.of(
        Subject(
            scenario,
            "comparison",
            Provenance.of(manifest | {"command": []}, MADE),
            _MEASURES,
            {"quota-60": "regions.cn-hangzhou.image_quota: 40 -> 60"},
        ),
        f"{cells('rejection_rate', told['rejection_rate'])[0]} of calls are refused.",
        f"{n} replications of 1d, seed 1",
        shown,
        [
            picture(
                lambda ax: ax.plot(study.replications["rejection_rate"], "o"),
                "The share of refused calls in each replication.",
                "A dot for each replication, between 10% and 20%.",
            )
        ],
        ("The replications were not enough for what was asked.",),
    )


def hostile(text):
    """Return a report in which a scenario says this where it may say anything."""
    scenario = imgsim.Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "hostile",
            "description": text,
            "regions": {"r": {"image_quota": 1, "snapshot_service": {"duration": "1m"}}},
            "instances": [
                {"id": text, "region": "r", "disks": [{"kind": "system", "size": "1 GiB"}]}
            ],
        }
    )
    manifest = made_with(scenario) | {"replication": 0, "command": [text]}
    subject = Subject(scenario, "comparison", Provenance.of(manifest), ("calls",), {text: text})
    page = Page.of(
        subject,
        text,
        text,
        Shown(text, [text], [text, Table([text], [[text]])]),
        [picture(lambda ax: ax.set_title("-"), text, text)],
        [text],
    )
    return replace(page, title=text)


def _calls(ax, run):
    for outcome, rows in run.calls.groupby("outcome", observed=True):
        ax.plot(rows["arrived_at"], range(1, len(rows) + 1), drawstyle="steps-post", label=outcome)
    calendar(axes(ax))
    ax.set_ylabel("calls so far")
    ax.legend(frameon=False)


def _times(ax, run):
    axes(ax).hist(run.calls["total_s"].dropna() / 60, bins=40)
    ax.set(xlabel="minutes to Available", ylabel="images")
