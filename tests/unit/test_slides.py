"""Slides: how cells become slides, and what the commands say to a wrong word."""

import base64
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons_lib.commands import _plans, _slides, _stage, _workspace, deck, present
from lessons_lib.commands._course import Problem

PIXEL = base64.b64encode(b"\x89PNG not really").decode()
VIEW = "application/vnd.jupyter.widget-view+json"


def cell(kind, source, slide_type=None, outputs=()):
    """Return a cell with a slide type."""
    made = (new_markdown_cell if kind == "markdown" else new_code_cell)(source)
    if slide_type:
        made.metadata["slideshow"] = {"slide_type": slide_type}
    if outputs:
        made.outputs = list(outputs)
    return made


@pytest.fixture
def lesson():
    """A small lesson: two stacks, three slides, one skipped cell."""
    panel = new_output("execute_result", {"image/png": PIXEL, "text/plain": "It rises.", VIEW: {}})
    figure = new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure size 1x1>"})
    said = new_output("stream", name="stdout", text="Loss falls & stops.\n")
    return new_notebook(
        cells=[
            cell("markdown", "# Title\n\n$a < b$", "slide"),
            cell(
                "markdown",
                "<details><summary>Speaker notes</summary>\n\nSay **hello**.\n\n</details>",
                "notes",
            ),
            cell("markdown", "kept from the slides", "skip"),
            cell("markdown", "## Below", "subslide"),
            cell("code", "# Drag.\nexplore()", None, [panel]),
            cell("markdown", "## Right", "slide"),
            cell("code", "print(loss)", None, [said, figure]),
        ]
    )


def test_cells_become_stacks_of_slides(lesson):
    """A slide opens a stack, a subslide goes below, a cell without a type continues."""
    stacks = _slides.slides(lesson)
    assert [[slide.title for slide in stack] for stack in stacks] == [["Title", "Below"], ["Right"]]


def test_a_slide_that_begins_with_code_repeats_the_heading_and_the_notes(lesson):
    """A picture with a slide of its own says what it belongs to, to all who look."""
    lesson.cells.insert(2, cell("code", "plot()", "subslide"))
    first, second = _slides.slides(lesson)[0][:2]
    assert (second.title, second.notes) == (first.title, first.notes)
    assert "<h2>Title</h2>" in second.parts[0]
    assert "plot" in second.parts[1]


def test_headings_are_repeated_in_an_order_that_leaves_no_screen_blank(lesson):
    """Heading, notes, code: a notes cell behind code would blank the live slide."""
    lesson.cells.insert(2, cell("code", "plot()", "subslide"))
    kinds = [
        (c.cell_type, c.metadata.get("slideshow", {}).get("slide_type"))
        for c in _slides.announced(lesson).cells[2:5]
    ]
    assert kinds == [("markdown", "subslide"), ("markdown", "notes"), ("code", None)]


def test_repeating_headings_changes_only_a_copy(lesson):
    """The notebook that is given stays as it is, and a copy is not repeated once more."""
    lesson.cells.insert(2, cell("code", "plot()", "subslide"))
    count = len(lesson.cells)
    once = _slides.announced(lesson)
    assert len(lesson.cells) == count
    assert _slides.announced(once) == once


def test_skipped_cells_are_not_shown(lesson):
    """A cell of the type skip leaves nothing."""
    assert "kept from the slides" not in _slides.render(lesson)


def test_notes_are_unfolded_for_the_speaker(lesson):
    """Notes lose their fold and stand in the notes, not on the slide."""
    first = _slides.slides(lesson)[0][0]
    assert "Say <strong>hello</strong>." in first.notes
    assert "details" not in first.notes
    assert "hello" not in "".join(first.parts)


def test_formulas_become_mathml(lesson):
    """No TeX is left for a script to render."""
    text = "".join(_slides.slides(lesson)[0][0].parts)
    assert "<math" in text
    assert "$" not in text


def test_a_panel_shows_its_picture_and_sentence_without_its_call(lesson):
    """The picture's alternative text is the panel's sentence."""
    text = "".join(_slides.slides(lesson)[0][1].parts)
    assert 'alt="It rises."' in text
    assert "explore" not in text


def test_a_figure_is_described_by_what_its_cell_printed(lesson):
    """A figure's alternative text is the sentence printed beside it, escaped."""
    text = "".join(_slides.slides(lesson)[1][0].parts)
    assert 'alt="Loss falls &amp; stops."' in text


def test_a_picture_that_cannot_be_read_is_refused(lesson):
    """A damaged notebook gives an error and not a blank picture."""
    lesson.cells[4].outputs[0].data["image/png"] = "not base64!"
    with pytest.raises(ValueError, match=r"."):
        _slides.slides(lesson)


