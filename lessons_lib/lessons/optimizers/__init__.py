"""The room of lesson 04: its questions and its own pictures."""

from lessons_lib.lessons.optimizers import pictures
from lessons_lib.lessons.optimizers.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
