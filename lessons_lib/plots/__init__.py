"""Pictures: each function draws arrays on a given Axes and says in a sentence what it shows.

All picture functions, here and in the lessons' rooms, keep one contract, stated here once:

- ``ax``, a `matplotlib.axes.Axes`, comes first and is required: a notebook or a panel owns
  the figure.
- The function states its whole picture through `Pen`. Called again on the same Axes it moves
  what it drew before, so it serves a static figure, a slider and a live panel alike.
- It returns a `Picture`: what it drew, and a sentence that says what is seen.

So their docstrings tell what is drawn and what the sentence says, and describe the data.
"""

from lessons_lib.plots._diagrams import image_row, network, network_graph
from lessons_lib.plots._fit import fitted_curve, loss_map, span
from lessons_lib.plots._look import (
    BLACK,
    BLUE,
    DIVERGING,
    GREEN,
    GREY,
    LINESTYLES,
    MARKERS,
    ORANGE,
    PALETTE,
    PURPLE,
    SKY,
    VERMILLION,
    series,
)
from lessons_lib.plots._pen import Axes, Pen, Picture
from lessons_lib.plots._plane import (
    class_points,
    class_regions,
    decision_boundary,
    plane,
    value_map,
)
from lessons_lib.plots._race import race_heights, race_map
from lessons_lib.plots._training import learning_curves, nice_ceiling, training_curves
from lessons_lib.plots._units import hidden_units
from lessons_lib.plots._weights import gradient_norms, weight_histograms

__all__ = [
    "BLACK",
    "BLUE",
    "DIVERGING",
    "GREEN",
    "GREY",
    "LINESTYLES",
    "MARKERS",
    "ORANGE",
    "PALETTE",
    "PURPLE",
    "SKY",
    "VERMILLION",
    "Axes",
    "Pen",
    "Picture",
    "class_points",
    "class_regions",
    "decision_boundary",
    "fitted_curve",
    "gradient_norms",
    "hidden_units",
    "image_row",
    "learning_curves",
    "loss_map",
    "network",
    "network_graph",
    "nice_ceiling",
    "plane",
    "race_heights",
    "race_map",
    "series",
    "span",
    "training_curves",
    "value_map",
    "weight_histograms",
]
