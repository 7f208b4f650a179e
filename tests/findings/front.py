"""The picture at the top of the README: a quota that is too small, and the one that does.

``python tests/findings/front.py picture.png`` draws it from scenarios/which-quota.yaml.
"""

import sys
from pathlib import Path

import imgsim
from imgsim import plots

SCENARIO = Path(__file__).parents[2] / "scenarios" / "which-quota.yaml"
TOO_SMALL = {"regions.cn-hangzhou.image_quota": 140}


def picture(path):
    """Draw a month with a quota of 140, and the search for the smallest that does."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    one, other = figure.subplots(1, 2)
    plots.quota_use(imgsim.run(imgsim.load(SCENARIO, TOO_SMALL)), ax=one)
    solution = imgsim.solve(imgsim.load(SCENARIO), ledger=None, progress=False)
    plots.solution(solution, ax=other)
    figure.suptitle(
        "20 images a night, the last six of each kept: which quota refuses less than 1% of calls?\n"
        f"With 140 it is full at times. {solution.answer} does, with 95% confidence.",
        x=0.01,
        ha="left",
        fontsize="medium",
    )
    figure.savefig(path, dpi=100)
    return solution


if __name__ == "__main__":
    picture(sys.argv[1])
