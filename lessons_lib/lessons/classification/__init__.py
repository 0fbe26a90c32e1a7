"""The room of lesson 06: its questions, its own pictures and its experiments."""

from lessons_lib.lessons.classification import experiments, pictures
from lessons_lib.lessons.classification.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
