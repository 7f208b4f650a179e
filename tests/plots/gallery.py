"""Every plot, drawn from real runs and studies.

``python tests/plots/gallery.py FOLDER`` writes all pictures, half a page large, and their grey ones.
"""

import sys
from functools import cache
from pathlib import Path

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
def durations():
    """A fit of measured times."""
    return imgsim.fit_durations(measured().query("series == 'filesystem-40'")["create_s"])


OF_FITS = {
    "qq": lambda ax: plots.qq(durations(), ax=ax),
}
PLOTS = OF_RUNS | OF_FITS

if __name__ == "__main__":
    main(Path(sys.argv[1]))
