"""A deck in one file, without a network: every slide, the speaker view, and paper."""

import re
from pathlib import Path

import nbformat
import pytest

from lessons_lib.commands import _slides

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
# Paper has the same slides, fitted by the same function: what is made smallest shows whether it is.
FULLEST = LESSONS[5]
SMALLEST = 0.7  # of the type's size: 18 px for text on a 720 px slide

MEASURE = """() => {
    const slide = Reveal.getCurrentSlide();
    fit(slide);
    const box = slide.querySelector(':scope > .fit'), place = box.getBoundingClientRect();
    const all = selector => [...box.querySelectorAll(selector)];
    const right = Math.max(...all('*').map(e => e.getBoundingClientRect().right), 0);
    const blank = all('img').filter(i => !i.alt || !i.complete || !i.naturalWidth);
    return {zoom: +box.style.zoom, bottom: place.bottom, right, blank: blank.length,
            title: slide.getAttribute('aria-label'), notes: !!slide.querySelector('aside.notes')};
}"""


@pytest.fixture
def offline(browser):
    """A page without a network that notes each request that would leave the file."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    page = context.new_page()
    page.asked = []
    inside = ("file:", "data:", "about:", "blob:")
    context.on("request", lambda r: r.url.startswith(inside) or page.asked.append(r.url))
    yield page
    context.close()


def open_deck(page, lesson, folder):
    """Write a lesson's deck and open it from disk."""
    target = folder / f"{lesson.stem}.html"
    target.write_text(_slides.render(nbformat.read(lesson, as_version=4)), encoding="utf-8")
    page.goto(target.as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_slide_fits_and_has_notes(offline, lesson, tmp_path):
    """Each slide is shown by Space, fits 1280×720 in readable type, has pictures and notes."""
    open_deck(offline, lesson, tmp_path)
    problems = []
    for number in range(1, offline.evaluate("() => Reveal.getTotalSlides()") + 1):
        seen = offline.evaluate(MEASURE)
        wrong = {
            "is too full": seen["zoom"] < SMALLEST or seen["bottom"] > 721,
            "is too wide": seen["right"] > 1281,
            "has a picture that is blank or not described": seen["blank"],
            "has no notes": not seen["notes"],
        }
        problems += [f"slide {number} ({seen['title']}) {k}" for k, v in wrong.items() if v]
        offline.keyboard.press("Space")
    assert not problems
    assert offline.asked == []


def test_the_speaker_view_shows_notes_and_a_timer(offline, tmp_path):
    """The key S opens a window with the notes of the present slide and a running clock."""
    open_deck(offline, LESSONS[-1], tmp_path)
    with offline.context.expect_page() as opened:
        offline.keyboard.press("s")
    speaker = opened.value
    speaker.wait_for_selector(".speaker-controls-notes:not(.hidden) .value")
    speaker.wait_for_function(
        "() => document.querySelector('.speaker-controls-notes .value').innerText.length > 20"
    )
    assert re.search(r"\d", speaker.locator(".speaker-controls-time .timer").inner_text())
    speaker.close()


@pytest.mark.parametrize("lesson", [FULLEST], ids=lambda path: path.stem)
def test_a_deck_prints_one_slide_a_page(offline, lesson, tmp_path):
    """?print-pdf in the address gives as many pages as slides, each with all of its slide."""
    open_deck(offline, lesson, tmp_path)
    count = offline.evaluate("() => Reveal.getTotalSlides()")
    offline.goto(offline.url.split("#")[0] + "?print-pdf")
    offline.wait_for_function("() => window.Reveal && Reveal.isReady()")
    offline.wait_for_function("n => document.querySelectorAll('.pdf-page').length === n", arg=count)
    tall = offline.evaluate(
        """() => [...document.querySelectorAll('.pdf-page')].flatMap((page, index) => {
            const bottom = element => element.getBoundingClientRect().bottom;
            const over = bottom(page.querySelector('.fit')) - bottom(page);
            return over > 1 ? [`page ${index + 1}`] : [];
        })"""
    )
    assert tall == []
    printed = offline.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type */Page\b", printed)) == count
