"""Whether a panel is alive, and what it says if not: kernel gone, cell busy, nobody there."""

import json
from pathlib import Path

import pytest

NAME, OTHER = "panel_life.ipynb", "panel_life_other.ipynb"
RACE = """\
from lessons_lib import panels
panel = panels.race("ravine")
panel
"""
EXPLORER = """\
explorer = panels.explore(lambda scene, w: None, w=(0.0, 1.0))
explorer
"""
# The kernel notes twenty times a second how it is with the panel: who asks it has a page, and
# some of these tests are about panels without one.
NOTES = """\
import asyncio, json, time
from pathlib import Path

async def note():
    notes = Path("panel_life.json")
    while True:
        notes.with_suffix(".new").write_text(json.dumps([panel.playing, panel.race.steps]))
        notes.with_suffix(".new").replace(notes)
        await asyncio.sleep(0.05)

noting = asyncio.get_event_loop().create_task(note())
"""
CELLS = RACE, EXPLORER, NOTES, ""
# Where the attribute `inert` stops the focus, and where ipywidgets' red links would stand.
STATE = """() => [...document.querySelectorAll('.lessons-panel')].map(panel => {
    const controls = [...panel.querySelectorAll('button, select, [role=slider], [tabindex]')]
        .filter(one => one.checkVisibility() && !one.closest('.lessons-stored'));
    return {
        said: panel.querySelector('.lessons-note[aria-live=polite]').textContent,
        grey: [...panel.querySelectorAll('.lessons-stack > [inert]')]
            .filter(part => getComputedStyle(part).filter.includes('grayscale')).length,
        links: [panel, ...panel.querySelectorAll('.jupyter-widgets-disconnected')]
            .filter(one => getComputedStyle(one, '::before').content !== 'none').length,
        controls: controls.length,
        usable: controls.filter(one => (one.focus(), document.activeElement === one)).length,
    };
})"""
# All that panels have said of themselves while something went on.
LISTEN = """() => {
    window.said = new Set();
    const listen = () => document.querySelectorAll('.lessons-note')
        .forEach(note => note.textContent && window.said.add(note.textContent));
    new MutationObserver(listen).observe(
        document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def lab(new_lab, server, write_notebook):
    """A notebook with a race and an explorer, another beside it, one page for all tests."""
    write_notebook(NAME, CELLS)
    write_notebook(OTHER, ("1 + 1",))
    with new_lab() as lab:
        lab.open(NAME)
        lab.folder = Path(server[0])
        yield lab


@pytest.fixture
def panel(lab, request):
    """Return the race's element, at rest at its first step."""
    execute(lab, "docmanager:open", path=NAME)
    if lab.page.locator(".lessons-panel[data-life='']").count() != 2:
        lab.run_all()
    element = lab.page.locator(".lessons-panel").first
    lab.wait_until_drawn(element)
    lab.ask("panel.pause(), panel.reset()")
    comes(lab, lambda: noted(lab) == [False, 0], "a new race")
    yield element
    lab.keep_picture(request.node.name)
    # JupyterLab may complain of requests that a kernel has left open; ipywidgets shall not.
    assert [said for said in lab.messages if "Cannot send" in said] == []


def execute(lab, command, **arguments):
    """Let JupyterLab carry out a command."""
    lab.page.evaluate(
        "([name, rest]) => window.jupyterapp.commands.execute(name, rest).then(() => undefined)",
        [command, arguments],
    )


def noted(lab):
    """Return whether the race plays, and its steps, as the kernel has noted them last."""
    return json.loads((lab.folder / "panel_life.json").read_text())


def comes(lab, condition, words, seconds=30):
    """Wait until a condition holds."""
    for _ in range(10 * seconds):
        if condition():
            return
        lab.page.wait_for_timeout(100)
    pytest.fail(f"{words} did not come about: {noted(lab)}")


def play(lab, panel):
    """Press Play, and wait for some steps."""
    panel.get_by_role("button", name="Play").click()
    comes(lab, lambda: noted(lab)[1] > 20, "playing")