def test_the_file_asks_for_nothing(lesson):
    """No address of another file is loaded: all styles, scripts and pictures are inside."""
    page = re.sub(r"(?s)(<script>).*?(</script>)", r"\1\2", _slides.render(lesson))
    assert not re.search(r"<(script|img|iframe)[^>]+src=\"(?!data:)|<link[^>]+href|@import", page)
    assert "sourceMappingURL" not in page


def test_the_notes_page_lists_every_slide(lesson):
    """The page for the second screen has each slide's title and its notes."""
    page = _slides.notes_page(lesson)
    assert all(title in page for title in ("Title", "Below", "Right", "hello"))


@pytest.fixture
def spoken(lesson):
    """The small lesson with minutes, and a slide of code alone below its second topic."""
    for place, minutes in ((1, 2), (5, 4), (8, 3)):
        said = cell("markdown", f"**Time:** {minutes} minutes.", "notes")
        lesson.cells[place : place + (place == 1)] = [said]
    lesson.cells.append(cell("code", "plot()", "subslide"))
    return lesson


def shown(notebook):
    """Return the stacks of slides as (title, begins, ends)."""
    stacks = _slides.slides(notebook)
    return [[(slide.title, slide.begins, slide.ends) for slide in stack] for stack in stacks]


def test_slides_begin_and_end_by_the_notes_minutes(spoken):
    """Minutes add up; a slide of code shares those of its heading."""
    right = [("Right", 6, 9), ("Right", 6, 9)]
    assert shown(spoken) == [[("Title", 0, 2), ("Below", 2, 6)], right]
    assert _plans.minutes(spoken) == {"Title": 2, "Below": 4, "Right": 3}


@pytest.mark.parametrize(
    ("titles", "stacks"),
    [
        (["Title", "Right"], [[("Title", 0, 2)], [("Right", 2, 5), ("Right", 2, 5)]]),
        (["Below", "Right"], [[("Below", 0, 4)], [("Right", 4, 7), ("Right", 4, 7)]]),
    ],
)
def test_a_plan_keeps_its_slides_and_every_cell(spoken, titles, stacks):
    """Others are skipped with their code; a topic whose first slide is skipped is still one."""
    cut = _plans.kept(spoken, titles)
    assert shown(cut) == stacks
    assert [c.source for c in cut.cells] == [c.source for c in spoken.cells]


def test_the_pages_of_a_plan_say_its_minutes(spoken):
    """The notes' page and the deck's speaker view have them, and without a plan neither."""
    assert 'data-begins="2" data-ends="6"' in _slides.notes_page(spoken, timed=True)
    assert "data-begins" not in _slides.notes_page(spoken)
    assert "totalTime: 540," in (page := _slides.render(spoken, timed=True))
    assert re.findall(r'data-timing="(\d+)"', page) == ["120", "240", "180", "0"]


def test_deck_writes_the_slides_of_a_plan(capsys):
    """--plan=45 leaves out what the guide's 45 minutes have no room for."""
    deck.deck(["01", "--plan=45", "--out=-"])
    titles = re.findall(r'<section aria-label="(.*?)"', capsys.readouterr().out)
    assert list(dict.fromkeys(titles)) == _plans.plan(_workspace.find_lesson("01"), "45")


def test_deck_writes_the_file_that_is_asked_for(tmp_path, capsys):
    """--out names the file; its size is told."""
    target = tmp_path / "new folder" / "talk.html"
    assert deck.deck(["1", f"--out={target}"]) == 0
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(target) in capsys.readouterr().out


def test_deck_without_a_lesson_writes_all(tmp_path):
    """Every lesson becomes a file of its own in the folder of --out."""
    deck.deck(["--out", str(tmp_path)])
    made = {path.stem for path in tmp_path.iterdir()}
    assert made == {path.stem for path in _workspace.lessons()}
    assert all(path.stat().st_size < 10e6 for path in tmp_path.iterdir())


def test_deck_prints_and_names_the_file_in_a_folder(tmp_path, capsys, monkeypatch):
    """`-` and `/dev/stdout` are standard output, and a folder's name is no file's."""
    monkeypatch.chdir(tmp_path)
    for out in ("-", "/dev/stdout"):
        deck.deck(["01", "--out", out])
        printed = capsys.readouterr().out
        assert printed.startswith("<!doctype html>")
        assert printed.endswith("</html>")
    for folder in (".", "new/"):
        deck.deck(["01", "--out", folder])
        assert (tmp_path / folder / "01_neuron.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["99"], "no lesson"),
        (["01", "--fast"], "does not know"),
        (["01", "02"], "does not know"),
        (["01", "--out"], "needs the name"),
        (["01", "--out="], "needs the name"),
        (["--out", "--fast"], "needs the name"),
        (["01", "--plan"], "--plan needs a number of minutes"),
        (["01", "--plan", "46"], "no plan for '46'.* plans it for 45 and 90 minutes"),
        (["--out", "-"], "prints one lesson"),
    ],
)
def test_deck_explains_a_wrong_word(arguments, words):
    """One sentence for an unknown lesson or option."""
    with pytest.raises(Problem, match=words):
        deck.deck(arguments)


