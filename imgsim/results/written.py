"""Numbers as people write them: times, and measures each in its own form."""

from __future__ import annotations

from collections.abc import Callable


def duration(seconds: float | None) -> str:
    """Write seconds as a person would: ``850 ms``, ``12.3 s``, ``-6m 40s``, ``1d 2h``."""
    if seconds is None:
        return "-"
    if seconds <= -0.001:
        return f"-{duration(-seconds)}"
    if 0.001 <= seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 60:
        return f"{seconds if seconds >= 1 else 0:.3g} s"
    whole = round(seconds)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        if whole >= size:
            parts.append(f"{whole // size}{unit}")
            whole %= size
    return " ".join(parts[:2])


def form_of(measure: str) -> Callable[[float], str]:
    """Return how a measure is written: as a time, a share, or a number, such as that of a case."""
    from imgsim.results.measures import kind_of

    try:
        kind = kind_of(measure)
    except KeyError:
        return "{:.5g}".format
    if kind == "time":
        return duration
    return ("{:.2%}" if kind == "share" else "{:.5g}").format
