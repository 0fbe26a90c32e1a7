"""Pictures: each function draws arrays on a given Axes and says in a sentence what it shows.

The Axes comes first and is required; a notebook or a panel owns the figure. Calling a
function again on the same Axes moves what it drew before, so the same function serves a
static figure and a live panel. Each returns a `Picture` of artists and a sentence.
"""

from lessons_lib.plots._boundary import decision_boundary
from lessons_lib.plots._diagrams import network
from lessons_lib.plots._fit import fitted_curve, loss_map
from lessons_lib.plots._history import learning_curves
from lessons_lib.plots._pen import Pen, Picture
from lessons_lib.plots._race import race_heights, race_map
from lessons_lib.plots._regions import class_regions, value_map
from lessons_lib.plots._tables import image_row
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
    "image_row",
    "learning_curves",
    "loss_map",
    "network",
    "race_heights",
    "race_map",
    "training_curves",
    "value_map",
    "weight_histograms",
]
