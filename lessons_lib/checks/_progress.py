"""Keeps what a learner has answered in one small file of the workspace."""

import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime

from lessons_lib._ground.files import free_name, write_whole
from lessons_lib._ground.folders import workspace
from lessons_lib.checks._blocks import Table, Text
from lessons_lib.checks._feedback import Feedback, Outcome

FILE_NAME = "progress.json"
VERSION = 2  # 1 kept one prediction, the last, and no mistakes
COLUMNS = (
    "id",
    "lesson",
    "question",
    "kind",
    "state",
    "tries",
    "hints",
    "solution_seen",
    "mistakes",
    "predictions",
    "first",
    "last",
)


_DONE = (Outcome.RIGHT.value, "revealed")  # nobody can predict a second time


def read() -> tuple[dict, str]:
    """Read the progress file.

    Returns
    -------
    entries : dict of dict
        From "lesson.id" to what is known of it; empty where there is no file.
    note : str
        Empty, or a sentence for the learner: a damaged file has been set aside, or cannot
        be read.
    """
    try:
        return _load()
    except OSError as error:
        return {}, f"Your progress could not be read: {error.strerror} ({FILE_NAME})."


def update(key: str, change: Callable[[dict], None]) -> str:
    """Change one entry and write the file.

    Parameters
    ----------
    key : str
        "lesson.id", the id that of the question.
    change : callable
        Takes the entry (a dict, empty at first) and changes it.

    Returns
    -------
    str
        Empty, or a sentence for the learner.
    """
    note, failing = "", "read"
    try:
        # A file that is there and cannot be read just now is not replaced by a new one.
        entries, note = _load()
        change(entries.setdefault(key, {}))
        failing = "written"
        _write(entries)
    except OSError as error:
        return (
            f"{note} Your progress is not kept: the workspace cannot be {failing} "
            f"({error.strerror}). The check itself is not affected."
        ).strip()
    return note


def now() -> str:
    """Return the local time to the second, with its offset, as ISO 8601."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def state_of(entry: dict) -> str:
    """Return "right", "not yet", "predicted", "revealed" or "not attempted"."""
    if entry.get("outcome") == Outcome.RIGHT.value:
        return Outcome.RIGHT.value
    if entry.get("revealed"):
        return "revealed"
    if entry.get("predictions"):
        return "predicted"
    return entry.get("outcome", Outcome.NOT_ATTEMPTED.value)


def is_done(entry: dict) -> bool:
    """Whether a question is answered rightly, or a prediction revealed: nothing counts then."""
    return state_of(entry) in _DONE


def rows(lessons: Iterable) -> tuple[list[dict], str]:
    """Return what is known of every question, in the lessons' order.

    Returns
    -------
    rows : list of dict
        With the keys of ``COLUMNS``; ``mistakes`` and ``predictions`` are lists, of the names of
        wrong answers ("" where none was recognised) and of letters.
    note : str
        As of `read`.
    """
    entries, note = read()
    table = []
    for lesson in lessons:
        for question in lesson.questions.values():
            key = f"{lesson.name}.{question.id}"
            entry = entries.get(key, {})
            table.append(
                {
                    "id": key,
                    "lesson": f"{lesson.number}_{lesson.name}",
                    "question": question.name,
                    "kind": question.kind,
                    "state": state_of(entry),
                    "tries": entry.get("tries", 0),
                    "hints": entry.get("hints", 0),
                    "solution_seen": "yes" if entry.get("solution_seen") else "no",
                    "mistakes": entry.get("mistakes", []),
                    "predictions": entry.get("predictions", []),
                    "first": entry.get("first", ""),
                    "last": entry.get("last", ""),
                }
            )
    return table, note


def summary(lessons: Iterable) -> Feedback:
    """Return the progress in some lessons as a table to be shown."""
    lessons = list(lessons)
    table, note = rows(lessons)
    which = f"lesson {lessons[0].number}" if len(lessons) == 1 else "all lessons"
    done = sum(row["state"] in _DONE for row in table)
    columns = ("lesson", "question", "kind", "state", "tries", "hints")
    cells = (tuple(str(row[column]) for column in columns[1:]) for row in table)
    numbers = (row["lesson"].partition("_")[0] for row in table)
    shown = Table(
        columns, tuple((number, *rest) for number, rest in zip(numbers, cells, strict=True))
    )
    blocks = (Text(f"{done} of {len(table)} questions done."), shown)
    return Feedback(which, blocks, label="Progress").with_note(note)


def _load():
    """Return (entries, note) as `read`, or raise OSError."""
    path = workspace() / FILE_NAME
    try:
        return _checked(json.loads(path.read_text(encoding="utf-8"))), ""
    except (FileNotFoundError, NotADirectoryError):
        return {}, ""
    except (ValueError, RecursionError):  # no JSON, no text, or not what this module writes
        return {}, _set_aside(path)


def _checked(stored):
    answers = stored["answers"] if isinstance(stored, dict) and "answers" in stored else None
    if not isinstance(answers, dict) or not all(isinstance(e, dict) for e in answers.values()):
        raise ValueError("not a progress file")
    return {key: _of_this_version(_known_fields(entry)) for key, entry in answers.items()}


_FIELDS = {
    "outcome": str,
    "prediction": str,  # in version 1
    "predictions": list,
    "revealed": bool,
    "tries": int,
    "answers": list,
    "mistakes": list,
    "hints": int,
    "solution_seen": bool,
    "first": str,
    "last": str,
}


def _known_fields(entry):
    for field, kind in _FIELDS.items():
        if field in entry and not isinstance(entry[field], kind):
            raise ValueError(f"{field} is not {kind.__name__}")
        if kind is list and not all(isinstance(item, str) for item in entry.get(field, ())):
            raise ValueError(f"{field} holds more than text")
    return entry


def _of_this_version(entry):
    if "prediction" in entry:
        letter = entry.pop("prediction")
        entry.setdefault("predictions", [letter])
    return entry


def _write(entries):
    folder = workspace()
    folder.mkdir(parents=True, exist_ok=True)
    stored = {"version": VERSION, "answers": entries}
    write_whole(folder / FILE_NAME, json.dumps(stored, indent=1, ensure_ascii=False))


def _set_aside(path):
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    aside = free_name(path.with_name(f"progress-damaged-{stamp}.json"), before_count="-")
    try:
        os.replace(path, aside)
    except OSError as error:
        return f"Your progress file is damaged and could not be set aside ({error.strerror})."
    return (
        f"Your progress file was damaged. It is kept as `{aside.name}` in the workspace, and a "
        "new one is begun."
    )
