"""Build the lessons: text in ``notebooks/src`` becomes executed notebooks in ``notebooks``.

    python notebooks/build.py            # every lesson whose text has changed
    python notebooks/build.py 01 04      # these lessons
    python notebooks/build.py --text     # bring new prose into the notebooks, run nothing
    python notebooks/build.py --check    # say which are out of step, build nothing

Each lesson is executed from top to bottom in a fresh kernel, with a scratch workspace, so
that no exercise counts as solved. The measured running time is written into the sentence
of the lesson that states it.

What a question asks stands in its lesson's ``exercises.py`` alone. A text cell with the tag
``question:mae`` holds ``{question}`` where the text of `mae` belongs, and a code cell with the
tag ``exercise:mae`` is empty: what learners find in it, the question's starter, is put there.
A code cell further down whose output answers the question has the tag ``answers:mae``; its
output is stored here, and left out of a learner's copy.
"""

import argparse
import base64
import hashlib
import importlib
import io
import itertools
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).parent
SHARED_DATA = NOTEBOOKS.parent.parent / "shared" / "data"
RUNNING_TIME = re.compile(r"All cells together run in about \d+ seconds")
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def read_source(source: Path) -> nbformat.NotebookNode:
    """Return the lesson as the notebook it will become, without outputs."""
    notebook = jupytext.read(source)
    notebook.metadata.pop("jupytext", None)
    notebook.metadata.update(METADATA)
    seen: dict[str, int] = {}
    _put_questions(source, notebook.cells)
    for cell in notebook.cells:
        # Ids made from the text stay the same from build to build, so diffs stay small.
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell["id"] = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def _put_questions(source: Path, cells: list) -> None:
    """Put the questions' texts and starters into the cells that are tagged for them."""
    for cell in cells:
        for tag in cell.metadata.get("tags", []):
            part, _, name = tag.partition(":")
            if part not in ("question", "exercise"):
                continue
            holds = cell.source
            room = importlib.import_module(f"lessons_lib.lessons.{source.stem[3:]}")
            question = room.lesson.questions[name]
            if part == "question" and holds.count("{question}") == 1:
                cell.source = holds.replace("{question}", question.text)
            elif part == "exercise" and not holds:
                cell.source = question.starter_cell
            else:
                raise ValueError(
                    f"{source.name}: the cell tagged {tag} must "
                    + ("hold {question} once" if part == "question" else "be empty")
                    + f"; what {name} says stands in lessons_lib/lessons/{source.stem[3:]}"
                    f"/exercises.py. It holds: {holds[:60]!r}"
                )


def in_step(source: Path) -> bool:
    """Tell whether the notebook has the same cells as its text, and has been executed."""
    target = NOTEBOOKS / f"{source.stem}.ipynb"
    if not target.exists():
        return False
    made = nbformat.read(target, as_version=4)
    wanted = read_source(source)
    same = [(c.cell_type, c.source, c.metadata) for c in made.cells] == [
        (c.cell_type, c.source, c.metadata) for c in wanted.cells
    ]
    code = [cell for cell in made.cells if cell.cell_type == "code" and cell.source.strip()]
    return same and all(cell.execution_count for cell in code)


def build(source: Path) -> float:
    """Execute one lesson, write the notebook, and return the seconds it took."""
    notebook = read_source(source)
    with tempfile.TemporaryDirectory() as scratch:
        variables = {**os.environ, "LESSONS_WORKSPACE": scratch}
        if SHARED_DATA.exists() and "LESSONS_DATA_DIR" not in variables:
            variables["LESSONS_DATA_DIR"] = str(_copy_of(SHARED_DATA, scratch))
        client = NotebookClient(
            notebook,
            timeout=300,
            record_timing=False,
            store_widget_state=False,  # stored state hides the stored pictures on a web page
            resources={"metadata": {"path": str(NOTEBOOKS)}},
        )
        start = time.perf_counter()
        client.execute(env=variables)
        seconds = time.perf_counter() - start
    _state_running_time(source, notebook, seconds)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = _smaller(output.data["image/png"])
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    nbformat.write(notebook, NOTEBOOKS / f"{source.stem}.ipynb")
    return seconds


def put_text(source: Path) -> str:
    """Bring prose, tags and metadata into the notebook; its outputs stay.

    Returns
    -------
    str
        Which code cell differs, so that the notebook must be built; empty if none does.
    """
    target = NOTEBOOKS / f"{source.stem}.ipynb"
    if not target.exists():
        return "there is no notebook yet: build this lesson"
    made, wanted = nbformat.read(target, as_version=4), read_source(source)
    old, new = ([c for c in nb.cells if c.cell_type == "code"] for nb in (made, wanted))
    for number, (before, now) in enumerate(itertools.zip_longest(old, new), start=1):
        if before is None or now is None or before.source != now.source:
            first = (now or before).source.split("\n")[0]
            return f"code cell {number} (`{first}`) has changed: build this lesson"
        now.outputs, now.execution_count = before.outputs, before.execution_count
    wanted.metadata = made.metadata
    nbformat.write(wanted, target)
    return ""


def _smaller(encoded: str) -> str:
    """Return a picture in 256 colours: half the size or less, and no difference to the eye."""
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    stream = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _copy_of(folder: Path, scratch: str) -> Path:
    """Return a writable folder with the data files of ``folder``."""
    data = Path(scratch, "data")
    data.mkdir()
    for file in folder.glob("*.csv"):
        (data / file.name).write_bytes(file.read_bytes())
    return data


def _state_running_time(source: Path, notebook, seconds: float) -> None:
    """Put the measured time, rounded up to five seconds, where the lesson states it."""
    rounded = 5 * int(-(-seconds // 5))
    statement = f"All cells together run in about {rounded} seconds"
    source.write_text(RUNNING_TIME.sub(statement, source.read_text("utf-8")), "utf-8")
    for cell, fresh in zip(notebook.cells, read_source(source).cells, strict=True):
        cell.source, cell["id"] = fresh.source, fresh["id"]


def main() -> int:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, such as 01")
    parser.add_argument("--check", action="store_true", help="only say what is out of step")
    parser.add_argument("--text", action="store_true", help="bring new prose in, run nothing")
    options = parser.parse_args()
    known = {path.stem[:2]: path for path in sorted((NOTEBOOKS / "src").glob("[0-9]*.py"))}
    if unknown := set(options.lessons) - set(known):
        parser.error(f"there is no lesson {min(unknown)}; the lessons are {', '.join(known)}")
    sources = [known[number] for number in options.lessons or known]
    if options.check or not options.lessons:
        sources = [source for source in sources if not in_step(source)]
    failed = False
    for source in sources:
        if options.check:
            said, failed = "the notebook is out of step with its text", True
        elif options.text:
            said = put_text(source)
            failed = failed or bool(said)
            said = said or "its text is in the notebook"
        else:
            said = f"executed in {build(source):.1f} s"
        print(f"{source.stem}: {said}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
