"""The room of lesson 07: its questions, its own pictures and its experiments."""

from lessons_lib.lessons.tuning import habit_pictures, pictures, search_pictures, whose_error
from lessons_lib.lessons.tuning.exercises import lesson

check, hint, solution, ask, reveal, progress = lesson.verbs