def rests(lab):
    """Wait until the race rests, and see that it makes no further steps."""
    comes(lab, lambda: not noted(lab)[0], "rest", seconds=15)
    _, steps = noted(lab)
    lab.page.wait_for_timeout(500)
    assert noted(lab) == [False, steps]


def goes_on(lab):
    """Wait until the race has made further steps."""
    _, steps = noted(lab)
    comes(lab, lambda: noted(lab)[0] and noted(lab)[1] > steps, "going on")


# --- nobody sees it -----------------------------------------------------------------------------


def another_notebook(lab):
    """Put another notebook of JupyterLab in front, and this one again."""
    execute(lab, "docmanager:open", path=OTHER)
    yield
    execute(lab, "docmanager:open", path=NAME)


def closed_notebook(lab):
    """Close the notebook's tab, whose kernel goes on, and open it again."""
    execute(lab, "docmanager:save")
    execute(lab, "application:close")
    yield
    execute(lab, "docmanager:open", path=NAME)


def hidden_browser_tab(lab):
    """Let the browser say that the whole page is hidden, as no headless browser does."""
    show = """state => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    lab.page.evaluate(show, "hidden")
    yield
    lab.page.evaluate(show, "visible")


def navigated_away(lab):
    """Leave JupyterLab, and come back."""
    execute(lab, "docmanager:save")
    address = lab.page.url
    lab.page.goto("about:blank")
    yield
    lab.page.goto(address)


def lost_browser(lab):
    """Let nothing that the page says reach the kernel, as after a crash; and let it again."""
    lab.page.evaluate("""() => {
        window.send = WebSocket.prototype.send;
        WebSocket.prototype.send = () => {};
    }""")
    yield
    lab.page.evaluate("() => { WebSocket.prototype.send = window.send; }")


@pytest.mark.parametrize(
    "away",
    [another_notebook, closed_notebook, hidden_browser_tab, navigated_away, lost_browser],
    ids=lambda away: away.__name__,
)
def test_a_panel_that_nobody_sees_rests_and_goes_on_when_it_is_seen(lab, panel, away):
    """No step is made meanwhile, and nobody has to press anything."""
    play(lab, panel)
    way = away(lab)
    next(way)
    rests(lab)
    next(way, None)
    goes_on(lab)


def test_who_pauses_meanwhile_finds_it_paused(lab, panel):
    """Being seen again starts nothing that was stopped."""
    play(lab, panel)
    kernel = lab.page.evaluate_handle(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    )
    way = another_notebook(lab)
    next(way)
    rests(lab)
    kernel.evaluate(
        "kernel => kernel.requestExecute({ code: 'panel.pause()' }).done.then(() => undefined)"
    )
    next(way, None)
    lab.catch_up()
    rests(lab)


def test_one_of_two_places_that_is_seen_is_enough(lab, panel):
    """Scrolled out of the window, or shown elsewhere while its notebook is hidden, it goes on."""
    play(lab, panel)
    lab.run_code("\n".join(50 * ["'far below'"]))
    lab.page.locator(".jp-Cell:visible").last.scroll_into_view_if_needed()
    goes_on(lab)
    lab.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }"
    )
    execute(lab, "notebook:create-output-view")
    lab.page.locator(".jp-LinkedOutputView .canvas-view[role]").first.wait_for()
    execute(lab, "docmanager:open", path=OTHER)  # in front of the notebook
    goes_on(lab)
    lab.page.locator(".lm-TabBar-tab", has_text="Output View").first.locator(
        ".lm-TabBar-tabCloseIcon"
    ).click()
    rests(lab)


# --- the kernel is gone -------------------------------------------------------------------------


def restarted(lab):
    """Press JupyterLab's button."""
    lab.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )


def restarted_elsewhere(lab):
    """Let the server do it, as for another page that shows the notebook."""
    lab.page.evaluate("""() => {
        const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
        const { baseUrl, token } = kernel.serverSettings;
        return fetch(`${baseUrl}api/kernels/${kernel.id}/restart`, {
            method: 'POST', headers: { Authorization: `token ${token}` },
        }).then(() => undefined);
    }""")


def killed(lab):
    """Let it die while it plays."""
    lab.page.evaluate("""() => {
        const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
        kernel.requestExecute({ code: 'import os; os._exit(1)' }).done.catch(() => undefined);
    }""")


