"""The learner's copies of the lessons: made once, never overwritten, never lost."""

import datetime
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lessons_lib._ground import folders
from lessons_lib.commands import _course, _workspace
from lessons_lib.commands import lab as lab_module
from lessons_lib.commands.reset import reset

REPOSITORY = Path(__file__).parents[2]
NOW = datetime.datetime(2026, 3, 4, 5, 6, 7)
NAMES = ["01_neuron.ipynb", "02_activations.ipynb", "03_backprop.ipynb"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of three lessons and an empty workspace; returns both folders."""
    notebooks, copies = tmp_path / "notebooks", tmp_path / "copies"
    (notebooks / ".ipynb_checkpoints").mkdir(parents=True)
    (notebooks / ".ipynb_checkpoints" / "01_neuron-checkpoint.ipynb").write_text("draft")
    for name in NAMES:
        (notebooks / name).write_text(f"first {name}")
    monkeypatch.setattr(folders, "REPOSITORY", tmp_path)
    monkeypatch.setenv("LESSONS_WORKSPACE", str(copies))
    return notebooks, copies


def written(notes="Say hello.", shows="1", tag="answers:which"):
    """Return a notebook with speaker notes, and a cell of that tag that shows something."""
    output = {"output_type": "stream", "name": "stdout", "text": ["1"]}
    code = {"cell_type": "code", "execution_count": 1, "outputs": [output], "source": "print(1)"}
    answer = {**code, "outputs": [{**output, "text": [shows]}]}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Title ü"},
        {"cell_type": "markdown", "metadata": {"slideshow": {"slide_type": "notes"}}},
        {**answer, "metadata": {"tags": ["nbval-ignore-output", tag]}},
        {**code, "metadata": {"slideshow": {"slide_type": "slide"}}},
    ]
    cells[1]["source"] = notes
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def visible(folder):
    """Return the names of what a learner sees in a folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_first_use_copies_every_lesson(course):
    """The workspace holds the lessons, even one that is no notebook, and nothing else."""
    notebooks, copies = course
    assert _workspace.make_copies() == []
    assert visible(copies) == NAMES
    for name in NAMES:
        assert (copies / name).read_bytes() == (notebooks / name).read_bytes()


def test_the_notebook_that_was_saved_last_is_one_that_was_worked_on(course):
    """Copies are made one after another, and no work: a learner's own notebook counts."""
    _, copies = course
    _workspace.make_copies()
    assert _workspace.saved_last() is None
    for moment, name in enumerate([NAMES[1], "mine.ipynb"]):
        (copies / name).write_text("my work")
        os.utime(copies / name, (moment, moment))  # earlier than the copies
        assert _workspace.saved_last() == name


def test_a_copy_has_no_speaker_notes_and_no_answers(course):
    """Notes go, and what a cell tagged `answers:` shows; all else is as in the course's own."""
    notebooks, copies = course
    (notebooks / NAMES[0]).write_text(written())
    _workspace.make_copies()
    title, answer, other = json.loads((copies / NAMES[0]).read_text("utf-8"))["cells"]
    first, _, before, last = json.loads(written())["cells"]
    assert (title, other) == (first, last)
    assert answer == {**before, "outputs": [], "execution_count": None}


def test_what_learners_do_not_get_makes_no_newer_version(course):
    """Other notes, or another answer, bring no notice; another tag does."""
    notebooks, copies = course
    (notebooks / NAMES[0]).write_text(written())
    _workspace.make_copies()
    (copies / NAMES[0]).write_text("my work")
    (notebooks / NAMES[0]).write_text(written(notes="Say more.", shows="2"))
    assert _workspace.make_copies() == []
    (notebooks / NAMES[0]).write_text(written(tag="question:which"))
    assert len(_workspace.make_copies()) == 1


@pytest.mark.parametrize("work", [None, "my work"])
def test_copies_of_former_versions_are_known(course, work):
    """They were whole: no notice before the lesson changes, and one without work is replaced."""
    notebooks, copies = course
    (notebooks / NAMES[0]).write_text(written())
    copies.mkdir()
    (copies / NAMES[0]).write_text(work or written())
    digest = hashlib.sha256(written().encode()).hexdigest()
    (copies / ".origins.json").write_text(json.dumps({NAMES[0]: digest}))
    assert _workspace.make_copies() == []
    (notebooks / NAMES[0]).write_text(written(tag="question:which"))
    assert len(_workspace.make_copies()) == 1
    kept = _workspace.set_aside(notebooks / NAMES[0], NOW)
    assert (kept and kept.read_text()) == work
    assert "Say hello." not in (copies / NAMES[0]).read_text()


def test_nothing_half_written_is_left(course):
    """After copying there is no temporary file in the workspace."""
    _workspace.make_copies()
    assert {path.name for path in course[1].iterdir()} == {*NAMES, ".origins.json"}


def test_a_learners_work_is_never_overwritten(course):
    """A copy stays as the learner left it, however often `lab` starts or the course changes."""
    notebooks, copies = course
    _workspace.make_copies()
    (copies / NAMES[0]).write_text("my work")
    (notebooks / NAMES[0]).write_text("second")
    for _ in range(3):
        _workspace.make_copies()
    assert (copies / NAMES[0]).read_text() == "my work"


def test_a_copy_that_appears_meanwhile_is_not_overwritten(course, monkeypatch):
    """Two starts at once: the one that comes second leaves the first one's file alone."""
    copies = course[1]
    copies.mkdir()
    (copies / NAMES[0]).write_text("my work")
    assert _workspace._put(b"new", copies / NAMES[0]) is False
    assert (copies / NAMES[0]).read_text() == "my work"


def test_file_systems_without_hard_links_get_copies_too(course, monkeypatch):
    """Where links are refused, the copy is made another way and still never overwrites."""

    def refused(*arguments):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refused)
    _workspace.make_copies()
    assert visible(course[1]) == NAMES
    assert _workspace._put(b"new", course[1] / NAMES[0]) is False


