"""The command `reset`: a learner's copy set aside, and the course's own in its place."""

import datetime
import os

from lessons_lib._ground import folders
from lessons_lib.commands import _workspace
from lessons_lib.commands._course import Problem

__all__ = ["reset"]


def reset(arguments: list[str]) -> int:
    """Set the copy of one lesson aside, if there is work in it, and bring the course's own."""
    if len(arguments) != 1:
        listed = ", ".join(path.stem for path in _workspace.lessons())
        raise Problem(f"Name one lesson to reset, for example: reset 03. The lessons are {listed}.")
    lesson = _workspace.find_lesson(arguments[0])
    fresh = folders.workspace() / lesson.name
    existed = os.path.lexists(fresh)
    kept = _workspace.set_aside(lesson, datetime.datetime.now())
    if kept is not None:
        print(f"Your copy is kept as {kept}")
    elif existed:
        print("Your copy was as the course had made it, so nothing is set aside.")
    print(f"The course's {lesson.stem} is now {fresh}")
    return 0
