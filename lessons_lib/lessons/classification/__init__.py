"""The room of lesson 06: its questions and the pictures that only it shows."""

from lessons_lib.lessons.classification import pictures
from lessons_lib.lessons.classification.exercises import (
    ask,
    check,
    hint,
    lesson,
    progress,
    reveal,
    solution,
)

__all__ = ["ask", "check", "hint", "lesson", "pictures", "progress", "reveal", "solution"]
