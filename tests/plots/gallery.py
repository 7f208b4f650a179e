"""Every plot, drawn from real runs and studies.

``python tests/plots/gallery.py FOLDER`` writes all pictures, half a page large, and their grey ones.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import imgsim
from imgsim import plots

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HALF_A_PAGE = (6.5, 3.2)


@cache
def run(name, horizon=None, replication=0):
    """A run of a shipped scenario, shortened."""
    what = {} if horizon is None else {"run.horizon": horizon}
    return imgsim.run(imgsim.load(SCENARIOS / f"{name}.yaml", what), replication)


def quick():
    return run("quickstart", "8h")


def nightly():
    return run("nightly-golden-images", "30h")


OF_RUNS = {
    "outcomes": lambda ax: plots.outcomes(quick(), ax=ax),
    "outcomes-of-mistakes": lambda ax: plots.outcomes(run("mistakes", "6h"), ax=ax),
    "quota_use": lambda ax: plots.quota_use(quick(), ax=ax),
    "time_to_available": lambda ax: plots.time_to_available(quick(), ax=ax),
    "time_to_available-of-several": lambda ax: plots.time_to_available(
        quick(), run("quickstart", "8h", 1), run("release-day-burst"), ax=ax
    ),
    "stages": lambda ax: plots.stages(quick(), ax=ax),
    "stages-with-transfer": lambda ax: plots.stages(nightly(), ax=ax),
    "gantt-by-disk": lambda ax: plots.gantt(quick(), ax=ax),
    "gantt-by-slot": lambda ax: plots.gantt(quick(), by="slot", ax=ax),
    "gantt-of-a-window": lambda ax: plots.gantt(quick(), since="2h", until="3h", ax=ax),
    "queue": lambda ax: plots.queue(quick(), ax=ax),
    "bandwidth": lambda ax: plots.bandwidth(nightly(), ax=ax),
    "balance": lambda ax: plots.balance(run("balance-runs-dry", "120d"), ax=ax),
}


def figure():
    """A figure of half a page that no global state knows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=HALF_A_PAGE, layout="constrained")
    FigureCanvasAgg(made)
    return made


def main(folder):
    from matplotlib.image import imread, imsave

    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PLOTS.items():
        made = figure()
        draw(made.add_subplot())
        made.savefig(folder / f"{name}.png", dpi=110)
        seen = imread(folder / f"{name}.png")[..., :3] @ [0.2126, 0.7152, 0.0722]
        imsave(folder / f"{name}.grey.png", seen, cmap="gray", vmin=0, vmax=1)


@cache
def measured():
    """Times of images on an OpenStack cloud, by series."""
    return pd.read_csv(SCENARIOS.parent / "tests" / "data" / "rally_filesystem.csv")


@cache
def clients_40(replication):
    """A run of what the measured clients did."""
    what = {"load.glance.arrivals.closed-loop.clients": 40}
    return imgsim.run(load("rally-filesystem", what=what), replication)


@cache
def durations():
    """A fit of measured times."""
    return imgsim.fit_durations(measured().query("series == 'filesystem-40'")["create_s"])


def load(name, **what):
    """A shipped scenario, with values set by dotted path."""
    return imgsim.load(SCENARIOS / f"{name}.yaml", what.get("what"))


@cache
def study():
    """Thirty replications of the quickstart, eight hours each."""
    short = load("quickstart", what={"run.horizon": "8h"})
    return imgsim.replicate(short, n=30, jobs=1, ledger=None)


@cache
def comparison():
    """The quickstart against a larger quota and against twice the builds."""
    short = {"run.horizon": "8h"}
    cases = {
        "quickstart": load("quickstart", what=short),
        "regions.cn-hangzhou.image_quota=45": load(
            "quickstart", what=short | {"regions.cn-hangzhou.image_quota": 45}
        ),
        "load.builds.scale=1.5": load("quickstart", what=short | {"load.builds.scale": 1.5}),
    }
    return imgsim.compare(cases, n=20, jobs=1, ledger=None)


@cache
def sweep():
    """The quickstart over two factors."""
    design = {
        "regions.cn-hangzhou.image_quota": [30, 40, 60],
        "load.builds.scale": [0.5, 1, 1.5],
    }
    short = load("quickstart", what={"run.horizon": "6h"})
    return imgsim.sweep(short, design, n=4, jobs=1, ledger=None)


@cache
def loads():
    """The quickstart over its load."""
    short = load("quickstart", what={"run.horizon": "6h"})
    return imgsim.sweep(short, {"load.builds.scale": [0.5, 1, 1.5, 2]}, n=6, jobs=1, ledger=None)


@cache
def sobol():
    """The sweep that what-shortens-the-wait.yaml describes, shortened."""
    scenario = load("what-shortens-the-wait", what={"run.horizon": "12h", "sweep.sobol.base": 16})
    return imgsim.sweep(scenario, n=2, jobs=1, ledger=None)


@cache
def solution():
    """The solution of which-quota.yaml, looked at in large steps."""
    scenario = load("which-quota", what={"solve.step": 10, "solve.high": 190})
    return imgsim.solve(scenario, n=60, jobs=1, ledger=None)


@cache
def warmup():
    """The warm-up of the working week."""
    return imgsim.warmup(load("quickstart"), jobs=1, ledger=None)


@cache
def many():
    """A thousand replications of a cheap case."""
    return imgsim.replicate(imgsim.Case(drawn, 1), n=1_000, jobs=1, ledger=None)


def drawn(scale, replication):
    """A waiting time as a case of one's own may measure it."""
    return {"wait_s": scale * np.random.default_rng(replication).exponential()}


OF_STUDIES = {
    "replications": lambda ax: plots.replications(study(), "rejection_rate", ax=ax),
    "replications-of-times": lambda ax: plots.replications(study(), "time_to_available.p95", ax=ax),
    "replications-of-a-case": lambda ax: plots.replications(many(), "wait_s", ax=ax),
    "differences": lambda ax: plots.differences(comparison(), "rejection_rate", ax=ax),
    "differences-of-times": lambda ax: plots.differences(
        comparison(), "time_to_available.p95", ax=ax
    ),
    "lines": lambda ax: plots.lines(loads(), "rejection_rate", ax=ax),
    "lines-of-two-factors": lambda ax: plots.lines(
        sweep(), "time_to_available.p95", "scale", ax=ax
    ),
    "heat_map": lambda ax: plots.heat_map(sweep(), "rejection_rate", ax=ax),
    "heat_map-of-times": lambda ax: plots.heat_map(
        sweep(), "time_to_available.p95", "scale", ax=ax
    ),
    "load_quantiles": lambda ax: plots.load_quantiles(loads(), ax=ax),
    "sensitivity": lambda ax: plots.sensitivity(sobol(), sobol().measures[0], ax=ax),
    "solution": lambda ax: plots.solution(solution(), ax=ax),
    "welch": lambda ax: plots.welch(warmup(), ax=ax),
    "measured": lambda ax: plots.measured(
        measured().query("concurrency == 40")["create_s"],
        *(clients_40(number) for number in range(5)),
        ax=ax,
    ),
}

OF_FITS = {
    "qq": lambda ax: plots.qq(durations(), ax=ax),
}
PLOTS = OF_RUNS | OF_STUDIES | OF_FITS

if __name__ == "__main__":
    main(Path(sys.argv[1]))
