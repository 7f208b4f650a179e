"""Baselines: what is written, what is called different, and how seldom that is false."""

import json

import numpy as np
import pytest
from cli.calling import call
from regression.small import SMALL, write

from imgsim.regression.suite import comparing
from imgsim.study.differences import Known, known, since
from imgsim.study.sample import Sample

BLOCK = """\
baseline:
  measures: {time_to_available.mean: 25%, rejection_rate: 0.1, calls: 30%}
"""
FILE = "small.baseline.json"


@pytest.fixture
def there(tmp_path):
    write(tmp_path, BLOCK)
    done = call("test", ".", "--update-baselines", "-j", "1", cwd=tmp_path, code=0)
    assert f"{FILE} was written" in " ".join(done.stdout.split())
    return tmp_path


def claims_of(folder, *words, code=0):
    done = call("test", ".", "--json", "-j", "1", *words, cwd=folder, code=code)
    return {one["name"]: one for one in json.loads(done.stdout)["claims"]}


def test_a_baseline_is_sorted_with_one_value_a_line_and_small(there):
    text = (there / FILE).read_text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    assert max(line.count(":") for line in text.splitlines()) == 1
    assert len(text) < 2000
    assert json.loads(text)["measures"]["calls"]["n"] == 20


def test_what_was_not_changed_is_the_same_and_writing_again_changes_nothing(there):
    found = claims_of(there, "--frozen")
    assert found.pop("baseline tables")["status"] == "passed"
    assert {one["status"] for one in found.values()} == {"passed"}
    before = (there / FILE).stat().st_mtime_ns
    done = call("test", ".", "--update-baselines", cwd=there, code=0)
    assert f"{FILE} is what it was" in " ".join(done.stdout.split())
    assert (there / FILE).stat().st_mtime_ns == before


def test_only_what_differs_by_more_than_the_margin_fails(there):
    slower = "regions.r.snapshot_service.duration.lognormal.mean=12m"
    found = claims_of(there, "--set", slower, code=1)
    assert found["baseline time_to_available.mean"]["status"] == "failed"
    assert found["baseline time_to_available.mean"]["reason"] == "different"
    assert found["baseline calls"]["status"] == "passed"
    assert found["baseline"]["status"] == "skipped"
    assert "is of another scenario" in found["baseline"]["reason"]


def test_what_is_undecided_is_no_error_even_when_strict(tmp_path):
    write(tmp_path, "baseline: {measures: {calls: 0.001}, exact: false}\n")
    call("test", ".", "--update-baselines", cwd=tmp_path, code=0)
    assert claims_of(tmp_path, "--strict")["baseline calls"]["status"] == "undecided"


def test_tables_are_compared_bit_for_bit_while_all_is_the_same(there):
    path = there / FILE
    kept = json.loads(path.read_text())
    kept["tables"]["images"] = "0" * 13
    path.write_text(json.dumps(kept))
    found = claims_of(there, code=1)["baseline tables"]
    assert (found["status"], found["reason"]) == ("failed", "not the same bit for bit: images")


@pytest.mark.parametrize("package", ["numpy", "scipy", "imgsim_model"])
def test_another_version_skips_tables_with_the_reason(there, package):
    path = there / FILE
    kept = json.loads(path.read_text()) | {package: "0.0.1"}
    kept["tables"]["images"] = "0" * 13
    path.write_text(json.dumps(kept))
    found = claims_of(there, "--frozen")["baseline tables"]
    assert found["status"] == "skipped"
    assert found["reason"].endswith(", not 0.0.1")
    assert package.removesuffix("_model") in found["reason"]


def test_another_seed_skips_tables_and_is_not_stale(there):
    found = claims_of(there, "--seed", "2", "--frozen")
    assert found.pop("baseline tables")["reason"] == "another seed: 2, not 1"
    assert {one["status"] for one in found.values()} <= {"passed", "undecided"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("calls: 30%", "intents: 30%"), "keeps other things"),
        (lambda text: text.replace("horizon: 3h", "horizon: 4h"), "is of another scenario"),
        (lambda text: text.replace("  measures", "  replications: 21\n  measures"), "of another"),
        (lambda text: text.replace("  measures", "  exact: false\n  measures"), "other things"),
    ],
)
def test_frozen_fails_what_is_stale_and_writes_nothing(there, change, told):
    path = there / "small.yaml"
    path.write_text(change(path.read_text()))
    before = (there / FILE).read_bytes()
    found = claims_of(there, "--frozen", code=1)
    assert found["baseline"]["status"] == "failed"
    assert told in found["baseline"]["reason"]
    assert (there / FILE).read_bytes() == before


