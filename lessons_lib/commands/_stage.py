"""Set a stage for a lesson: a copy of its own, and a JupyterLab of its own around it."""

import importlib.resources
import json
import shutil
from pathlib import Path

import nbformat

from lessons_lib.commands import _course, _plans
from lessons_lib.commands._slides import announced, is_panel, notes_page
from lessons_lib.commands.lab import JUPYTER_CONFIG, JUPYTER_DATA

_EXTENSION = "lessons-presenter"
_OVERRIDES = Path("labconfig", "default_setting_overrides.json")  # where JupyterLab looks for them
_SETTINGS = {  # besides those that `lab` has too
    "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineWrap": True}},
    "jupyterlab-slideshow:plugin": {"active": True},  # the slides start as the page opens
}
NOTES = f"/lab/extensions/{_EXTENSION}/static/notes.html"  # below the server's address


def copy_lesson(lesson: Path, folder: Path, titles: list[str] | None = None) -> Path:
    """Make the presentation's own copy of a lesson.

    Parameters
    ----------
    lesson : Path
        The tracked notebook, which stays as it is.
    folder : Path
        Where the copy goes; an earlier copy is replaced.
    titles : list of str, optional
        The slides of a plan; all by default.

    Returns
    -------
    Path
        The copy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(lesson, as_version=4)
    notebook = announced(notebook if titles is None else _plans.kept(notebook, titles))
    for cell in filter(is_panel, notebook.cells):
        # The call is folded to its first line, so that picture and controls fit the slide.
        cell.metadata["jupyter"] = {"source_hidden": True}
    copy = folder / lesson.name
    nbformat.write(notebook, copy)
    return copy


def furnish(scratch: Path, lesson: Path, timed: bool = False) -> dict[str, str]:
    """Make folders that keep a presentation apart from the user's own JupyterLab.

    Settings, open windows, extensions and the trust database are its own, so nothing is left
    over from the last talk and nothing of this one stays behind.

    Parameters
    ----------
    scratch : Path
        An empty folder.
    lesson : Path
        The notebook whose speaker notes are shown.
    timed : bool
        Whether the notes' clock follows a plan.

    Returns
    -------
    dict of str to str
        The variables by which JupyterLab finds the folders.
    """
    shutil.copytree(JUPYTER_CONFIG, scratch, dirs_exist_ok=True)
    overrides = scratch / _OVERRIDES
    settings = json.loads(overrides.read_text(encoding="utf-8"))
    overrides.write_text(json.dumps({**settings, **_SETTINGS}), encoding="utf-8")
    extension = scratch / "data" / "labextensions" / _EXTENSION
    source = importlib.resources.files("lessons_lib.commands") / "presenter"
    with importlib.resources.as_file(source) as folder:
        shutil.copytree(folder, extension)
    notes = notes_page(nbformat.read(lesson, as_version=4), timed)
    (extension / "static" / "notes.html").write_text(notes, encoding="utf-8")
    return {
        **_course.variables(),
        "JUPYTER_CONFIG_PATH": str(scratch),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_PATH": str(JUPYTER_DATA),  # stored panels are shown as by `lab`
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
    }
