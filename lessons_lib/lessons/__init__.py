"""The lessons' rooms: what only one lesson asks and shows, each named by the lesson's word."""

import importlib
import pkgutil

from lessons_lib.checks import Lesson


def lessons() -> list[Lesson]:
    """Return the questions of all lessons.

    Returns
    -------
    list of lessons_lib.checks.Lesson
        In the order of their numbers; every room has one, named ``lesson``.
    """
    names = (info.name for info in pkgutil.iter_modules(__path__))
    rooms = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return sorted((room.lesson for room in rooms), key=lambda lesson: lesson.number)
