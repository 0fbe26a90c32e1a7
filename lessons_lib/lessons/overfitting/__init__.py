"""The room of lesson 05: its questions and the pictures that only it shows."""

from lessons_lib.lessons.overfitting import pictures
from lessons_lib.lessons.overfitting.exercises import (
    ask,
    check,
    curves,
    hint,
    lesson,
    progress,
    reveal,
    solution,
)

__all__ = ["ask", "check", "curves", "hint", "lesson", "pictures", "progress", "reveal", "solution"]
