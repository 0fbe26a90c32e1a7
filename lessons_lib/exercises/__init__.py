"""The questions of each lesson, one module per lesson, named by the lesson's word."""

import importlib
import pkgutil


def lessons():
    """Return the questions of all lessons.

    Returns
    -------
    list of lessons_lib.checks.Lesson
        In the order of their numbers; every module of this package has one, named ``lesson``.
    """
    names = (info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return sorted((module.lesson for module in modules), key=lambda lesson: lesson.number)
