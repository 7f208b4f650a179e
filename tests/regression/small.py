"""A scenario of milliseconds, written to a file with blocks added."""

from pathlib import Path
from textwrap import dedent

from imgsim.scenario.file import load

SMALL = """\
imgsim: 1
name: small
run:
  horizon: 3h
  replications: 30
regions:
  r:
    image_quota: 12
    snapshot_service: {slots: 3, duration: {lognormal: {mean: 6m, cv: 0.4}}}
instances:
  - {group: web, count: 4, region: r, disks: [{kind: system, size: 40 GiB}]}
load:
  builds:
    arrivals: {poisson: {rate: 20/h}}
    mix: [{instances: {group: web}}]
    delete: {after: 30m}
"""
"""About 18 % of its calls are refused, and an image takes about seven minutes."""


def write(folder: Path, *blocks: str, name: str = "small", base: str = SMALL) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text("".join([base, *map(dedent, blocks)]))
    return path


def loaded(folder: Path, *blocks: str):
    return load(write(folder, *blocks))
