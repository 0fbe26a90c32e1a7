"""A lesson presented live: every slide measured, a panel driven while it trains, code run."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import driving
import nbformat
import pytest
from notebook_page import Lab, watch

from lessons_lib.commands import _plans

REPOSITORY = Path(__file__).parents[2]
LESSONS = sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
# What `present` does alike with every lesson is tried on one that has it: a panel that trains,
# code on a slide, a race, a grid to paint.
FIRST, CODE, RACES, DRAWN = (LESSONS[number] for number in (0, 1, 4, 6))
SMALLEST = 0.82  # of the type's size: 21 px for text on a screen of 720
MEASURE = """smallest => {
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
        ...(fit < smallest ? [`is made smaller by ${Math.round(100 * (1 - fit))} %`] : []),
        ...cut.map(e => `cuts ${said(e)} by ${e.scrollWidth - e.clientWidth} pixels`),
        ...on('img').filter(e => !e.naturalWidth).map(() => 'has a blank picture'),
        ...on('.lessons-buttons button').filter(e => {
            const {x, y, width, height} = e.getBoundingClientRect();
            return !e.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }).map(e => `has something over the button ${said(e)}`),
    ];
}"""


class Show:
    """A lesson shown by `present`: the slides and the page of notes.

    Parameters
    ----------
    context : playwright.sync_api.BrowserContext
        Where both pages are opened.
    lesson : Path
        The notebook that is shown.
    slides, notes : str
        Their addresses.
    """

    def __init__(self, context, lesson, slides, notes):
        self.lesson = lesson
        self.slides = slides
        watch(context)
        self.notes = context.new_page()
        self.notes.goto(notes)
        self.page = context.new_page()
        self.lab = Lab(self.page)
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
                .every(panel => panel.querySelector('.canvas-view[role]'))"""
        )

    def press(self, key, number):
        """Press a key that leads to the slide of that number."""
        self.page.keyboard.press(key)
        self.at(number)

    def find(self, selector, cell=""):
        """Go to the first slide that shows such an element (in such a cell); return its number."""
        while self.number > 1:
            self.press("Shift+Space", self.number - 1)
        visible = self.page.locator(f".jp-deck-mod-onscreen{cell} {selector}").first
        while not visible.is_visible():
            assert self.number < self.count, f"no slide shows {selector}"
            self.press("Space", self.number + 1)
        return self.number

    def leave(self):
        """Leave the slides for the notebook."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('deck:stop') }")
        self.page.wait_for_function("() => document.body.dataset.jpDeckMode !== 'presenting'")

    def measure(self):
        """Return what is wrong with the slide: too tall, or something cut."""
        self.page.wait_for_timeout(120)  # for the layout of what has just appeared
        return self.page.evaluate(MEASURE, SMALLEST)


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def show(request, browser, tmp_path_factory):
    """One lesson, presented live; with a plan, where the test gives (lesson, minutes)."""
    lesson, *plan = request.param if isinstance(request.param, tuple) else [request.param]
    environment = os.environ | {"LESSONS_WORKSPACE": str(tmp_path_factory.mktemp("workspace"))}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "lessons_lib", "present", lesson.stem, "--no-browser"]
    command += ["--port", port, *(f"--plan={minutes}" for minutes in plan)]
    command += ["--LabApp.expose_app_in_browser=True"]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    )
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(240_000)  # a busy machine compiles for long before the first step
    try:
        said = ""
        while "Stop:" not in said:
            said += next(process.stdout)
        slides, notes = re.findall(rf"http://127.0.0.1:{port}\S+", said)
        yield Show(context, lesson, slides, notes)
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


@pytest.mark.parametrize("show", [FIRST, RACES], ids=["00", "04"], indirect=True)
def test_a_panel_is_driven_by_keyboard_while_it_trains_and_rests_off_its_slide(show):
    """Play, learning rate, another slide and back, without a mouse: it trains only where seen.

    A trainer's panel and a race's. Space presses the button that has the focus; a remote control,
    which has no Esc, goes on from there.
    """
    number = show.find(".lessons-buttons")
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

    def leave_and_return(forward, back):
        show.press(forward, number + 1)
        wait_for_label("Play")
        show.page.wait_for_function(
            "p => p.querySelector('[role=status]').textContent.includes('nobody sees it')",
            arg=panel,
        )
        made = steps()
        show.page.wait_for_timeout(500)
        assert steps() == made
        show.press(back, number)
        wait_for_label("Pause")
        steps(more_than=made)

    play.focus()
    show.page.keyboard.press("Space")
    wait_for_label("Pause")
    show.at(number)
    steps(more_than=steps())
    leave_and_return("PageDown", "PageUp")
    knob = panel.query_selector('[role=slider][aria-label="learning rate"]')
    before = knob.get_attribute("aria-valuetext")
    knob.focus()
    show.page.keyboard.press("ArrowRight")
    show.page.wait_for_function(
        "([k, v]) => k.getAttribute('aria-valuetext') !== v", arg=[knob, before]
    )
    steps(more_than=steps())
    show.page.keyboard.press("Escape")
    leave_and_return("Space", "Shift+Space")
    play.focus()
    show.page.keyboard.press("Enter")
    wait_for_label("Play")
    show.page.keyboard.press("Escape")  # back from the button to the slides


@pytest.mark.parametrize("show", [FIRST], ids=["00"], indirect=True)
@pytest.mark.parametrize(
    ("control", "key", "state"),
    [
        ("[role=slider]", "ArrowRight", "c => c.getAttribute('aria-valuetext')"),
        ("[role=slider]", "End", "c => c.getAttribute('aria-valuetext')"),
        ("select", "ArrowDown", "c => c.value"),
        ("input[type=checkbox]", "Space", "c => String(c.checked)"),
    ],
)
def test_a_focused_control_has_its_own_keys_and_no_others(show, control, key, state):
    """A key that turns a knob turns no page, and a key that the knob does not use does."""
    number = show.find(".lessons-buttons")
    focused = show.page.locator(f".jp-deck-mod-onscreen .lessons-panel {control}").first
    element = focused.element_handle()
    before = element.evaluate(state)
    focused.focus()
    show.page.keyboard.press(key)
    show.page.wait_for_function(f"([c, before]) => ({state})(c) !== before", arg=[element, before])
    show.at(number)
    focused.focus()
    show.press("PageDown", number + 1)
    show.press("PageUp", number)


@pytest.mark.parametrize("show", [DRAWN], ids=["06"], indirect=True)
def test_the_grid_is_painted_by_keyboard_on_its_slide(show):
    """Arrows go from cell to cell and Space paints; a remote control goes on from there."""
    number = show.find('button[title="make the drawing blank"]')
    panel = show.page.locator(".jp-deck-mod-onscreen .lessons-panel")
    panel.locator(".canvas-view[tabindex]").first.focus()
    show.page.keyboard.press("ArrowRight")
    show.page.keyboard.press("Space")
    panel.locator(".canvas-tip", has_text="row 1, column 2: painted").wait_for()
    show.at(number)
    show.press("PageUp", number - 1)


@pytest.mark.parametrize("show", [FIRST], ids=["00"], indirect=True)
@pytest.mark.parametrize("again", ["reload", "address"])
def test_who_has_left_the_show_comes_back_to_it(show, again):
    """After Esc, F5 and the printed address lead to the slides and not to a plain notebook."""
    show.find("h1")
    show.page.locator(".jp-deck-mod-onscreen.jp-MarkdownCell").first.click()
    show.page.keyboard.press("Escape")
    presenting = "() => document.body.dataset.jpDeckMode === 'presenting'"
    show.page.wait_for_function(presenting.replace("===", "!=="))
    show.page.reload() if again == "reload" else show.page.goto(show.slides)
    show.page.wait_for_function(presenting)
    show.page.locator("h1:visible").wait_for()
    show.at(1)
    show.press("Space", 2)


@pytest.mark.parametrize("show", [CODE], ids=["01"], indirect=True)
def test_code_runs_on_its_slide(show):
    """Ctrl-Enter runs a cell where it is; Shift-Enter goes on and leaves no blank screen."""
    with_output = ".jp-CodeCell:not(.jp-mod-noOutputs)"
    show.find(".jp-InputArea-editor", cell=with_output)
    cell = show.page.locator(f".jp-deck-mod-onscreen{with_output}").first
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.text_content()
    cell.locator(".cm-content").click()
    show.page.keyboard.press("Control+Enter")
    show.page.wait_for_function(
        "([p, before]) => /[0-9]/.test(p.textContent) && p.textContent !== before",
        arg=[prompt.element_handle(), before],
    )
    cell.locator(".jp-OutputArea-output").first.wait_for()
    show.at(show.number)
    assert show.measure() == []
    show.page.keyboard.press("Shift+Enter")
    show.page.wait_for_timeout(500)
    assert "is blank" not in show.measure()


@pytest.mark.parametrize("show", [(CODE, "45")], ids=["01"], indirect=True)
def test_a_plan_has_its_slides_and_its_clock(show):
    """Space goes through the plan's slides alone, and the notes say how the clock compares."""
    titles = _plans.plans(CODE)["45 minutes"]
    shown = [show.notes.locator("section[aria-current] h2").inner_text()]
    for number in range(2, show.count + 1):
        show.press("Space", number)
        shown.append(show.notes.locator("section[aria-current] h2").inner_text())
    assert list(dict.fromkeys(text.split(" minute ")[0] for text in shown)) == titles
    ends = shown[-1].split(" to ")[1]
    pace = show.notes.locator("#pace")
    pace.locator(f"text=to {ends} of {ends}, ").and_(pace.locator("text=min ahead")).wait_for()
    show.notes.evaluate("start -= 90 * 60_000")
    pace.locator("text=min behind").wait_for()


def panels_stored_in(lesson):
    """Return how many outputs of a lesson are panels."""
    cells = nbformat.read(lesson, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return sum("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)


def test_a_lesson_answers_to_every_control(show):
    """Behind the show: no cell is red, and each slider, list and box moves its picture."""
    sync_api = pytest.importorskip("playwright.sync_api")
    show.leave()
    lab = show.lab
    lab.see_all()
    assert lab.red_outputs() == []
    panels = lab.page.locator(".lessons-panel")
    expected = panels_stored_in(show.lesson)
    sync_api.expect(panels).to_have_count(expected, timeout=60_000)
    driving.go_through(lab, show.lesson.stem)
    assert lab.red_outputs() == []
    assert lab.messages == []
