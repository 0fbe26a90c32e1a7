"""Slides as an instructor has them: the one-file deck without a network, and the live one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lessons_lib.commands import _deck

REPOSITORY = Path(__file__).parents[2]
LESSONS = sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
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
    target.write_text(_deck.render(nbformat.read(lesson, as_version=4)), encoding="utf-8")
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


def test_a_presentation_opens_on_its_first_slide_and_its_sliders_are_alive(browser, tmp_path):
    """`present 01` starts the deck without a click, with a kernel behind its sliders."""
    environment = os.environ | {"LESSONS_WORKSPACE": str(tmp_path)}
    command = [sys.executable, "-m", "lessons_lib", "present", "01", "--no-browser"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        said = [next(process.stdout) for _ in range(5)]
        (url,) = re.findall(r"http://127\S+", "".join(said))
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(url)
        page.wait_for_selector("body[data-jp-deck-mode=presenting]", state="attached")
        page.locator("h1:visible").wait_for()
        handle = page.locator(".noUi-handle:visible").first
        # A key pressed before the deck listens is lost; one too many is taken back.
        for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowRight"]:
            page.keyboard.press(key)
            page.wait_for_timeout(3000)
            if handle.count():
                break
        handle.focus()
        page.keyboard.press("End")
        page.locator("[role=status]:visible", has_text="w = 3.00").wait_for()
        page.close()
    finally:
        process.terminate()
        process.wait(30)
