"""What `run` tells of money: a block of its own where storage is charged, none elsewhere."""

from __future__ import annotations

import json

from cli.calling import ROOT, call

SCENARIOS = ROOT / "scenarios"


def told(*words, cwd):
    return call("run", *words, "--quiet", cwd=cwd, code=0).stdout


def test_the_summary_tells_what_was_charged_and_how_long_calls_were_refused(tmp_path):
    file = SCENARIOS / "balance-runs-dry.yaml"
    text = told(file, cwd=tmp_path)
    money = text[text.index("  money ") :].splitlines()
    assert [line.rsplit(None, 1)[0].strip() for line in money[1:6]] == [
        "charged",
        "for snapshot storage",
        "of which orphans",
        "topped up",
        "lowest balance",
    ]
    assert money[4].split()[-1] == "2400.00"
    assert "the balance was below its minimum for 93d 1h" in text
    assert max(map(len, text.splitlines()[:-1])) <= 80
    numbers = json.loads(told(file, "--json", cwd=tmp_path))["money"]
    assert f"{numbers['cost.total']:.2f}" == money[1].split()[-1]
    assert numbers["balance.time_below_minimum_s"] == 93 * 86400 + 3600


def test_without_charges_there_is_no_money_block(tmp_path):
    file = SCENARIOS / "quickstart.yaml"
    assert "  money " not in told(file, cwd=tmp_path)
    assert json.loads(told(file, "--json", cwd=tmp_path))["money"] is None
