"""Measured against simulated: 30 and 40 clients that create and delete images of 1 GiB.

``python tests/findings/rally.py picture.png`` prints the table and draws the picture.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import imgsim

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "rally-filesystem.yaml"
MEASURED = ROOT / "tests" / "data" / "rally_filesystem.csv"
CLIENTS = "load.glance.arrivals.closed-loop.clients"
SERIES = {"filesystem-30": 30, "filesystem-40": 40}
FIGURES = ("median", "p90", "throughput")
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#595959"


def measured(series):
    """One row a call: replication (always 0), call, create_s, and series_s of the whole series."""
    rows = pd.read_csv(MEASURED)
    rows = rows[rows["series"] == series].reset_index(drop=True)
    return pd.DataFrame(
        {
            "replication": 0,
            "call": rows["iteration"],
            "create_s": rows["create_s"],
            "series_s": rows["load_duration_s"],
        }
    )


@cache
def simulated(clients, replications=30):
    """The same columns; a series lasts from the start until its last image is deleted."""
    scenario = imgsim.load(SCENARIO, {CLIENTS: clients})
    return pd.concat(
        [_rows(scenario, replication) for replication in range(replications)], ignore_index=True
    )


def _rows(scenario, replication):
    run = imgsim.run(scenario, replication)
    return pd.DataFrame(
        {
            "replication": replication,
            "call": run.calls["intent"].astype(int),
            "create_s": run.calls["total_s"].astype(float),
            "series_s": (run.images["deleted_at"].max() - scenario.start).total_seconds(),
        }
    )


def figures(rows):
    """Median and p90 of create_s in seconds, images per second; means over replications."""
    each = rows.groupby("replication")
    return pd.Series(
        {
            "median": each["create_s"].median().mean(),
            "p90": each["create_s"].quantile(0.9).mean(),
            "throughput": (each.size() / each["series_s"].first()).mean(),
        }
    )


def table(replications=30):
    """Measured, simulated and their difference in per cent, for every series and figure."""
    lines = []
    for series, clients in SERIES.items():
        was, is_ = figures(measured(series)), figures(simulated(clients, replications))
        lines += [
            (series, name, was[name], is_[name], 100 * (is_[name] / was[name] - 1))
            for name in FIGURES
        ]
    return pd.DataFrame(
        lines, columns=["series", "figure", "measured", "simulated", "difference_percent"]
    )


def quantiles(rows, shares):
    """Quantiles of create_s: one line a replication, one column a share."""
    return np.array(
        [np.quantile(create_s, shares) for _, create_s in rows.groupby("replication")["create_s"]]
    )


def picture(path, replications=30):
    """Draw measured against simulated quantiles, one panel a series."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    titles = ("30 clients: calibrated", "40 clients: predicted")
    for panel, title, (series, clients) in zip(panels, titles, SERIES.items(), strict=True):
        _panel(panel, measured(series), simulated(clients, replications))
        panel.set_title(title, fontsize=12.5)
        panel.set_xlabel("measured, seconds", fontsize=12.5)
    panels[0].set_ylabel("simulated, seconds", fontsize=12.5)
    panels[1].legend(loc="lower right", frameon=False, fontsize=10.5, handlelength=1.2)
    figure.savefig(path, dpi=200)


def _panel(panel, was, is_):
    shares = np.linspace(0.01, 0.99, 99)
    at, runs = quantiles(was, shares)[0], quantiles(is_, shares)
    low, high = np.quantile(runs, (0.05, 0.95), axis=0)
    panel.plot((0, 80), (0, 80), color=GREY, linewidth=1, linestyle="--")
    panel.fill_between(
        at, low, high, color=BLUE, alpha=0.25, linewidth=0, label="9 of 10 replications"
    )
    panel.plot(at, runs.mean(axis=0), color=BLUE, linewidth=2.2, label=f"mean of {len(runs)}")
    for share, name in ((0.5, "median"), (0.9, "p90")):
        x, y = quantiles(was, [share])[0, 0], quantiles(is_, [share]).mean()
        panel.plot(x, y, "o", color=ORANGE, markeredgecolor="white", markersize=9)
        panel.annotate(name, (x, y), (-8, 5), textcoords="offset points", ha="right", fontsize=11.5)
    panel.set(xlim=(0, 80), ylim=(0, 80), aspect="equal")
    panel.set(xticks=range(0, 81, 20), yticks=range(0, 81, 20))
    panel.tick_params(labelsize=11.5)
    panel.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    sys.stdout.write(table().to_string(index=False, float_format=lambda x: f"{x:.3f}") + "\n")
    if len(sys.argv) > 1:
        picture(sys.argv[1])