def test_a_new_lesson_appears(course):
    """A lesson that an update brings is copied beside the learner's others."""
    notebooks, copies = course
    _workspace.make_copies()
    (notebooks / "04_optimizers.ipynb").write_text("new")
    _workspace.make_copies()
    assert (copies / "04_optimizers.ipynb").read_text() == "new"


def test_a_newer_lesson_is_told_once_per_start_with_the_command(course):
    """The notice names the lesson that changed, and no other, and how to get it."""
    notebooks, _ = course
    _workspace.make_copies()
    (notebooks / NAMES[2]).write_text("second")
    for _ in range(2):
        (notice,) = _workspace.make_copies()
        assert "Lesson 03_backprop has a newer version" in notice
        assert notice.endswith("python3 -m lessons_lib reset 03")


def test_a_learners_edit_alone_is_no_newer_version(course):
    """Editing one's copy brings no notice: the course's own has not changed."""
    _workspace.make_copies()
    (course[1] / NAMES[2]).write_text("my work")
    assert _workspace.make_copies() == []


def test_a_copy_equal_to_the_newest_is_no_older_version(course):
    """A learner who brought the new version by hand is not told to get it."""
    copies = course[1]
    _workspace.make_copies()
    for folder in course:
        (folder / NAMES[0]).write_text("second")
    assert _workspace.make_copies() == []
    (copies / NAMES[0]).write_text("my work on the second")
    assert _workspace.make_copies() == []


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_damaged_record_of_origins_is_survived(course, content):
    """Without its record the workspace still opens, and the record is made anew."""
    _workspace.make_copies()
    (course[1] / ".origins.json").write_text(content)
    assert _workspace.make_copies() == []
    assert json.loads((course[1] / ".origins.json").read_text()).keys() == set(NAMES)


@pytest.mark.parametrize(
    "typed",
    [
        *("03", "3", " 3", "\N{FULLWIDTH DIGIT THREE}", "03_backprop", "03_backprop.ipynb"),
        *("backprop", "BACKPROP.IPYNB", "workspace/03_Backprop"),
    ],
)
def test_a_lesson_is_found_under_every_name(course, typed):
    """The number, the name, or both lead to the same lesson."""
    assert _workspace.find_lesson(typed).name == "03_backprop.ipynb"


@pytest.mark.parametrize("typed", ["9", "30", "back", ""])
def test_an_unknown_lesson_lists_the_known(course, typed):
    """What is no lesson gets a sentence that lists those there are."""
    with pytest.raises(_course.Problem, match="01_neuron, 02_activations, 03_backprop"):
        _workspace.find_lesson(typed)


def test_a_course_without_lessons_is_told_plainly(course):
    """An incomplete download gets a sentence, not an empty JupyterLab."""
    for path in course[0].glob("*.ipynb"):
        path.unlink()
    with pytest.raises(_course.Problem, match="There are no lessons in"):
        lab_module.lab([])


