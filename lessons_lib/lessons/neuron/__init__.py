"""The room of lesson 01: its questions and its own pictures."""

from lessons_lib.lessons.neuron import pictures
from lessons_lib.lessons.neuron.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
