"""What is told of a fit of the snapshot service: values, intervals, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.chance.base import Floats
from imgsim.fitting.blocks import data_rate, flow, number, time
from imgsim.fitting.service import Found, find
from imgsim.fitting.service_reading import Columns, series_of
from imgsim.fitting.service_series import Parameters, Series, Simulated
from imgsim.scenario.naming import meant
from imgsim.units import GIB, MIB

_PREDICTIONS: Final = 100
_FIRST_PREDICTION: Final = 1_000
"""Predictions have a luck of their own, not that of the fit."""
_SAME: Final = 1.001
"""Ratio of longest to shortest below which durations are the same."""
_FIGURES: Final = ["median", "p90", "throughput"]
_SIGMAS: Final = 2.576
"""Standard deviations on both sides that hold 99 % of a normal distribution."""
SHARES: Final = np.linspace(0.02, 0.98, 49)


@dataclass(frozen=True)
class Estimate:
    """One parameter: its value, None where the service does well without, and its interval.

    Bounds are None where the data bound it on no such side.
    """

    value: float | None
    low: float | None
    high: float | None

    @property
    def taken(self) -> bool:
        """Whether the service has it in the block."""
        return self.value is not None


@dataclass(frozen=True, eq=False)
class ServiceFit:
    """A snapshot service as series tell of it, and what it predicts for each of them.

    ``estimates``: setup in seconds, bandwidth and per_snapshot_rate in MiB/s, noise as a cv.
    ``table``: median, p90 and throughput measured and predicted, with what 99 of 100 simulated
    series show. ``quantiles``: the same of many quantiles, with what 9 of 10 show.
    """

    found: Found
    estimates: dict[str, Estimate]
    table: pd.DataFrame
    quantiles: pd.DataFrame
    block: dict[str, Any]
    remarks: tuple[str, ...]

    @property
    def yaml(self) -> str:
        """The block as YAML of one line, to be pasted into a region."""
        return flow(self.block)[1:-1]


def fit_service(frame: pd.DataFrame, fit_on: Collection[str] = (), **columns: Any) -> ServiceFit:
    """Fit the snapshot service to measured series; the others than ``fit_on`` are predicted alone.

    Keywords name the columns, as fields of `Columns` do: clients, create and delete of closed
    loops, or start and end; size and series. Intervals are of 90 %. Raises `ValueError` when the
    log cannot be read.
    """
    series = series_of(frame, Columns(**columns))
    there = [one.name for one in series]
    for name in fit_on:
        if name not in there:
            raise ValueError(f"there is no series {name!r}; {meant('series', there, name)}")
    fitted = [one for one in series if not fit_on or one.name in fit_on]
    if all(np.nanmax(one.durations) < _SAME * np.nanmin(one.durations) for one in fitted):
        raise ValueError("all images took the same time; a fit takes some that differ")
    found = find(fitted)
    predictions = {one.name: _predict(one, found.parameters) for one in series}
    names = {one.name for one in fitted}
    table = pd.concat(
        [_table(one, predictions[one.name], one.name in names) for one in series], ignore_index=True
    )
    quantiles = pd.concat(
        [_quantiles(one, predictions[one.name]) for one in series], ignore_index=True
    )
    estimates = _estimates(found)
    return ServiceFit(
        found,
        estimates,
        table,
        quantiles,
        _block(estimates, fitted),
        (*_told(estimates), *_misfits(found, table)),
    )


def _predict(series: Series, parameters: Parameters) -> list[Simulated]:
    return [
        series.simulate(parameters, _FIRST_PREDICTION + number) for number in range(_PREDICTIONS)
    ]


def _estimates(found: Found) -> dict[str, Estimate]:
    """Return the estimates; a rate is the inverse of the seconds that a GiB takes."""
    value, low, high = found.parameters, found.low, found.high
    capped = value.alone > value.shared
    return {
        "setup": Estimate(_there(value.setup), _there(low.setup), _bound(high.setup)),
        "bandwidth": Estimate(_rate(value.shared), _rate(high.shared), _rate(low.shared)),
        "per_snapshot_rate": Estimate(
            _rate(value.alone) if capped else None, _rate(high.alone), _rate(low.alone)
        ),
        "noise": Estimate(_there(value.cv), _there(low.cv), _bound(high.cv)),
    }


def _there(value: float) -> float | None:
    return value if value > 0 else None


def _bound(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _rate(seconds: float) -> float | None:
    """Return the MiB/s at which a GiB takes so many seconds; None for none or all of them."""
    return GIB / MIB / seconds if seconds > 0 and np.isfinite(seconds) else None


def _block(estimates: dict[str, Estimate], fitted: Sequence[Series]) -> dict[str, Any]:
    """Return the service as a scenario says it, without what the data do not tell."""
    setup, bandwidth, cap, noise = (estimates[name].value for name in estimates)
    block: dict[str, Any] = {}
    if setup is not None:
        block["setup"] = time(setup)
    if bandwidth is None:
        most = max(one.under_way for one in fitted) * 2
        bandwidth = estimates["bandwidth"].low or (cap or 1.0) * most
    block["bandwidth"] = data_rate(bandwidth)
    if cap is not None:
        block["per_snapshot_rate"] = data_rate(cap)
    if noise is not None:
        block["noise"] = {"lognormal": {"mean": 1, "cv": number(noise)}}
    return {"snapshot_service": block | {"incremental": False}}


def _told(estimates: dict[str, Estimate]) -> list[str]:
    """Say which parameters the data do not tell, and what they leave open."""
    setup, bandwidth, cap, noise = estimates.values()
    found = []
    if setup.low is None:
        high = "" if setup.high is None else f" up to {setup.high:.4g} s"
        found.append(_untold("setup", high, setup))
    if bandwidth.high is None:
        low = "" if bandwidth.low is None else f" from {bandwidth.low:.4g} MiB/s up"
        found.append(f"bandwidth is bounded on one side alone by these data: any{low} fits")
    if cap.high is None:
        low = "" if cap.low is None else f" from {cap.low:.4g} MiB/s up"
        found.append(_untold("per_snapshot_rate", low, cap))
    if noise.low is None:
        high = "" if noise.high is None else f" up to a cv of {noise.high:.4g}"
        found.append(_untold("noise", high, noise))
    if setup.low is None and cap.high is None and (setup.taken or cap.taken):
        found.append("setup and per_snapshot_rate are not told apart: one does for the other")
    return found


def _untold(name: str, bound: str, one: Estimate) -> str:
    best = "; the block has the best" if one.taken else ""
    return f"{name} is not told by these data: any{bound} fits, and so does none{best}"


def _misfits(found: Found, table: pd.DataFrame) -> list[str]:
    """Say what the model does not explain."""
    remarks = []
    if not found.fits:
        remarks.append(
            "the model does not fit: all figures together are as far off in "
            f"{found.probability:.2g} of simulated logs; intervals are widened for it"
        )
    remarks.extend(
        f"{row.figure} of {row.series} does not fit: measured {row.measured:.4g}, "
        f"99 of 100 simulated series lie between {row.low:.4g} and {row.high:.4g}"
        for row in table[~table["fits"]].itertuples()
    )
    return remarks


def _figures(durations: Floats, lasted: float) -> Floats:
    seen = durations[~np.isnan(durations)]
    return np.array([*np.quantile(seen, (0.5, 0.9)), len(seen) / lasted])


def _table(series: Series, predicted: Sequence[Simulated], fitted: bool) -> pd.DataFrame:
    seen = ~np.isnan(series.durations)
    logs = np.log([_figures(one.durations[seen], one.lasted) for one in predicted])
    measured, mean = _figures(series.durations, series.lasted), np.exp(logs).mean(axis=0)
    room = _SIGMAS * logs.std(axis=0, ddof=1) + 1e-9
    low, high = np.exp(logs.mean(axis=0) - room), np.exp(logs.mean(axis=0) + room)
    return pd.DataFrame(
        {
            "series": series.name,
            "fitted": fitted,
            "figure": pd.Categorical(_FIGURES, _FIGURES),
            "measured": measured,
            "predicted": mean,
            "difference_percent": 100 * (mean / measured - 1),
            "low": low,
            "high": high,
            "fits": (measured >= low) & (measured <= high),
        }
    )


def _quantiles(series: Series, predicted: Sequence[Simulated]) -> pd.DataFrame:
    seen = ~np.isnan(series.durations)
    drawn = np.array([np.quantile(one.durations[seen], SHARES) for one in predicted])
    low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
    return pd.DataFrame(
        {
            "series": series.name,
            "share": SHARES,
            "measured_s": np.quantile(series.durations[seen], SHARES),
            "predicted_s": drawn.mean(axis=0),
            "low_s": low,
            "high_s": high,
        }
    )
