"""What `run` tells of clients: a line for each load stream where any of them waits or asks again."""

from __future__ import annotations

import json

from cli.calling import ROOT, call

import imgsim

SCENARIOS = ROOT / "scenarios"


def told(*words, cwd):
    return call("run", *words, "--quiet", cwd=cwd, code=0).stdout


def test_each_stream_has_a_line_with_its_own_figures(tmp_path):
    file = SCENARIOS / "lost-answers.yaml"
    text = told(file, cwd=tmp_path)
    clients = text[text.index("  clients ") :].splitlines()
    assert [line.split()[0] for line in clients[1:4]] == ["with-token", "without-token", "named"]
    assert max(map(len, text.splitlines()[:-1])) <= 80
    run = imgsim.run(imgsim.load(file))
    of_named = run.intents[run.intents["stream"] == "named"]
    numbers = json.loads(told(file, "--json", cwd=tmp_path))["clients"]["named"]
    assert numbers["intents"] == len(of_named) == int(clients[3].split()[1])
    got = of_named["outcome"] == "available"
    assert numbers["intents.succeeded"] == got.mean()
    assert clients[3].split()[2] == f"{got.mean():.1%}"
    assert numbers["polls_per_success"] == of_named["polls"].sum() / got.sum()
    times = of_named.loc[got, "total_s"].astype(float)
    assert numbers["time_to_success.p50"] == times.quantile(0.5, interpolation="inverted_cdf")


def test_where_nobody_waits_there_is_no_such_block(tmp_path):
    file = SCENARIOS / "quickstart.yaml"
    assert "  clients " not in told(file, cwd=tmp_path)
    assert json.loads(told(file, "--json", cwd=tmp_path))["clients"] == {}
