"""The room of lesson 08: its questions, its own pictures and its experiments."""

from lessons_lib.lessons.beyond.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
