"""What a report says, and that nothing in it runs or is fetched."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report.sample_pages import hostile, page_of_run, page_of_study

import imgsim
from imgsim.report.page import html

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)></style></pre>&amp;{{ 7 * 7 }}"


class Read(HTMLParser):
    """Tags with their attributes in order, and the text."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, *wanted):
        return [attrs for tag, attrs in self.tags if tag in wanted]


@pytest.fixture(scope="module", params=["run", "study", "hostile"])
def text(request):
    pages = {"run": page_of_run, "study": page_of_study, "hostile": lambda: hostile(HOSTILE)}
    return html(pages[request.param]())


def test_nothing_runs_and_nothing_is_fetched(text):
    read = Read(text)
    names = {tag for tag, _ in read.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form", "video"}
    for tag, attrs in read.tags:
        assert not [name for name in attrs if name.startswith("on")]
        for name in ("src", "href", "srcset", "action", "background", "poster"):
            assert attrs.get(name, "#").startswith(("#", "data:image/svg+xml;base64,")), (tag, name)
        assert "http-equiv" not in attrs
    assert len(read.all("style")) == 1
    styles = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "url(" not in styles
    assert "@import" not in styles


def test_what_a_scenario_says_is_text_wherever_it_stands():
    read = Read(html(hostile(HOSTILE)))
    assert [attrs["src"][:5] for attrs in read.all("img")] == ["data:"]
    assert read.all("img")[0]["alt"] == HOSTILE
    # title, h1, name, answer, facts, a paragraph, a head, a cell, a caption, sure, others
    assert read.text.count(HOSTILE) >= 12
    assert "49" not in re.sub(r"[0-9a-f]{64}", "", read.text)


def test_the_same_page_gives_the_same_bytes():
    assert html(page_of_run()) == html(page_of_run.__wrapped__())


def test_headings_are_in_order_and_anchors_have_their_place(text):
    read = Read(text)
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for attrs in read.all("a")} <= set(ids)
    assert read.all("html") == [{"lang": "en"}]
    assert all(attrs["alt"] for attrs in read.all("img"))


def test_who_decides_reads_question_and_answer_first():
    page = page_of_run()
    text = Read(html(page)).text
    said = [
        page.question,
        page.answer,
        page.facts,
        "QuotaExceed.Image",
        page.pictures[0].caption,
        page.sure[0],
        "image_quota: 40",
        "A missing Action means CreateImage.",
        "1.1 Purpose of the model",
        "scenario, SHA-256",
    ]
    body = text[text.index("</style>") if "</style>" in text else 0 :]
    body = body[body.index(page.title, body.index(page.question) + 1) :]
    places = [body.index(what) for what in said]
    assert places == sorted(places)


def test_what_it_takes_to_make_the_numbers_again_is_told():
    page = page_of_run()
    text = Read(html(page)).text
    told = dict(page.provenance.rows())
    assert told["seed"] == "1"
    assert told["replications"] == "one, number 0"
    assert told["command"] == "imgsim run quickstart.yaml"
    assert told["report made"] == "2026-03-02 09:30 UTC"
    assert told["imgsim"] == imgsim.__version__
    assert {"simpy", "numpy", "model", "python", "platform"} <= told.keys()
    assert all(value in text for value in told.values())
    scenario = text[text.index("imgsim: 1\n") : text.index("Readings in force", 3000)]
    assert imgsim.Scenario.from_mapping(_yaml(scenario)).hash == told["scenario, SHA-256"]


def test_other_cases_are_told_by_what_differs():
    text = Read(html(page_of_study())).text
    assert "quota-60, against quickstart" in text
    assert text.count("regions.cn-hangzhou.image_quota: 40 -> 60") == 2


def test_a_page_without_question_pictures_or_command_leaves_nothing_empty():
    from dataclasses import replace

    page = page_of_run()
    bare = replace(
        page, question="", pictures=(), provenance=replace(page.provenance, command=(), made=None)
    )
    read = Read(html(bare))
    assert "#pictures" not in [attrs["href"] for attrs in read.all("a")]
    assert "command" not in dict(bare.provenance.rows())
    assert "report made" not in dict(bare.provenance.rows())
    assert "<h1>quickstart</h1>" in html(bare)


def _yaml(text):
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text.strip())
