"""``imgsim solve`` from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BLOCK = """
extends: {quick}
name: small
run: {{horizon: 1h}}
solve:
  smallest: regions.cn-hangzhou.image_quota
  low: 5
  high: 65
  step: 20
  at_most: 60
  constraints:
    rejection_rate.image_quota_is_exhausted: {{below: 20%}}
"""
QUOTA = "rejection_rate.image_quota_is_exhausted"


def call(*words, cwd, code):
    done = subprocess.run(
        [sys.executable, "-m", "imgsim", "solve", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(BLOCK.format(quick=SCENARIOS / "quickstart.yaml"))
    return path


def test_a_block_is_solved_shown_and_written_and_found_again(small, tmp_path):
    done = call(small, "-j", 1, cwd=tmp_path, code=0)
    assert "Solved with 95% confidence: the smallest" in done.stdout
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 80
    told = done.stderr.splitlines()
    assert all(line.endswith("replications") for line in told)
    assert told[0].startswith("5: disproved, 20 ")
    folder = (tmp_path / "results" / "small" / "latest").resolve()
    points = pd.read_csv(folder / "points.csv")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [*points["value"]] == [point["value"] for point in manifest["points"]]
    assert manifest["end"] == "solved"
    assert manifest["replications"] == len(pd.read_parquet(folder / "replications.parquet"))
    assert (folder / "scenario.resolved.yaml").exists()
    again = call(small, "-j", 1, "--json", "--quiet", cwd=tmp_path, code=0)
    assert again.stderr == ""
    facts = json.loads(again.stdout)
    assert (facts["made"], facts["replications"]) == (0, manifest["replications"])
    assert facts["answer"] == manifest["answer"]
    assert facts["points"][0]["measures"][QUOTA]["n"] >= 20


def test_options_override_the_block_and_a_bounded_answer_ends_with_3(small, tmp_path):
    words = ("-j", 1, "--json", "--quiet", "--low", 5, "--high", 10, "--step", 5)
    constraint = ("--constraint", f"{QUOTA}<0.01", "--confidence", "80%", "-n", 25)
    done = call(small, *words, *constraint, cwd=tmp_path, code=3)
    assert done.stderr == "the answer is bounded, not solved\n"
    facts = json.loads(done.stdout)
    assert (facts["range"], facts["constraints"]) == ([5, 10], [f"{QUOTA} < 0.01"])
    assert (facts["end"], facts["answer"], facts["confidence"]) == ("bounded", None, 0.8)
    assert "no regions.cn-hangzhou.image_quota from 5 to 10 keeps" in facts["sentence"]


def test_without_a_block_options_say_it_all(tmp_path):
    quick = SCENARIOS / "quickstart.yaml"
    words = ("--set", "run.horizon=1h", "-j", 1, "--json", "--quiet")
    asked = ("--largest", "load.builds.scale", "--low", 1, "--high", 4, "--step", 1.5, "-n", 45)
    limit = ("--constraint", f"{QUOTA} < 30%", "--indifference", f"{QUOTA}=2%", "--start", 2.5)
    done = call(quick, *words, *asked, *limit, cwd=tmp_path, code=0)
    facts = json.loads(done.stdout)
    assert (facts["find"], facts["path"], facts["end"]) == (
        "largest",
        "load.builds.scale",
        "solved",
    )
    assert facts["range"] == [1.0, 4.0]
    assert facts["answer"] in (1.0, 2.5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nope.yaml",), "nope.yaml: cannot be read"),
        (("quickstart.yaml",), "nothing is sought; write a block solve, or give --smallest"),
        (("quickstart.yaml", "--smallest", "run.seed"), "solve.low: is required"),
        (("which-quota.yaml", "--smallest", "a", "--largest", "b"), "give either --smallest or"),
        (
            ("which-quota.yaml", "--constraint", "calls<9", "--constraint", "calls>1"),
            "constrained twice",
        ),
        (("which-quota.yaml", "--constraint", "x"), "--constraint: 'x' is not 'MEASURE<LIMIT'"),
        (("which-quota.yaml", "--constraint", "calls<"), "--constraint: 'calls<' is not"),
        (("which-quota.yaml", "--constraint", "calls<x"), "--constraint: solve.constraints.calls"),
        (("which-quota.yaml", "--constraint", "cals<1"), "did you mean calls?"),
        (("which-quota.yaml", "--indifference", "calls"), "'calls' is not MEASURE=VALUE"),
        (("which-quota.yaml", "--low", "abc"), "--low: solve: 'abc' is no quantity"),
        (("which-quota.yaml", "--largest", "run.sed"), "run.sed: unknown key; did you mean seed?"),
        (("which-quota.yaml", "--confidence", "5"), "--confidence: solve.confidence: the number 5"),
        (("which-quota.yaml", "-n", "1"), "'-n'"),
        (("which-quota.yaml", "--set", "solve=3"), "solve: must be a mapping of keys to values"),
    ],
)
def test_bad_options_end_with_2_and_say_what_would_be_right(words, message, tmp_path):
    done = call(SCENARIOS / words[0], *words[1:], cwd=tmp_path, code=2)
    assert message in done.stderr
    assert not (tmp_path / "results").exists()
