"""Reports as they look in a real browser: on a phone, on a laptop, on paper.

Skipped only where there is no browser of the Chromium family.
"""

import re
import shutil
import subprocess
from itertools import pairwise

import pytest
from playwright.sync_api import sync_playwright
from report.sample_pages import hostile, page_of_run, page_of_study

from imgsim.report.page import html

CHROMIUM = next(
    filter(
        None,
        map(
            shutil.which,
            ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
        ),
    ),
    None,
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no browser"),
]

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}
LAPTOP = {"width": 1366, "height": 768}
PAPER = {"width": 665, "height": 990}
"""A4 without the margins of the page, in CSS pixels."""

PAGES = {
    "run": page_of_run,
    "study": page_of_study,
    "hostile": lambda: hostile("<b>" + "Unbreakable" * 8 + "</b><script>alert(1)</script>"),
}

OUTSIDE = """() => [...document.body.querySelectorAll("*")].filter(element => {
    const scroll = element.closest(".scroll");
    const inside = scroll && scroll !== element && getComputedStyle(scroll).overflowX === "auto";
    const box = element.getBoundingClientRect();
    return !inside && box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
}).map(element => element.outerHTML.slice(0, 80))"""
CUT = """() => [...document.body.querySelectorAll("*")].filter(element =>
    getComputedStyle(element).display !== "inline"
    && element.scrollWidth > element.clientWidth + 1
    && element.clientWidth > 0
).map(element => element.outerHTML.slice(0, 80))"""

LONGEST_LINE = """() => {
    const pen = document.createElement("canvas").getContext("2d");
    return Math.max(...[...document.querySelectorAll("p, li, figcaption")].map(one => {
        pen.font = getComputedStyle(one).font;
        return one.clientWidth / pen.measureText("0").width;
    }));
}"""


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=PAGES)
def address(request, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / f"{request.param}.html"
    file.write_text(html(PAGES[request.param]()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def shown(browser, address):
    """Return a function that opens the report in a window of some size, and what it asked for."""
    contexts = []

    def show(size, media="screen"):
        contexts.append(browser.new_context(viewport=size))
        page = contexts[-1].new_page()
        page.emulate_media(media=media)
        asked, faults = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(address)
        assert [url for url in asked if not url.startswith("data:")] == [address]
        assert faults == []
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE, LAPTOP], ids=["phone", "small", "laptop"])
def test_nothing_is_wider_than_the_window(shown, size):
    page = shown(size)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(LONGEST_LINE) <= 75.5


def test_pictures_are_there_and_told(shown):
    page = shown(LAPTOP)
    pictures = page.evaluate(
        "[...document.images].map(one => [one.complete && one.naturalWidth > 0, one.alt, one.width])"
    )
    assert pictures
    assert all(loaded and alt and width > 300 for loaded, alt, width in pictures)


def test_headings_are_in_order_and_the_contents_lead_to_them(shown):
    page = shown(LAPTOP)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(one <= before + 1 for before, one in pairwise(levels))
    page.click("nav a[href='#stress']")
    assert (
        page.evaluate("Math.abs(document.getElementById('stress').getBoundingClientRect().top)") < 2
    )


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_the_first_screen_holds_question_answer_and_key_figures(shown, size, address):
    if "hostile" in address:
        return
    page = shown(size)
    bottoms = page.evaluate(
        """["h1", ".answer", ".facts", "#figures", ".figures table thead"].map(
               one => document.querySelector(one).getBoundingClientRect().bottom)"""
    )
    assert bottoms == sorted(bottoms)
    assert bottoms[-1] < size["height"]


def test_text_has_contrast(shown):
    page = shown(LAPTOP)
    pairs = page.evaluate(
        """() => [...document.querySelectorAll("p, li, a, th, td, figcaption, .set")].map(one =>
               getComputedStyle(one).color)"""
    )
    assert min(_contrast_with_white(colour) for colour in set(pairs)) >= 4.5  # WCAG 2.1, AA


def test_on_paper_nothing_is_cut_off(shown):
    page = shown(PAPER, media="print")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CUT) == []
    assert page.evaluate(
        """() => [...document.querySelectorAll("figure, tr")].every(
               one => getComputedStyle(one).breakInside === "avoid")"""
    )
    assert page.evaluate(
        """() => [...document.querySelectorAll("h2, h3, h4")].every(
               one => getComputedStyle(one).breakAfter === "avoid")"""
    )


def test_the_paper_is_a4_and_holds_all_text(shown, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext reads the paper")
    file = tmp_path / "report.pdf"
    shown(LAPTOP).pdf(path=file, format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))
    assert 5 <= pages <= 20
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert text.count("\f") == pages
    said = ["Key figures", "image_quota", "6.1 Computer model sharing statement", "SHA-256"]
    for what in said:
        assert what in text
    last_readings = "A mapped disk has its Size"
    assert last_readings in text


def _contrast_with_white(colour):
    """Return the contrast ratio of WCAG 2.1 of ``rgb(r, g, b)`` on white."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (light + 0.05)