def test_reset_keeps_the_old_copy_under_a_dated_name(course, capsys):
    """The learner's work moves aside under today's date, and the course's lesson comes."""
    notebooks, copies = course
    _workspace.make_copies()
    (copies / NAMES[2]).write_text("my work")
    (notebooks / NAMES[2]).write_text("second")
    assert reset(["3"]) == 0
    (kept,) = set(visible(copies)) - set(NAMES)
    assert kept.startswith(f"03_backprop_{datetime.date.today():%Y-}")
    assert (copies / kept).read_text() == "my work"
    assert (copies / NAMES[2]).read_text() == "second"
    assert kept in capsys.readouterr().out


def test_after_a_reset_the_notice_is_gone(course):
    """A lesson that was brought anew counts as the newest."""
    notebooks, copies = course
    _workspace.make_copies()
    (notebooks / NAMES[2]).write_text("second")
    _workspace.set_aside(notebooks / NAMES[2], NOW)
    (copies / NAMES[2]).write_text("my work on the second")
    assert _workspace.make_copies() == []


def test_two_resets_in_one_second_keep_both_copies(course):
    """A dated name that is taken is counted up, so that nothing is lost."""
    notebooks, copies = course
    _workspace.make_copies()
    kept = []
    for work in ("first work", "second work", "third work"):
        (copies / NAMES[0]).write_text(work)
        kept.append(_workspace.set_aside(notebooks / NAMES[0], NOW))
    assert [path.name for path in kept] == [
        "01_neuron_2026-03-04_050607.ipynb",
        "01_neuron_2026-03-04_050607_2.ipynb",
        "01_neuron_2026-03-04_050607_3.ipynb",
    ]
    assert [path.read_text() for path in kept] == ["first work", "second work", "third work"]


@pytest.mark.parametrize("course_changes", [False, True])
def test_reset_sets_no_untouched_copy_aside(course, capsys, course_changes):
    """A copy without work in it is replaced, however often, also by a newer lesson."""
    notebooks, copies = course
    _workspace.make_copies()
    if course_changes:
        (notebooks / NAMES[2]).write_text("second")
    for _ in range(2):
        assert reset(["03"]) == 0
        assert "nothing is set aside" in capsys.readouterr().out
    assert visible(copies) == NAMES
    assert (copies / NAMES[2]).read_bytes() == (notebooks / NAMES[2]).read_bytes()


def test_reset_without_a_copy_brings_the_lesson(course):
    """Where there is nothing to set aside, the lesson comes and nothing else."""
    notebooks, copies = course
    assert _workspace.set_aside(notebooks / NAMES[1], NOW) is None
    assert visible(copies) == [NAMES[1]]


def test_a_full_disk_during_a_reset_leaves_the_work_in_its_place(course, monkeypatch):
    """When the new lesson cannot be written, the old copy has not moved."""
    notebooks, copies = course
    _workspace.make_copies()
    (copies / NAMES[0]).write_text("my work")

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_workspace.files, "written_beside", full)
    with pytest.raises(_course.Problem, match="No space left on device"):
        _workspace.set_aside(notebooks / NAMES[0], NOW)
    assert (copies / NAMES[0]).read_text() == "my work"


def test_reset_wants_one_lesson(course):
    """Without a lesson, or with two, the sentence shows how it is done."""
    for arguments in ([], ["01", "02"]):
        with pytest.raises(_course.Problem, match="for example: reset 03"):
            reset(arguments)


