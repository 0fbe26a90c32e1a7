"""The room of lesson 03: its questions, its own pictures and its network."""

from lessons_lib.lessons.backprop import graph_pictures, pictures
from lessons_lib.lessons.backprop._network import (
    EXHIBITS,
    check_backward,
    cross_entropy,
    make_parameters,
    museum_data,
)
from lessons_lib.lessons.backprop.exercises import lesson, museum, yours_or_ours
from lessons_lib.lessons.backprop.graph import NUMBERS, PARAMETERS, as_matrices

check, hint, solution, ask, reveal, progress = lesson.verbs
