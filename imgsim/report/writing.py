"""What `imgsim.write_report` and the verb ``imgsim report`` do: one file from a result."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imgsim.report.drawn import pictures
from imgsim.report.found import Finding, Result, found
from imgsim.report.page import Page, html
from imgsim.report.provenance import Provenance
from imgsim.report.stress import Subject


def write_report(what: Result | str | Path, path: str | Path) -> Path:
    """Write one self-contained file of HTML of a result, or of a folder of results.

    It holds question, answer, tables, pictures, scenario, readings in force, the STRESS-DES
    checklist, seeds and versions; it needs no network and no scripts. Raises `ValueError` when
    there is nothing to report of what was given, and `OSError` when the file cannot be written.
    """
    text = html(page(found(what), datetime.now(UTC)))
    place = Path(path)
    place.write_text(text, encoding="utf-8")
    return place


def page(finding: Finding, made: datetime | None = None) -> Page:
    """Return what a report says of a result."""
    shown = finding.shown
    answer, *figures = shown.blocks
    subject = Subject(
        finding.scenario,
        finding.kind,
        Provenance.of(finding.manifest, made),
        _measures(finding.facts),
        finding.others,
    )
    return Page.of(
        subject,
        str(answer),
        shown.lines[-1],
        replace(shown, blocks=figures),
        pictures(finding),
        _warnings(finding.facts),
    )


def _measures(facts: dict[str, Any]) -> list[str]:
    """Return the names of the measures that a result tells."""
    told = facts.get("measures") or facts.get("estimates")
    if told is None:
        rows = facts.get("differences", ())
        told = [one["measure"] for one in rows]
        told += [name for one in facts.get("points", ()) for name in one["measures"]]
    return [*dict.fromkeys(told)]


def _warnings(facts: dict[str, Any]) -> list[str]:
    """Return what stands in the way of trusting the numbers."""
    told = []
    if facts.get("interrupted"):
        told.append("This was interrupted: it shows what was there by then.")
    if facts.get("failed"):
        told.append(f"{facts['failed']} replications failed; the numbers are of the others.")
    if facts.get("wanting"):
        told.append(f"Not yet known as well as asked for: {', '.join(facts['wanting'])}.")
    return told