def shut_down(lab):
    """Choose JupyterLab's menu."""
    execute(lab, "kernelmenu:shutdown")


def another_chosen(lab):
    """Choose a kernel, as if there were several."""
    lab.page.evaluate("""() => window.jupyterapp.shell.currentWidget.sessionContext
        .changeKernel({ name: 'python3' }).then(() => undefined)""")


@pytest.mark.parametrize(
    ("go", "words"),
    [
        (restarted, "The kernel was restarted"),
        (restarted_elsewhere, "The kernel was restarted"),
        (killed, "The kernel died, most often for want of memory"),
        (shut_down, "The kernel has ended"),
        (another_chosen, "The kernel has ended"),
    ],
    ids=["restarted", "restarted elsewhere", "killed", "shut down", "another chosen"],
)
def test_a_panel_without_its_kernel_is_grey_and_says_what_to_do(lab, panel, go, words):
    """Nothing in it can be used but what runs the lesson, nothing is red; run again it lives."""
    play(lab, panel)
    panel.get_by_role("button", name="Pause").focus()
    go(lab)
    for one in lab.page.locator(".lessons-panel").all():
        one.locator(".lessons-note", has_text=words).wait_for()
    for state in lab.page.evaluate(STATE):
        assert "Run the lesson from the top" in state["said"]
        assert state["grey"] >= 2
        assert state["controls"] > 0
        assert (state["links"], state["usable"]) == (0, 0)
    lab.page.mouse.click(*centre(panel.locator("button").first))
    if not lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session"):
        execute(lab, "kernelmenu:restart")
    lab.run_all()
    again = lab.page.locator(".lessons-panel").first
    lab.wait_until_drawn(again)
    play(lab, again)


def centre(element):
    """Return where a mouse hits it."""
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# --- a cell that blocks -------------------------------------------------------------------------

BUSY = "Another cell is running; this panel answers when it has finished."


def start_cell(lab, code):
    """Run code as a cell does, and do not wait for it."""
    lab.page.evaluate(
        """code => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            window.cell = kernel.requestExecute({ code }).done.then(() => undefined);
        }""",
        code,
    )


def test_a_cell_that_blocks_is_named_until_it_has_finished(lab, panel):
    """In every panel; what is pressed meanwhile is done afterwards."""
    start_cell(lab, "while not Path('go').exists(): time.sleep(0.1)")
    notes = lab.page.locator(".lessons-note", has_text=BUSY)
    notes.nth(1).wait_for()
    panel.get_by_role("button", name="Play").click()
    (lab.folder / "go").touch()
    notes.first.wait_for(state="detached")
    goes_on(lab)
    assert notes.count() == 0


def test_a_cell_that_waits_for_an_answer_is_told_apart(lab, panel):
    """The place to type may be far away."""
    lab.page.evaluate("""() => {
        const notebook = window.jupyterapp.shell.currentWidget.content;
        notebook.activeCellIndex = notebook.widgets.length - 1;
        notebook.activeCell.model.sharedModel.setSource('input()');
        window.jupyterapp.commands.execute('notebook:run-cell');
    }""")
    note = panel.locator(".lessons-note", has_text="A cell waits for what you type")
    note.wait_for()
    lab.page.locator(".jp-Stdin-input").fill("1")
    lab.page.locator(".jp-Stdin-input").press("Enter")
    note.wait_for(state="detached")
    lab.page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.activeCell
        .model.sharedModel.setSource('')""")


def test_what_is_no_blocking_cell_is_not_called_one(lab, panel):
    """A cell that awaits leaves the panel its time; a long step is the panel's own work."""
    lab.page.evaluate(LISTEN)
    start_cell(lab, "await asyncio.sleep(2.5)")
    lab.page.evaluate("() => window.cell")
    lab.ask("step = panel.runner.step\npanel.runner.step = lambda n: time.sleep(2.5) or step(n)")
    panel.get_by_role("button", name="Step").click()
    comes(lab, lambda: noted(lab)[1] == 1, "a step")
    lab.ask("panel.runner.step = step")
    assert lab.page.evaluate("() => [...window.said]") == []
