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
    return told + (" (warning)" if is_warning(claim, verdict) else "")


def is_error(claim: Claim, verdict: Verdict, *, strict: bool) -> bool:
    """Say whether what does not hold, or is undecided, is an error; ``strict``: a warning too."""
    return _is_grave(claim, verdict) and (strict or claim.severity == "error")


def is_warning(claim: Claim, verdict: Verdict) -> bool:
    """Say whether what does not hold, or is undecided, is a warning."""
    return _is_grave(claim, verdict) and claim.severity == "warn"


def _is_grave(claim: Claim, verdict: Verdict) -> bool:
    is_open = verdict.status == "undecided" and not claim.may_stay_open
    return verdict.status == "failed" or is_open


def _value(claim: Claim, verdict: Verdict) -> str:
    if verdict.value is None:
        return ""
    write = form_of(claim.measure)
    value = f" {'≥ ' if verdict.at_least else ''}{write(verdict.value)}"
    low, high = (None if end is None else write(end) for end in (verdict.low, verdict.high))
    if low is None and high is None:
        return value
    return f"{value} ({'..' if low is None else f'{low} ..'}{'' if high is None else f' {high}'})"
