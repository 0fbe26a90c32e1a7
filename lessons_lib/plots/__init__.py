"""Pictures: each function draws arrays on a given Axes and says in a sentence what it shows.

The Axes comes first and is required; a notebook or a panel owns the figure. Calling a
function again on the same Axes moves what it drew before, so the same function serves a
static figure and a live panel. Each returns a `Picture` of artists and a sentence.
"""

from lessons_lib.plots._boundary import decision_boundary, logistic_unit, probability
from lessons_lib.plots._diagrams import network, training_loop
from lessons_lib.plots._fit import fitted_curve, linear_unit, loss_map
from lessons_lib.plots._history import learning_curves, scores
from lessons_lib.plots._pen import Pen, Picture

__all__ = [
    "Pen",
    "Picture",
    "decision_boundary",
    "fitted_curve",
    "learning_curves",
    "linear_unit",
    "logistic_unit",
    "loss_map",
    "network",
    "probability",
    "scores",
    "training_loop",
]
