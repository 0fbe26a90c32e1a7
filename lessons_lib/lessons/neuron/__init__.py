"""The room of lesson 01: its questions and the pictures that only it shows."""

from lessons_lib.lessons.neuron import pictures
from lessons_lib.lessons.neuron.exercises import (
    ask,
    check,
    hint,
    lesson,
    progress,
    reveal,
    solution,
)

__all__ = ["ask", "check", "hint", "lesson", "pictures", "progress", "reveal", "solution"]
