"""``imgsim diff`` from the outside."""

import json

import pandas as pd
import pytest
from cli.calling import QUICK, call

MORE = ("--set", "regions.cn-hangzhou.image_quota=41")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder of results."""
    folder = tmp_path_factory.mktemp("diff") / "made"
    call("run", QUICK, "--out", folder, "--quiet", cwd=folder.parent, code=0)
    return folder


def test_a_setting_is_named_with_the_call_in_which_it_first_counts(made):
    calls = pd.read_parquet(made / "calls.parquet")
    refused = calls[calls["rule"] == "image_quota_is_exhausted"].iloc[0]
    done = call("diff", made, *MORE, cwd=made, code=1)
    assert max(map(len, done.stdout.splitlines())) <= 80
    told = " ".join(done.stdout.split())
    assert f"{refused['arrived_at']:%Y-%m-%d %H:%M:%S.%f} by a setting: regions.cn-hangzhou" in told
    assert "A denied: image_quota_is_exhausted (QuotaExceed.Image) B accepted: image m-" in told
    assert "regions.cn-hangzhou.image_quota: 40 -> 41" in told
    assert "rejection_rate" in told


def test_json_holds_all_of_it(made):
    facts = json.loads(call("diff", QUICK, *MORE, "--json", cwd=made, code=1).stdout)
    assert facts["first"]["by"] == "setting"
    assert facts["settings"] == [
        {"path": "regions.cn-hangzhou.image_quota", "before": 40, "after": 41}
    ]
    outcomes = [row["calls"] for row in facts["outcomes"]]
    assert sum(outcomes) == len(facts["calls"]) > 0
    assert facts["same"] is False


def test_another_seed_is_another_draw(made):
    done = call("diff", made, "--set", "run.seed=2", cwd=made, code=1)
    assert "run.seed: 1 -> 2" in done.stdout


def test_the_same_is_told_and_ends_with_0(made):
    done = call("diff", made, QUICK, cwd=made, code=0)
    assert "the same" in done.stdout
    assert json.loads(call("diff", made, QUICK, "--json", cwd=made, code=0).stdout)["same"]


def test_results_of_another_version_are_compared_by_their_tables(made, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    for path in made.iterdir():
        (old / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((old / "manifest.json").read_text())
    manifest["versions"]["model"] = "0.0.9+cafe"
    (old / "manifest.json").write_text(json.dumps(manifest))
    done = call("diff", old, made, cwd=tmp_path, code=0)
    assert "made with model 0.0.9+cafe" in " ".join(done.stdout.split())
    assert "the same: no row of any table differs" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([QUICK], "there is nothing to compare"),
        ([QUICK, "none.yaml"], "none.yaml: cannot be read"),
        ([QUICK, "."], "holds no results: there is no manifest.json in it"),
        ([QUICK, "--set", "regions.cn-hangzhou.image_qouta=3"], "did you mean image_quota?"),
    ],
)
def test_what_cannot_be_compared_exits_with_2(words, message, tmp_path):
    done = call("diff", *words, cwd=tmp_path, code=2)
    assert message in done.stderr
    assert done.stdout == ""
