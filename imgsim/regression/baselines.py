"""What a scenario's baseline keeps, as claims: that nothing has changed that matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from imgsim.regression.checked import Checked
from imgsim.regression.claim import Claim, Verdict
from imgsim.regression.kept import Kept, Value, made_by, path_of, read
from imgsim.results.digests import DIGESTS, written
from imgsim.results.written import form_of
from imgsim.scenario.baseline import Baseline
from imgsim.scenario.spec import Scenario
from imgsim.scenario.tolerance import Tolerance
from imgsim.study.differences import Known, known, since, word
from imgsim.study.sample import Sample

Mode = Literal["compare", "frozen", "update"]
_HINT = "imgsim test --update-baselines writes it"


class Comparing(NamedTuple):
    """What is done with baselines, and with which chance each of their values errs."""

    mode: Mode
    alpha: float


def values(checked: Checked) -> int:
    """Return how many values of a file's baseline, if it is there, are compared beside a margin."""
    block = checked.scenario.baseline
    return 0 if block is None or not path_of(checked.path).is_file() else len(block.measures)


def claims(checked: Checked, how: Comparing) -> Iterator[Claim]:
    """Yield that each measure and the tables are what they were; raise `KeptError`.

    To ``update`` is a claim of its own, which holds when the file is written. A baseline that is
    missing, or of another scenario, is skipped where it cannot be compared, and fails when
    ``frozen``.
    """
    block, place = checked.scenario.baseline, checked.baseline_place
    if block is None:
        return
    path = path_of(checked.path)
    if how.mode == "update":
        asked = (*block.measures, *(DIGESTS if block.exact else ()))
        update = partial(_updated, path, checked.scenario, block)
        yield Claim("baseline", "", "", place, "error", asked, (block.replications,), update)
        return
    kept = read(path)
    if (stale := _stale(kept, checked.scenario, block, path)) or kept is None:
        settled = Verdict("failed" if how.mode == "frozen" else "skipped", reason=stale)
        yield Claim("baseline", "", "", place, settled=settled)
    if kept is None:
        return
    for name, margin in block.measures.items():
        if (value := kept.measures.get(name)) is not None:
            yield _measure(checked, name, margin, value.known, how.alpha)
    if block.exact and kept.tables:
        yield _tables(checked, kept)


def _measure(
    checked: Checked, name: str, tolerance: Tolerance, before: Known, alpha: float
) -> Claim:
    assert checked.scenario.baseline is not None
    margin, write = tolerance.of(before.value or 0.0), form_of(name)
    limit = "" if before.value is None else f"{write(before.value)} ± {write(margin)}"
    judge = partial(_same, name, margin, before, alpha)
    when = (checked.scenario.baseline.replications,)
    title, place = f"baseline {name}", checked.baseline_places[name]
    return Claim(title, name, limit, place, "error", (name,), when, judge, may_stay_open=True)


def _same(
    name: str, margin: float, before: Known, alpha: float, samples: Mapping[str, Sample], n: int
) -> Verdict:
    """Return failed when the measure is different, passed when it is equivalent."""
    found = since(before, samples[name], alpha)
    if found.baseline is None or found.low is None or found.high is None:
        return Verdict("undecided", n, found.other, reason=found.method.removeprefix("none: "))
    low, high = found.baseline + found.low, found.baseline + found.high
    told = word(found, margin, higher_is_better=False)
    if told in ("better", "worse"):
        return Verdict("failed", n, found.other, low, high, reason="different")
    if told == "equivalent":
        return Verdict("passed", n, found.other, low, high)
    reason = "" if margin else "the margin is 0, beside which nothing is equivalent"
    return Verdict("undecided", n, found.other, low, high, reason=reason)


def _tables(checked: Checked, kept: Kept) -> Claim:
    """Return the claim that tables are the same bit for bit, skipped where they need not be."""
    now = made_by(checked.scenario)
    for what, name in (
        ("seed", "another seed"),
        ("scenario", "another scenario"),
        ("imgsim_model", "another version of imgsim"),
        ("numpy", "another numpy"),
        ("scipy", "another scipy"),
    ):
        if (before := getattr(kept, what)) != now[what]:
            short = "" if what == "scenario" else f": {now[what]}, not {before}"
            settled = Verdict("skipped", reason=name + short)
            return Claim("baseline tables", "", "", checked.baseline_place, settled=settled)
    judge = partial(_identical, kept.tables)
    return Claim("baseline tables", "", "", checked.baseline_place, "error", DIGESTS, (1,), judge)


def _identical(before: Mapping[str, str], samples: Mapping[str, Sample], n: int) -> Verdict:
    now = _written(samples)
    changed = [name for name in now if before.get(name) != now[name]]
    if not changed:
        return Verdict("passed", n)
    return Verdict("failed", n, reason=f"not the same bit for bit: {', '.join(changed)}")


def _written(samples: Mapping[str, Sample]) -> dict[str, str]:
    return {
        name.partition(".")[2]: written(float(samples[name].column[0]))
        for name in DIGESTS
        if name in samples
    }


def _stale(kept: Kept | None, scenario: Scenario, block: Baseline, path: Path) -> str:
    """Say why a baseline is none of this scenario; nothing when it is."""
    if kept is None:
        return f"there is no {path}; {_HINT}"
    run = scenario.run.model_copy(update={"seed": kept.seed})
    if scenario.model_copy(update={"run": run}).hash != kept.scenario:
        return f"{path} is of another scenario; {_HINT} anew"
    if kept.measures.keys() != block.measures.keys() or bool(kept.tables) != block.exact:
        return f"{path} keeps other things than the scenario says; {_HINT} anew"
    if any(value.n != block.replications for value in kept.measures.values()):
        return f"{path} is of another number of replications; {_HINT} anew"
    return ""


def _updated(
    path: Path, scenario: Scenario, block: Baseline, samples: Mapping[str, Sample], n: int
) -> Verdict:
    """Write the baseline where it is another one."""
    measures = {}
    for name in block.measures:
        value, error, of = known(samples[name])
        measures[name] = Value(n=of, standard_error=error, value=value)
    text = Kept(**made_by(scenario), measures=measures, tables=_written(samples)).text
    try:
        if path.is_file() and path.read_bytes() == text.encode():
            return Verdict("passed", n, reason=f"{path} is what it was")
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        return Verdict("failed", n, reason=f"{path} cannot be written: {problem}")
    return Verdict("passed", n, reason=f"{path} was written")
