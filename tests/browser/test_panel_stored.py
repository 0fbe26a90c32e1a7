"""A notebook the next day: what stands where its panels were, and how they come to life."""

import nbformat
import pytest

NAME, COPY = "stored.ipynb", "stored_copy.ipynb"
CELLS = [
    "import ipywidgets\nfrom lessons_lib import panels",
    """\
from lessons_lib.lessons.neuron import pictures
panels.explore(pictures.probability, z=(-8.0, 8.0))""",
    "# a race\npanels.race('ravine')",
    "ipywidgets.FloatSlider(description='mine')",
    """\
import keras
from lessons_lib import datasets
X, y = datasets.make_moons(n_samples=100, noise=0.1, seed=1)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="sgd", loss="binary_crossentropy")
panels.live(model, X, y)""",
]
EXPLORE, RACE, LIVE = 1, 2, 4  # the panels' cells
GONE = "Run the lesson from the top to bring this panel to life."
NOT_RUN = "Run this cell to get the sliders."
BUTTON = "Run from the top to here"


@pytest.fixture(scope="module")
def saved(new_lab, write_notebook):
    """Run a notebook with a panel of each kind, save it, and shut its kernel down."""
    path = write_notebook(NAME, CELLS)
    with new_lab() as lab:
        lab.open(NAME)
        lab.run_all()
        assert lab.page.locator(".lessons-panel").count() == 3
        execute(lab, "docmanager:save")
    return path


@pytest.fixture(scope="module")
def page(new_lab, saved):
    """The saved notebook, opened again: it is trusted, and its kernel is another."""
    with new_lab() as lab:
        lab.open(NAME)
        yield lab


@pytest.fixture
def lab(page, saved, request):
    """One view of the saved notebook as it is on the disk."""
    before = saved.read_text("utf-8")
    yield page
    page.keep_picture(request.node.name)
    saved.write_text(before, "utf-8")
    page.page.evaluate(
        """async name => {
            const { shell } = window.jupyterapp;
            const views = [...shell.widgets('main')];
            const first = views.find(view => view.context?.path === name);
            views.forEach(view => view === first || view.close());
            shell.activateById(first.id);
            await first.context.revert();
        }""",
        saved.name,
    )


def execute(lab, command, **arguments):
    """Let JupyterLab carry out a command, and wait for it."""
    lab.page.evaluate(
        "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => undefined)",
        [command, arguments],
    )


def begin(lab, command):
    """Let JupyterLab carry out a command that may ask something first."""
    lab.page.evaluate("name => { window.jupyterapp.commands.execute(name); }", command)


def cell(lab, index):
    """Return a cell of the notebook."""
    return lab.page.locator(".jp-NotebookPanel .jp-Cell").nth(index)


def set_source(lab, index, code):
    """Write a cell anew."""
    lab.page.evaluate(
        """([index, code]) => window.jupyterapp.shell.currentWidget.content.widgets[index]
            .model.sharedModel.setSource(code)""",
        [index, code],
    )


def waiting_for(file):
    """Return code that runs until there is a file of this name."""
    return f"import os, time\nwhile not os.path.exists({str(file)!r}): time.sleep(0.1)"


