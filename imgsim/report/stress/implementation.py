"""Sections 5 and 6: with what the model runs, and how to get it."""

from __future__ import annotations

from typing import Final

from imgsim.processes.order import Happening
from imgsim.report.stress.subject import Entries, Entry, Subject


def entries(subject: Subject) -> Entries:
    """Return what is said of software, random sampling, execution, system and sharing."""
    made = subject.provenance
    versions = dict(made.versions)
    model, python = versions.pop("model"), versions.pop("python")
    own = versions.pop("imgsim")
    packages = ", ".join(f"{name} {version}" for name, version in versions.items())
    order = ", ".join(one.name.lower().replace("_", " ") for one in Happening)
    single = subject.kind == "run"
    return {
        "5.1": Entry(
            (
                f"imgsim {own}, model version {model}, in Python {python} on {made.platform}.",
                f"Packages: {packages}.",
            )
        ),
        "5.2": Entry(
            (
                _GENERATOR,
                f"Seed {made.seed}. {_STREAMS}",
            )
        ),
        "5.3": Entry(
            (
                f"Process interaction, with SimPy {versions.get('simpy', '')}".rstrip() + ".",
                f"Events of one instant happen in this order: {order}; then by their number.",
                "A run is sequential."
                if single
                else "Replications may run in parallel (joblib); the numbers do not depend on it.",
            )
        ),
        "5.4": Entry((f"Platform: {made.platform}.",), ("run time, processor and memory.",)),
        "6.1": Entry(
            (
                _SHARED,
                f"The scenario's SHA-256 is {made.scenario_hash}.",
            ),
            ("where this version of imgsim, the scenario and its data files can be had.",),
        ),
    }


_GENERATOR: Final = (
    "Philox 4x64, a counter-based generator (Salmon et al., 2011), as numpy has it; samples by "
    "inversion of the distribution function."
)
_STREAMS: Final = (
    "Every draw depends on seed, replication, purpose (such as the arrivals of a load stream) and "
    "ordinal, and on nothing else: each purpose is a stream of its own, and scenarios of one seed "
    "have common random numbers."
)
_SHARED: Final = (
    "imgsim is open source under the MIT licence. This report holds the scenario in full, with "
    "seed and versions; data files that the scenario names are not part of it."
)
