"""Slides: how cells become slides, and what the commands say to a wrong word."""

import base64
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons_lib.commands import _deck, slides
from lessons_lib.commands.environment import Problem

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
    stacks = _deck.slides(lesson)
    assert [[slide.title for slide in stack] for stack in stacks] == [["Title", "Below"], ["Right"]]


def test_a_slide_that_begins_with_code_goes_on_with_title_and_notes(lesson):
    """Speaker notes reach over to a picture that has a slide of its own."""
    picture = cell("code", "plot()", "subslide")
    lesson.cells.insert(2, picture)
    first, second = _deck.slides(lesson)[0][:2]
    assert (second.title, second.notes) == (first.title, first.notes)
    assert second.parts != first.parts


def test_skipped_cells_are_not_shown(lesson):
    """A cell of the type skip leaves nothing."""
    assert "kept from the slides" not in _deck.render(lesson)


def test_notes_are_unfolded_for_the_speaker(lesson):
    """Notes lose their fold and stand in the notes, not on the slide."""
    first = _deck.slides(lesson)[0][0]
    assert "Say <strong>hello</strong>." in first.notes
    assert "details" not in first.notes
    assert "hello" not in "".join(first.parts)


def test_formulas_become_mathml(lesson):
    """No TeX is left for a script to render."""
    text = "".join(_deck.slides(lesson)[0][0].parts)
    assert "<math" in text
    assert "$" not in text


def test_a_panel_shows_its_picture_and_sentence_without_its_call(lesson):
    """The picture's alternative text is the panel's sentence."""
    text = "".join(_deck.slides(lesson)[0][1].parts)
    assert 'alt="It rises."' in text
    assert "explore" not in text


def test_a_figure_is_described_by_what_its_cell_printed(lesson):
    """A figure's alternative text is the sentence printed beside it, escaped."""
    text = "".join(_deck.slides(lesson)[1][0].parts)
    assert 'alt="Loss falls &amp; stops."' in text


def test_a_picture_that_cannot_be_read_is_refused(lesson):
    """A damaged notebook gives an error and not a blank picture."""
    lesson.cells[4].outputs[0].data["image/png"] = "not base64!"
    with pytest.raises(ValueError, match=r"."):
        _deck.slides(lesson)


def test_the_file_asks_for_nothing(lesson):
    """No address of another file is loaded: all styles, scripts and pictures are inside."""
    page = re.sub(r"(?s)(<script>).*?(</script>)", r"\1\2", _deck.render(lesson))
    assert not re.search(r"<(script|img|iframe)[^>]+src=\"(?!data:)|<link[^>]+href|@import", page)
    assert "sourceMappingURL" not in page


def test_the_notes_page_lists_every_slide(lesson):
    """The page for the second screen has each slide's title and its notes."""
    page = _deck.notes_page(lesson)
    assert all(title in page for title in ("Title", "Below", "Right", "hello"))


def test_deck_writes_the_file_that_is_asked_for(tmp_path, capsys):
    """--out names the file; its size is told."""
    target = tmp_path / "new folder" / "talk.html"
    assert slides.deck(["1", f"--out={target}"]) == 0
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert str(target) in capsys.readouterr().out


def test_deck_without_a_lesson_writes_all(tmp_path):
    """Every lesson becomes a file of its own in the folder of --out."""
    slides.deck(["--out", str(tmp_path)])
    made = {path.stem for path in tmp_path.iterdir()}
    assert made == {path.stem for path in slides.workspace.lessons()}
    assert all(path.stat().st_size < 10e6 for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["99"], "no lesson"),
        (["01", "--fast"], "does not know"),
        (["01", "02"], "does not know"),
        (["01", "--out"], "needs the name"),
    ],
)
def test_deck_explains_a_wrong_word(arguments, words):
    """One sentence for an unknown lesson or option."""
    with pytest.raises(Problem, match=words):
        slides.deck(arguments)


def test_deck_explains_a_place_that_cannot_be_written(tmp_path):
    """A file where a folder belongs is explained."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="cannot be written"):
        slides.deck(["01", "--out", str(tmp_path / "file" / "talk.html")])


@pytest.mark.parametrize("arguments", [[], ["--no-browser"]])
def test_present_asks_for_a_lesson(arguments):
    """Without a lesson one sentence shows how to name one."""
    with pytest.raises(Problem, match="needs a lesson"):
        slides.present(arguments)


def test_a_presentation_is_staged_in_a_copy_of_its_own(tmp_path):
    """The course's notebook stays as it is; the copy has large type and folded panel calls."""
    lesson = slides.workspace.find_lesson("01")
    before = lesson.read_bytes()
    copy, notes = slides._stage(lesson, tmp_path / "presenting")
    assert lesson.read_bytes() == before
    staged = nbformat.read(copy, as_version=4)
    folded = [c for c in staged.cells if c.metadata.get("jupyter", {}).get("source_hidden")]
    assert folded
    assert all(map(_deck.is_panel, folded))
    assert "26px" in str(staged.metadata["@deathbeds/jupyterlab-fonts"])
    assert notes.exists()
