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
from lessons_lib.plots._regions import class_regions, value_map
from lessons_lib.plots._training import training_curves
from lessons_lib.plots._units import hidden_units
from lessons_lib.plots._weights import gradient_norms, weight_histograms

__all__ = [
    "Pen",
    "Picture",
    "class_regions",
    "decision_boundary",
    "fitted_curve",
    "gradient_norms",
    "hidden_units",
    "learning_curves",
    "linear_unit",
    "logistic_unit",
    "loss_map",
    "network",
    "probability",
    "scores",
    "training_curves",
    "training_loop",
    "value_map",
    "weight_histograms",
]