def test_a_workspace_that_cannot_be_written_gets_one_sentence(tmp_path):
    """The real command names the folder and the way out, and fails."""
    (tmp_path / "file").touch()
    if not list((REPOSITORY / "notebooks").glob("*.ipynb")):
        pytest.skip("the course has no lesson yet")
    done = subprocess.run(
        [sys.executable, "-m", "lessons_lib", "reset", "01"],
        cwd=REPOSITORY,
        env={**os.environ, "LESSONS_WORKSPACE": str(tmp_path / "file" / "copies")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "nothing can be written there" in done.stderr
    assert "LESSONS_WORKSPACE" in done.stderr


@pytest.mark.parametrize("command", [reset, lab_module.lab])
def test_a_file_in_the_place_of_the_workspace_is_named_as_such(course, command):
    """The sentence says that a file is there, and the file stays."""
    course[1].write_text("my file")
    with pytest.raises(_course.Problem, match="there is a file of that name; rename the file"):
        command(["01"])
    assert course[1].read_text() == "my file"


def test_a_lesson_that_the_course_cannot_give_is_not_blamed_on_the_workspace(course):
    """An unreadable notebook of the course's is named; a folder stands for it."""
    (course[0] / NAMES[0]).unlink()
    (course[0] / NAMES[0]).mkdir()
    with pytest.raises(_course.Problem, match=r"The course's own .*01_neuron.ipynb cannot be"):
        reset(["01"])


class Started(Exception):
    """What `lab` would have started."""


@pytest.fixture
def start(course, monkeypatch):
    """Run `lab` up to the moment at which JupyterLab would take over; return its command."""

    def started(command, variables, folder):
        raise Started(command)

    monkeypatch.setattr(_course, "replace_process", started)

    def lab(*arguments):
        with pytest.raises(Started) as caught:
            lab_module.lab(list(arguments))
        return caught.value.args[0]

    return lab


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [
        ([], "01_neuron.ipynb"),
        (["03"], "03_backprop.ipynb"),
        (["activations", "--port", "9"], "02_activations.ipynb"),
        (["--port", "9"], "01_neuron.ipynb"),
    ],
)
def test_lab_opens_the_lesson_asked_for(start, arguments, opened):
    """The first argument names a lesson, unless it is an option."""
    assert f"--LabApp.default_url=/lab/tree/{opened}" in start(*arguments)


def test_lab_opens_the_first_lesson_and_not_the_playground(start, course):
    """Without a lesson named, a newcomer begins with 01."""
    (course[0] / "00_playground.ipynb").write_text("first")
    assert "--LabApp.default_url=/lab/tree/01_neuron.ipynb" in start()


def test_lab_opens_a_copy_that_was_set_aside(start, course):
    """A learner's own notebook in the workspace opens under its file name."""
    course[1].mkdir()
    (course[1] / "mine.ipynb").write_text("{}")
    assert "--LabApp.default_url=/lab/tree/mine.ipynb" in start("mine.ipynb")


def test_lab_does_not_pass_the_lesson_on(start):
    """JupyterLab gets its own options only; a stray `03` would be a port to it."""
    assert start("03", "--port", "9")[-2:] == ["--port", "9"]
    assert "03" not in start("03")


def test_lab_makes_the_copies_and_prints_the_notices(start, course, capsys):
    """`lab` itself fills the workspace and says which lesson is newer."""
    start()
    (course[0] / NAMES[1]).write_text("second")
    start()
    assert visible(course[1]) == NAMES
    assert "Lesson 02_activations has a newer version" in capsys.readouterr().out


WHOLE = '{"cells": []}'


@pytest.mark.parametrize("damage", ["", '{"cells": [', "[]", "my work", "{}"])
def test_lab_tells_of_a_damaged_copy_and_leaves_it(start, course, capsys, damage):
    """A copy that is not a complete notebook is named, with the command that keeps it aside."""
    for name in NAMES:
        (course[0] / name).write_text(WHOLE)
    start()
    (course[1] / NAMES[2]).write_text(damage)
    start("03")
    (notice,) = capsys.readouterr().out.splitlines()
    assert notice.startswith("Your copy of lesson 03_backprop is not a complete notebook")
    assert notice.endswith("python3 -m lessons_lib reset 03")
    assert (course[1] / NAMES[2]).read_text() == damage


def test_one_unreadable_copy_does_not_keep_the_others_closed(start, course):
    """`lab` opens another lesson though a folder lies in the place of this one's copy."""
    (course[1] / NAMES[2]).mkdir(parents=True)
    assert "--LabApp.default_url=/lab/tree/02_activations.ipynb" in start("02")
    assert (course[1] / NAMES[2]).is_dir()


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_that_leads_nowhere_is_set_aside_like_a_copy(course):
    """A copy that is a link to a drive that is away is kept under the dated name."""
    notebooks, copies = course
    copies.mkdir()
    (copies / NAMES[0]).symlink_to("away")
    assert _workspace.damaged_copies() == [notebooks / NAMES[0]]
    kept = _workspace.set_aside(notebooks / NAMES[0], NOW)
    assert os.readlink(kept) == "away"
    assert not (copies / NAMES[0]).is_symlink()


@pytest.mark.parametrize(
    "typed",
    [("01", "02"), ("--no-browser", "03"), ("01", "--port=9", "02"), ("01", "-y", "9", "2")],
)
def test_a_second_lesson_or_one_behind_the_options_is_refused(course, typed):
    """JupyterLab would take it for a file; nothing is copied."""
    with pytest.raises(_course.Problem, match=f"cannot place `{typed[-1]}`; for example: lab"):
        lab_module.lab(list(typed))
    assert not course[1].exists()


def test_an_unknown_lesson_makes_no_copies(course):
    """A mistake in the lesson's name is told before anything is written."""
    with pytest.raises(_course.Problem, match="There is no lesson `9`"):
        lab_module.lab(["9"])
    assert not course[1].exists()
