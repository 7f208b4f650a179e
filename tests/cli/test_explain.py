"""``imgsim explain`` from the outside."""

import json
from pathlib import Path

import pandas as pd
import pytest
from cli.calling import QUICK, call


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of a run, and its calls."""
    folder = tmp_path_factory.mktemp("explain") / "made"
    call("run", QUICK, "--out", folder, "--quiet", cwd=folder.parent, code=0)
    return folder, pd.read_parquet(folder / "calls.parquet")


def narrow(text):
    assert text
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    return " ".join(text.split())


def first(calls, rule):
    return int(calls.index[calls["rule"] == rule][0])


def test_a_refusal_is_told_with_the_facts_of_its_instant(made):
    folder, calls = made
    number = first(calls, "image_quota_is_exhausted")
    told = narrow(call("explain", folder, number, cwd=folder, code=0).stdout)
    assert f"call {number} of quickstart, replication 0" in told
    assert "denied, 403 QuotaExceed.Image: image quota of cn-hangzhou is exhausted" in told
    assert "40 of 40 in use, the oldest held for" in told
    same = call("explain", QUICK, number, cwd=folder, code=0).stdout
    assert narrow(same) == told


def test_an_image_is_told_with_where_its_time_went(made):
    folder, calls = made
    done = calls[calls["outcome"] == "available"]
    slow = int(done["slot_wait_s"].idxmax())
    facts = json.loads(call("explain", folder, slow, "--json", cwd=folder, code=0).stdout)
    parts = {one["part"]: one["us"] / 1_000_000 for one in facts["parts"]}
    assert parts["snapshot slot"] == pytest.approx(done.loc[slow, "slot_wait_s"])
    assert sum(parts.values()) == pytest.approx(done.loc[slow, "total_s"])
    told = narrow(call("explain", folder, slow, cwd=folder, code=0).stdout)
    assert f"where the time of {done.loc[slow, 'image_id']} went" in told


def test_an_intent_is_told_by_its_number(made):
    folder, calls = made
    intent = int(calls["intent"].iloc[5])
    told = narrow(call("explain", folder, "--intent", intent, cwd=folder, code=0).stdout)
    assert f"intent {intent} of" in told


def test_a_run_is_told_by_what_holds_it_up(made):
    folder, calls = made
    told = narrow(call("explain", folder, cwd=folder, code=0).stdout)
    assert f"595 of {len(calls)} intents got their image" in told
    assert "For faster images: snapshot slots." in told


@pytest.mark.parametrize("what", ["QuotaExceed.Image", "image_quota_is_exhausted"])
def test_a_rule_and_its_code_are_told_alike(what, tmp_path):
    told = narrow(call("explain", what, cwd=tmp_path, code=0).stdout)
    for fact in ("row 20 of the error table", "order", "reading", "waiting cures it"):
        assert fact in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["QuotaExeed.Image"], "did you mean QuotaExceed.Image?"),
        (["image_name_taken"], "did you mean image_name_is_taken?"),
        (["QuotaExceed.Image", 3], "calls belong to a run"),
        (["."], "is no folder of a run: it has no manifest.json"),
        (["none/such.yaml"], "there is no such folder or file"),
        ([QUICK, 100_000], "there is no call 100000: the run has 678 calls, numbered from 0 to"),
        ([QUICK, 3, "--intent", 4], "of a call or of an intent, not both"),
        ([Path(__file__), 3], "test_explain.py"),
        ([""], "imgsim rules lists the rules"),
    ],
)
def test_what_is_not_there_exits_with_2_and_says_what_is(words, message, tmp_path):
    done = call("explain", *words, cwd=tmp_path, code=2)
    assert message in done.stderr
    assert done.stdout == ""
