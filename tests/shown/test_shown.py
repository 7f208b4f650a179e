"""What results show of themselves: a text, HTML without scripts, and what the command line prints."""

import re
from html.parser import HTMLParser

import pytest
from cli.calling import QUICK, call
from plots.gallery import comparison, loads, solution, study

import imgsim
from imgsim.shown import Shown, Table


class Tags(HTMLParser):
    """The tags of a page, and whether each that is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.texts = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def scenario():
    return imgsim.load(QUICK, {"run.horizon": "4h"})


def denied():
    simulation = imgsim.Simulation(scenario())
    return simulation.create_image("RegionId=cn-hangzhou&InstanceId=legacy-1")


RESULTS = {
    "scenario": (scenario, "no load beyond the capacity of a service"),
    "verdict": (denied, "InstanceLockedForSecurity"),
    "run": (lambda: imgsim.run(scenario()), "intents got their image"),
    "study": (study, "With 95% confidence rejection_rate is"),
    "comparison": (comparison, "load.builds.scale=1.5: rejection_rate worse"),
    "sweep": (loads, "rejection_rate lies between"),
    "solution": (solution, "Solved with 95% confidence"),
}


STUDIES = (study, comparison, loads, solution)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if make in STUDIES else name
        for name, (make, _) in RESULTS.items()
    ],
)
def test_a_result_shows_a_verdict_and_a_table(name):
    make, verdict = RESULTS[name]
    result = make()
    text, page = str(result), result._repr_html_()
    assert verdict in re.sub(r"\s+", " ", text)
    assert max(map(len, text.splitlines())) <= 80 or name == "sweep"
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.seen <= {"div", "p", "b", "br", "table", "thead", "tbody", "tr", "th", "td"}
    assert "table" in tags.seen
    assert verdict in "".join(tags.texts)
    assert repr(result).startswith("<")
    assert "\n" not in repr(result)


def test_the_command_line_prints_what_a_run_shows(tmp_path):
    done = call("run", QUICK, "--set", "run.horizon=4h", "--quiet", cwd=tmp_path, code=0)
    assert done.stdout.startswith(str(imgsim.run(scenario())) + "\n\ntables: ")


def test_what_looks_like_a_tag_is_text():
    said = "<script>alert(1)</script>"
    page = Shown(said, [said], [said, Table([said], [[said]])]).html()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 5


def test_a_table_is_as_wide_as_it_says():
    table = Table(["name", "n"], [["a long name", "12"], ["b", ""]], indent=2)
    lines = Shown("t", [], [table]).text().splitlines()
    assert lines[2:] == ["  name          n", "  a long name  12", "  b"]
    assert table.width() == max(map(len, lines))


def test_failed_replications_are_told_and_not_hidden():
    failing = imgsim.Case(_fails, 1)
    broken = imgsim.replicate(failing, 3, jobs=1, ledger=None)
    assert "1 of 3 replications failed" in str(broken)
    assert "1 of 3 replications failed" in broken._repr_html_()


def _fails(_, replication):
    assert replication != 1
    return {"x": 1.0}
