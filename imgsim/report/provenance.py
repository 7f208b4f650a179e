"""With what results were made: what it takes to make them again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Provenance:
    """Seed, replications and versions; ``replications`` is their number, of a run that it is of.

    ``versions`` holds those of imgsim, of the model (with a digest of its source), of Python and of
    packages. ``command`` is what followed ``imgsim``; empty where no command line was used.
    """

    scenario_hash: str
    seed: int
    replications: str
    versions: Mapping[str, str]
    platform: str
    command: Sequence[str] = ()
    confidence: float | None = None
    """Share of intervals that hold the true value; None without intervals."""
    made: datetime | None = None
    """When the report was made; without it, it is not told."""

    @classmethod
    def of(cls, manifest: Mapping[str, Any], made: datetime | None = None) -> Provenance:
        """Return the provenance that a manifest tells."""
        if "replications" in manifest:
            replications = f"{manifest['replications']}"
        else:
            replications = f"one, number {manifest['replication']}"
        return cls(
            manifest["scenario_hash"],
            manifest["seed"],
            replications,
            manifest["versions"],
            manifest["platform"],
            manifest["command"],
            manifest.get("confidence"),
            made,
        )

    def rows(self) -> list[tuple[str, str]]:
        """Return what is told, and its names."""
        told = [
            ("seed", str(self.seed)),
            ("replications", self.replications),
            ("scenario, SHA-256", self.scenario_hash),
            *((name, version) for name, version in self.versions.items()),
            ("platform", self.platform),
        ]
        if self.command:
            told.append(("command", shlex.join(["imgsim", *self.command])))
        if self.made is not None:
            told.append(("report made", f"{self.made:%Y-%m-%d %H:%M %Z}"))
        return told
