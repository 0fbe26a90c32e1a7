"""The room of lesson 09: a project of one's own, from a table to a run card."""

from lessons_lib.lessons.project import pictures
from lessons_lib.lessons.project.card import write_card
from lessons_lib.lessons.project.exercises import columns_to_leave_out, go_on, lesson
from lessons_lib.lessons.project.practice import leak_experiment, practice_file
from lessons_lib.lessons.project.record import Project

check, hint, solution, ask, reveal, progress = lesson.verbs
