"""Measured against simulated: clients that create and delete images of 1 GiB, on two storages.

``python tests/findings/rally.py picture.png`` draws the picture.
"""

import sys
from functools import cache
from pathlib import Path

import pandas as pd

import imgsim
from imgsim.plots.service import predicted

DATA = Path(__file__).parents[1] / "data"
COLUMNS = {
    "clients": "concurrency",
    "create": "create_s",
    "delete": "delete_s",
    "series": "series",
}
FITTED_ON = {"filesystem": ["filesystem-30"], "ceph": ["ceph-5", "ceph-10"]}


def measured(storage):
    """One row an image: series, concurrency, iteration, create_s, delete_s, load_duration_s."""
    return pd.read_csv(DATA / f"rally_{storage}.csv")


@cache
def fit(storage):
    """The snapshot service of a storage, and what it predicts of all its series."""
    return imgsim.fit_service(measured(storage), FITTED_ON[storage], **COLUMNS)


def picture(path):
    """Draw measured against simulated quantiles, one panel a storage."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    for panel, storage in zip(figure.subplots(1, 2), FITTED_ON, strict=True):
        predicted(fit(storage), ax=panel)
        panel.set_title(f"{storage} storage")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    picture(sys.argv[1])
