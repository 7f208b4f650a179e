"""The file of a baseline: sorted, one value a line, beside its scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from imgsim.scenario.spec import Scenario
from imgsim.scenario.words import plain
from imgsim.study.differences import Known
from imgsim.study.version import model_version

SUFFIX = ".baseline.json"


class KeptError(Exception):
    """A file is no baseline: where, why, and what would help."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Value(_Strict):
    """A measure, and how certain it was; null where it had no value."""

    n: int
    standard_error: float | None
    value: float | None

    @property
    def known(self) -> Known:
        """The same as studies compare it."""
        return Known(self.value, self.standard_error, self.n)


class Kept(_Strict):
    """What was kept: of which scenario, by which versions; digests of tables and measures."""

    imgsim_model: str
    measures: Mapping[str, Value]
    numpy: str
    scenario: str
    scipy: str
    seed: int
    tables: Mapping[str, str]

    @property
    def text(self) -> str:
        """The file."""
        return json.dumps(self.model_dump(), indent=1, sort_keys=True) + "\n"


def path_of(scenario_file: Path) -> Path:
    """Return where the baseline of a scenario file lies: ``NAME.baseline.json`` beside it."""
    return scenario_file.with_name(scenario_file.stem + SUFFIX)


def read(path: Path) -> Kept | None:
    """Return what a file keeps, None where there is none; raise `KeptError`."""
    try:
        return Kept.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeptError(plain(f"{path}: cannot be read: {error.strerror}")) from None
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False)
        where = ".".join(map(str, first["loc"]))
        what = f"{where}: {first['msg']}" if where else first["msg"]
        what += "; imgsim test --update-baselines writes it anew"
        raise KeptError(plain(f"{path}: no baseline: {what}")) from None


def made_by(scenario: Scenario) -> dict[str, Any]:
    """Return of which scenario and by which versions numbers are made."""
    return {
        "imgsim_model": model_version(),
        "numpy": version("numpy"),
        "scenario": scenario.hash,
        "scipy": version("scipy"),
        "seed": scenario.run.seed,
    }
