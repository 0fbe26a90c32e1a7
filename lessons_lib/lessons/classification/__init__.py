"""The room of lesson 06: its questions and its own pictures."""

from lessons_lib.lessons.classification import pictures
from lessons_lib.lessons.classification.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