def test_a_missing_baseline_is_skipped_or_when_frozen_fails(tmp_path):
    write(tmp_path, BLOCK)
    assert claims_of(tmp_path)["baseline"]["status"] == "skipped"
    found = claims_of(tmp_path, "--frozen", code=1)["baseline"]
    assert found["reason"] == f"there is no {FILE}; imgsim test --update-baselines writes it"
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no baseline"),
        ("{}", "no baseline: imgsim_model: Field required"),
        ("[1", "no baseline: Invalid JSON"),
        ('{"seed": "x"}', "no baseline"),
        (b"\xff\x00", "no baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_told_and_can_be_written_anew(tmp_path, text, told):
    write(tmp_path, BLOCK)
    (tmp_path / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    done = call("test", ".", "-j", "1", cwd=tmp_path, code=2)
    assert done.stderr.startswith(f"{FILE}: ")
    assert told in done.stderr
    call("test", ".", "-j", "1", "--update-baselines", cwd=tmp_path, code=0)
    call("test", ".", "-j", "1", "--frozen", cwd=tmp_path, code=0)


def test_a_folder_in_the_place_of_a_baseline_is_told(tmp_path):
    write(tmp_path, BLOCK)
    (tmp_path / FILE).mkdir()
    assert "cannot be read" in call("test", ".", cwd=tmp_path, code=2).stderr
    done = call("test", ".", "--update-baselines", "-j", "1", cwd=tmp_path, code=1)
    assert "cannot be written" in " ".join(done.stdout.split())


@pytest.mark.parametrize("words", [["--frozen"], ["--seed", "2"], ["--set", "run.horizon=2h"]])
def test_baselines_are_written_of_the_files_as_they_are(tmp_path, words):
    write(tmp_path, BLOCK)
    done = call("test", ".", "--update-baselines", *words, cwd=tmp_path, code=2)
    assert "keeps the files as they are" in done.stderr


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("{measures: {cals: 1}}", ":17:29: baseline.measures.cals: there is no measure 'cals'"),
        ("{measures: {calls: 30s}}", "calls is no time, and 30s is one"),
        ("{measures: {}, exact: false}", "nothing is kept; name measures"),
        ("{replications: 1}", "one tells nothing of its own luck"),
        ("{measure: {calls: 1}}", "did you mean measures?"),
    ],
)
def test_a_block_that_cannot_be_is_told_with_its_place(tmp_path, block, told):
    write(tmp_path, f"baseline: {block}\n")
    assert told in call("test", ".", cwd=tmp_path, code=2).stderr


def test_the_error_of_all_values_together_is_stated(there):
    write(there, BLOCK, name="second")
    call("test", ".", "-j", "1", "--update-baselines", cwd=there, code=0)
    done = call("test", ".", "-j", "1", cwd=there, code=0)
    told = " ".join(done.stdout.split())
    assert "values compared with baselines: 6;" in told
    assert "a chance of at most 1% (Bonferroni: 0.167% each)" in told
    wider = call("test", ".", "-j", "1", "--confidence", "90%", cwd=there, code=0)
    assert "at most 10% (Bonferroni: 1.67% each)" in " ".join(wider.stdout.split())


def test_files_without_digests_run_as_studies_do(tmp_path):
    write(tmp_path, "baseline: {measures: {calls: 1}, exact: false}\n", base=SMALL)
    call("run", "small.yaml", "-n", "20", "--quiet", cwd=tmp_path, code=0)
    done = call("test", ".", "--update-baselines", cwd=tmp_path, code=0)
    assert done.stdout.endswith("replications made: 0\n")


def sample_of(values):
    column = np.array(values, float)
    return Sample("calls", column, np.zeros(len(column), bool), None, None)


def test_welch_is_what_scipy_says():
    from scipy import stats

    rng = np.random.default_rng(3)
    one, two = rng.normal(5, 1, 12), rng.normal(6, 3, 30)
    found = since(known(sample_of(one)), sample_of(two), 0.05)
    interval = stats.ttest_ind(two, one, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(interval), rel=1e-6)


def test_what_never_varied_is_different_by_any_step_and_the_same_without():
    before = known(sample_of([7.0] * 20))
    assert before == Known(7.0, 0.0, 20)
    assert since(before, sample_of([7.0] * 20), 0.01)[2:5] == (0, 0, 0)
    assert since(before, sample_of([8.0] * 20), 0.01)[2:5] == (1, 1, 1)


def test_false_alarms_of_a_whole_suite_are_as_rare_as_stated():
    """Of values that are the same, skewed and shares with clusters, beside a margin of nothing."""
    rng, values, trials = np.random.default_rng(11), 20, 400
    how = comparing("compare", values, 0.90)
    assert how.alpha == pytest.approx(0.1 / values)
    alarms = 0
    for _ in range(trials):
        alarmed = False
        for place in range(values):
            one, two = (_drawn(rng, place) for _ in range(2))
            found = since(known(one), two, how.alpha)
            alarmed |= found.low is not None and not found.low <= 0 <= found.high
        alarms += alarmed
    assert 0.02 * trials < alarms < 0.13 * trials


def _drawn(rng, place):
    if place % 2:
        return sample_of(rng.gamma(4.0, 1.0, 20))
    wholes = rng.poisson(200, 20).astype(float)
    parts = np.minimum(rng.poisson(rng.gamma(2.0, 5.0, 20)), wholes).astype(float)
    return Sample("share", parts / wholes, np.zeros(20, bool), parts, wholes)