def test_deck_explains_a_place_that_cannot_be_written(tmp_path):
    """A file where a folder belongs is explained."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="cannot be written"):
        deck.deck(["01", "--out", str(tmp_path / "file" / "talk.html")])


def test_present_explains_that_it_needs_a_token(tmp_path, monkeypatch):
    """An option that is often advised takes the token away: a sentence, and no server is left."""
    stopped = []
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(present.signal, "signal", lambda *_: None)
    monkeypatch.setattr(present, "_start", lambda *_: "the server")
    monkeypatch.setattr(present, "_address", lambda *_: ("http://127.0.0.1:8888", ""))
    monkeypatch.setattr(present, "_stop", stopped.append)
    with pytest.raises(Problem, match="needs a token"):
        present.present(["01", "--ServerApp.token="])
    assert stopped == ["the server"]


@pytest.mark.parametrize("arguments", [[], ["--no-browser"]])
def test_present_asks_for_a_lesson(arguments):
    """Without a lesson one sentence shows how to name one."""
    with pytest.raises(Problem, match="needs a lesson"):
        present.present(arguments)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--plan=7"], "no plan for '7'.* plans it for 45 and 90 minutes"),
        (["02"], "`present` opens one lesson.*cannot place `02`"),
        (["--notebook-dir", "/x"], "copy of the lesson.*leave --notebook-dir /x out"),
        (["--certfile=c.pem"], "without encryption; leave --certfile=c.pem out"),
    ],
)
def test_present_names_the_options_it_cannot_follow(options, words, tmp_path, monkeypatch):
    """One sentence, before anything is started or copied."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    with pytest.raises(Problem, match=words):
        present.present(["01", *options])
    assert list(tmp_path.iterdir()) == []


def test_present_says_in_jupyterlabs_words_why_it_did_not_start(tmp_path, monkeypatch):
    """The reason stands in the sentence, not only in a log file."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    with pytest.raises(Problem, match=r"did not start.*'port' trait .* not the str 'abc'"):
        present.present(["01", "--port", "abc"])


def test_a_presentation_is_staged_in_a_copy_of_its_own(tmp_path):
    """The course's notebook stays as it is; in the copy panel calls are folded."""
    lesson = _workspace.find_lesson("01")
    before = lesson.read_bytes()
    copy = _stage.copy_lesson(lesson, tmp_path / "presenting")
    assert lesson.read_bytes() == before
    staged = nbformat.read(copy, as_version=4)
    folded = [c for c in staged.cells if c.metadata.get("jupyter", {}).get("source_hidden")]
    assert folded
    assert all(map(_slides.is_panel, folded))


@pytest.mark.parametrize("lesson", _workspace.lessons(), ids=lambda path: path.stem)
def test_a_folded_panel_call_is_introduced_by_a_comment(lesson):
    """On a live slide the first line is all that is left of the call: it must say something."""
    notebook = nbformat.read(lesson, as_version=4)
    skipped = {"slide_type": "skip"}
    shown = [c for c in notebook.cells if c.metadata.get("slideshow") != skipped]
    first = [c.source.splitlines()[0] for c in filter(_slides.is_panel, shown)]
    assert [line for line in first if not re.fullmatch(r"# \S.{10,}", line)] == []


def test_the_stage_has_settings_extension_and_notes_of_its_own(tmp_path):
    """JupyterLab finds all of them in folders that go when the talk is over."""
    variables = _stage.furnish(tmp_path, _workspace.find_lesson("01"))
    assert Path(variables["JUPYTER_CONFIG_PATH"]) == tmp_path
    assert Path(variables["JUPYTER_PATH"], "labextensions", "lessons-stored").is_dir()
    extension = tmp_path / "data" / "labextensions" / "lessons-presenter"
    load = json.loads((extension / "package.json").read_text())["jupyterlab"]["_build"]["load"]
    assert (extension / load).is_file()
    assert "<aside" not in (notes := (extension / "static" / "notes.html").read_text("utf-8"))
    assert "<b>" in notes or "<strong>" in notes
    settings = json.loads((tmp_path / "labconfig/default_setting_overrides.json").read_text())
    assert settings["jupyterlab-slideshow:plugin"]["active"] is True
    assert settings["@jupyterlab/apputils-extension:notification"]["doNotDisturbMode"] is True
