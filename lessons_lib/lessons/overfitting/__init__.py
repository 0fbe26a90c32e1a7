"""The room of lesson 05: its questions and its own pictures."""

from lessons_lib.lessons.overfitting import pictures
from lessons_lib.lessons.overfitting._cases import curves
from lessons_lib.lessons.overfitting.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
