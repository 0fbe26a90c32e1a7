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


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
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


class Show:
    """A lesson shown by `present`: the slides and the page of notes.

    Parameters
    ----------
    context : playwright.sync_api.BrowserContext
        Where both pages are opened.
    slides, notes : str
        Their addresses.
    """

    def __init__(self, context, slides, notes):
        self.notes = context.new_page()
        self.notes.goto(notes)
        self.page = context.new_page()
        self.page.goto(slides)
        self.page.wait_for_selector("body[data-jp-deck-mode=presenting]", state="attached")
        self.page.locator("h1:visible").wait_for()
        self.count = self.notes.locator("section").count()
        self.number = 1
        self.at(1)

    def at(self, number):
        """Wait until the slide of that number is shown and its panels are drawn."""
        self.number = number
        self.notes.locator("#place", has_text=f"slide {number} of {self.count}").wait_for()
        self.page.wait_for_function(
            """() => [...document.querySelectorAll('.jp-deck-mod-onscreen .lessons-panel')]
                .every(panel => panel.querySelector('img.lessons-picture')?.naturalWidth)"""
        )

    def press(self, key, number):
        """Press a key that leads to the slide of that number."""
        self.page.keyboard.press(key)
        self.at(number)

    def find(self, selector):
        """Go to the first slide that shows such an element; return its number, or None."""
        while self.number > 1:
            self.press("Shift+Space", self.number - 1)
        visible = self.page.locator(f".jp-deck-mod-onscreen {selector}").first
        while not visible.is_visible():
            if self.number == self.count:
                return None
            self.press("Space", self.number + 1)
        return self.number

    def measure(self):
        """Return what is wrong with the slide: too tall, or something cut."""
        self.page.wait_for_timeout(200)  # for the layout of what has just appeared
        return self.page.evaluate(MEASURE_LIVE)


MEASURE_LIVE = """() => {
    const on = selector => [...document.querySelectorAll('.jp-deck-mod-onscreen ' + selector)]
        .filter(e => e.checkVisibility({visibilityProperty: true}));
    const cells = [...document.querySelectorAll('.jp-deck-mod-onscreen')]
        .map(e => e.getBoundingClientRect()).filter(place => place.height);
    const top = Math.min(...cells.map(place => place.top));
    const bottom = Math.max(...cells.map(place => place.bottom));
    const wide = '.widget-label, .widget-readout, .jupyter-button, .cm-scroller, pre,'
        + ' .jp-RenderedMarkdown, .lessons-words, .lessons-panel';
    const cut = on(`:is(${wide})`).filter(e => e.scrollWidth > e.clientWidth + 1);
    const fit = +document.querySelector('.jp-Deck').style.getPropertyValue('--fit') || 1;
    const said = e => JSON.stringify(e.innerText.trim().slice(0, 40));
    return [
        ...(cells.length ? [] : ['is blank']),
        ...(bottom - top > 720 ? [`is ${Math.round(bottom - top)} pixels tall`] : []),
        ...(fit < 0.88 ? [`is made smaller by ${Math.round(100 * (1 - fit))} %`] : []),
        ...cut.map(e => `cuts ${said(e)} by ${e.scrollWidth - e.clientWidth} pixels`),
        ...on('img').filter(e => !e.naturalWidth).map(() => 'has a blank picture'),
    ];
}"""


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def show(request, browser, tmp_path_factory):
    """One lesson, presented live."""
    environment = os.environ | {"LESSONS_WORKSPACE": str(tmp_path_factory.mktemp("workspace"))}
    command = [sys.executable, "-m", "lessons_lib", "present", request.param.stem, "--no-browser"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    )
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        said = ""
        while "Stop:" not in said:
            said += next(process.stdout)
        slides, notes = re.findall(r"http://127\S+", said)
        yield Show(context, slides, notes)
    finally:
        context.close()
        process.terminate()
        process.communicate(timeout=30)


def test_every_live_slide_fits(show):
    """Each slide is reached by Space and fits 1280×720 with its panels; the notes follow."""
    problems = []
    for number in range(1, show.count + 1):
        if number > 1:
            show.press("Space", number)
        title = show.notes.locator("section[aria-current] h2").inner_text()
        problems += [f"slide {number} ({title}) {wrong}" for wrong in show.measure()]
    assert not problems, "\n".join(problems)


def test_a_panel_is_driven_by_keyboard_while_it_trains_and_rests_off_its_slide(show):
    """Play, learning rate, another slide and back, without a mouse: it trains only where seen."""
    number = show.find(".lessons-buttons")
    if number is None:
        pytest.skip("nothing trains in this lesson")
    panel = show.page.locator(".jp-deck-mod-onscreen .lessons-panel").first.element_handle()
    play = panel.query_selector(".lessons-buttons button")

    def steps(more_than=-1):
        """Return how many steps were made, once they are more than so many."""
        return show.page.wait_for_function(
            """([panel, least]) => {
                const said = panel.querySelector('[role=status]').textContent;
                const found = said.match(/(?:Step|After) ([0-9,]+)/);
                const made = found ? +found[1].replaceAll(',', '') : -1;
                return made > least ? made : null;
            }""",
            arg=[panel, more_than],
        ).json_value()

    def wait_for_label(word):
        show.page.wait_for_function("([b, w]) => b.textContent.trim() === w", arg=[play, word])

    play.focus()
    show.page.keyboard.press("Enter")
    wait_for_label("Pause")
    steps(more_than=steps())
    knob = panel.query_selector('[role=slider][aria-label="learning rate"]')
    before = knob.get_attribute("aria-valuetext")
    knob.focus()
    show.page.keyboard.press("ArrowRight")
    show.page.wait_for_function(
        "([k, v]) => k.getAttribute('aria-valuetext') !== v", arg=[knob, before]
    )
    steps(more_than=steps())
    show.page.keyboard.press("Escape")
    show.press("Space", number + 1)
    wait_for_label("Play")
    show.page.wait_for_function(
        "p => p.querySelector('[role=status]').textContent.includes('slide is not shown')",
        arg=panel,
    )
    made = steps()
    show.page.wait_for_timeout(500)
    assert steps() == made
    show.press("Shift+Space", number)
    wait_for_label("Pause")
    steps(more_than=made)
    play.focus()
    show.page.keyboard.press("Enter")
    wait_for_label("Play")
    show.page.keyboard.press("Escape")  # back from the button to the slides


def test_code_runs_on_its_slide(show):
    """Ctrl-Enter runs a cell where it is; Shift-Enter goes on and leaves no blank screen."""
    if show.find(".jp-CodeCell:not(.jp-mod-noOutputs) .jp-InputArea-editor") is None:
        pytest.skip("no code on the slides of this lesson")
    cell = show.page.locator(".jp-deck-mod-onscreen.jp-CodeCell").first
    cell.locator(".cm-content").click()
    show.page.keyboard.press("Control+Enter")
    cell.locator(".jp-OutputArea-output").first.wait_for()
    show.at(show.number)
    assert show.measure() == []
    show.page.keyboard.press("Shift+Enter")
    show.page.wait_for_timeout(500)
    assert "is blank" not in show.measure()
