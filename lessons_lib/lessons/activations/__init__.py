"""The room of lesson 02: its questions and its own pictures."""

from lessons_lib.lessons.activations import pictures
from lessons_lib.lessons.activations.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
