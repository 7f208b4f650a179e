"""What became of a claim, as people read it."""

from __future__ import annotations

from imgsim.regression.claim import Claim, Verdict
from imgsim.results.written import form_of


def line(claim: Claim, verdict: Verdict) -> str:
    """Return a claim's name, value, bounds, limit and number of replications, and the reason.

    Such as ``rejection_rate 4.20% (3.91% .. 4.51%), wanted < 5%, n 20``.
    """
    name = claim.name
    if claim.measure not in ("", claim.name) and not claim.name.endswith(f" {claim.measure}"):
        name += f": {claim.measure}"
    parts = [f"{name}{_value(claim, verdict)}"]
    if claim.limit:
        parts.append(f"wanted {claim.limit}")
    if verdict.n:
        parts.append(f"n {verdict.n}")
    told = ", ".join(parts) + (f": {verdict.reason}" if verdict.reason else "")
    is_warning = claim.severity == "warn" and verdict.status in ("failed", "undecided")
    return told + (" (warning)" if is_warning else "")


def counts(claim: Claim, *, strict: bool) -> bool:
    """Say whether it is an error when the claim does not hold or is undecided."""
    return claim.severity == "error" or (strict and claim.severity == "warn")


def _value(claim: Claim, verdict: Verdict) -> str:
    if verdict.value is None:
        return ""
    write = form_of(claim.measure)
    value = f" {'≥ ' if verdict.at_least else ''}{write(verdict.value)}"
    low, high = (None if end is None else write(end) for end in (verdict.low, verdict.high))
    if low is None and high is None:
        return value
    return f"{value} ({'..' if low is None else f'{low} ..'}{'' if high is None else f' {high}'})"