def stands_stored(lab, index, sentence):
    """A cell shows its stored picture, which has a text, with these words and the button."""
    place = cell(lab, index).locator(".jp-OutputArea-output").last
    place.get_by_text(sentence, exact=True).wait_for()
    assert place.get_by_role("button", name=BUTTON).count() == 1
    image = place.locator("img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    assert image.get_attribute("alt").endswith(".")
    assert place.locator(".lessons-panel").count() == 0


def comes_to_life(lab, index):
    """A cell's panel draws, and nothing of what was stored is left."""
    place = cell(lab, index)
    lab.wait_until_drawn(place.locator(".lessons-panel"))
    assert place.locator(".lessons-panel").count() == 1
    assert place.locator(".lessons-stored").count() == 0


def nothing_is_wrong(lab):
    """Neither an output nor the page says that something is broken."""
    assert lab.red_outputs() == []
    assert lab.messages == []
    assert lab.page.get_by_text("Error displaying widget").count() == 0


def test_the_next_day_each_panel_has_its_picture_and_what_to_do(lab):
    """The picture of every kind of panel, and one sentence for a widget that has none."""
    for index in (EXPLORE, RACE, LIVE):
        stands_stored(lab, index, GONE)
    mine = cell(lab, 3)
    mine.get_by_text("This widget is gone with its kernel: run its cell again.").wait_for()
    nothing_is_wrong(lab)
    execute(lab, "apputils:change-theme", theme="JupyterLab Dark")
    words = cell(lab, EXPLORE).locator(".lessons-stored")
    lab.page.wait_for_function(
        "words => getComputedStyle(words).color === 'rgb(255, 255, 255)'",
        arg=words.element_handle(),
    )
    lab.keep_picture("stored_dark")
    execute(lab, "apputils:change-theme", theme="JupyterLab Light")


def test_its_button_runs_the_lesson_as_far_as_the_panel_by_keyboard(lab, tmp_path):
    """Enter on the button runs the cells above and this one; Run All sees to the others."""
    stands_stored(lab, RACE, GONE)
    gate = tmp_path / "open"
    set_source(lab, 0, f"{CELLS[0]}\n{waiting_for(gate)}")
    button = cell(lab, RACE).get_by_role("button", name=BUTTON)
    button.focus()
    assert button.evaluate("button => button.matches(':focus-visible') && button.tabIndex === 0")
    lab.page.keyboard.press("Enter")
    cell(lab, RACE).get_by_text("The lesson is running.").wait_for()
    gate.touch()
    for index in (EXPLORE, RACE):
        comes_to_life(lab, index)
    stands_stored(lab, LIVE, GONE)
    assert cell(lab, RACE).evaluate("cell => cell.classList.contains('jp-mod-active')")
    execute(lab, "notebook:run-all-cells")
    for index in (EXPLORE, RACE, LIVE):
        comes_to_life(lab, index)
    assert cell(lab, 3).locator(".widget-label").inner_text() == "mine"
    nothing_is_wrong(lab)


def test_a_cell_above_that_fails_is_shown_and_says_how_to_go_on(lab):
    """Who presses the button comes to the cell that stopped the lesson."""
    stands_stored(lab, RACE, GONE)
    set_source(lab, 1, "1 / 0")
    cell(lab, RACE).get_by_role("button", name=BUTTON).click()
    wrong = cell(lab, 1)
    wrong.get_by_text("The lesson stopped here, before it came to the panel.").wait_for()
    assert wrong.evaluate("cell => cell.classList.contains('jp-mod-active')")
    assert "Run All Cells" in wrong.inner_text()


def test_another_view_and_a_view_of_the_output_say_the_same_and_live_with_it(lab):
    """In a second view of the notebook and in an output's own view; its button works there."""
    stands_stored(lab, RACE, GONE)
    begin(lab, "docmanager:clone")
    views = lab.page.locator(".jp-NotebookPanel")
    views.nth(1).locator(".jp-Cell").nth(RACE).get_by_text(GONE).wait_for()
    lab.page.evaluate(
        """index => {
            const { shell, commands } = window.jupyterapp;
            shell.currentWidget.content.activeCellIndex = index;
            commands.execute('notebook:create-output-view');
        }""",
        RACE,
    )
    own = lab.page.locator(".jp-LinkedOutputView")
    own.get_by_text(GONE).wait_for()
    own.get_by_role("button", name=BUTTON).click()
    for place in (own, *(views.nth(n).locator(".jp-Cell").nth(RACE) for n in (0, 1))):
        place.locator(".lessons-panel").wait_for(state="attached")
    nothing_is_wrong(lab)


def test_a_panel_that_lost_its_kernel_has_the_button_too(lab):
    """It says itself that the kernel has died, was restarted or has ended; the button is below."""
    button = cell(lab, EXPLORE).get_by_role("button", name=BUTTON)
    button.click()
    comes_to_life(lab, EXPLORE)
    context = "window.jupyterapp.shell.currentWidget.sessionContext"
    death = "requestExecute({ code: 'import os; os._exit(1)' }).done.catch(() => undefined)"
    for ending in (f"session.kernel.{death}", "session.kernel.restart()", "shutdown()"):
        lab.page.evaluate(f"{context}.{ending}")
        if death in ending:
            lab.page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
        button.wait_for()
        if lab.page.evaluate(f"!{context}.hasNoKernel"):
            lab.wait_until_idle()
        button.click()
        cell(lab, EXPLORE).locator(".lessons-stored").wait_for(state="detached")
        comes_to_life(lab, EXPLORE)


def test_a_widget_that_comes_just_as_ipywidgets_gives_up_is_shown(lab):
    """It looks for two seconds and not once more, as on a page that was busy till then."""
    cell(lab, RACE).get_by_role("button", name=BUTTON).click()
    comes_to_life(lab, RACE)
    shown = lab.page.evaluate(
        """async index => {
            const { content } = window.jupyterapp.shell.currentWidget;
            const { outputs } = content.widgets[index].model;
            const kind = 'application/vnd.jupyter.widget-view+json';
            const renderer = content.rendermime.createRenderer(kind);
            const manager = await renderer._manager.promise;
            manager.get_model = async () => {
                delete manager.get_model; // and the next time it is found
                throw new Error('widget model not found');
            };
            await renderer.renderModel(outputs.get(outputs.length - 1));
            return renderer.widgets.length;
        }""",
        RACE,
    )
    assert shown == 1


def test_at_first_sight_the_picture_says_how_to_get_the_sliders(new_lab, saved, request):
    """In a copy that JupyterLab has not signed; and trust alone brings no panel to life."""
    notebook = nbformat.read(saved, as_version=4)
    notebook.metadata["copied"] = True
    nbformat.write(notebook, saved.with_name(COPY))
    with new_lab() as lab:
        lab.open(COPY)
        for index in (EXPLORE, RACE, LIVE):
            stands_stored(lab, index, NOT_RUN)
        lab.keep_picture(request.node.name)
        begin(lab, "notebook:trust")
        lab.page.locator(".jp-Dialog").get_by_role("button", name="Trust").click()
        stands_stored(lab, RACE, GONE)
        cell(lab, EXPLORE).get_by_role("button", name=BUTTON).click()
        comes_to_life(lab, EXPLORE)
        nothing_is_wrong(lab)


# The last one: the other page, when it is closed, ends the kernel that both have.
def test_a_kernel_that_has_the_panels_brings_them_back(lab, new_lab, saved, tmp_path):
    """After F5, even while a cell runs, and in a copy that is given this notebook's kernel."""
    stands_stored(lab, RACE, GONE)
    cell(lab, RACE).get_by_role("button", name=BUTTON).click()
    comes_to_life(lab, RACE)
    execute(lab, "docmanager:save")
    saved.with_name(COPY).write_text(saved.read_text("utf-8"), "utf-8")
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    gate = tmp_path / "open"
    lab.page.evaluate(f"code => {{ {kernel}.requestExecute({{ code }}); }}", waiting_for(gate))
    lab.page.reload()
    place = cell(lab, RACE)
    place.get_by_text(
        "Another cell is running; this panel answers when it has finished."
    ).wait_for()
    assert place.locator("img").count() == 1
    assert place.get_by_role("button", name=BUTTON).count() == 0
    gate.touch()
    comes_to_life(lab, RACE)
    stands_stored(lab, LIVE, GONE)
    living = lab.page.evaluate(f"{kernel}.id")
    with new_lab() as other:
        other.open(COPY)
        stands_stored(other, RACE, GONE)
        other.page.evaluate(
            """id => window.jupyterapp.shell.currentWidget.sessionContext.changeKernel({ id })
                .then(() => undefined)""",
            living,
        )
        comes_to_life(other, RACE)
        stands_stored(other, LIVE, GONE)
        nothing_is_wrong(other)
    nothing_is_wrong(lab)
