"""Pictures: each function states what is seen of some arrays, and says it in a sentence.

All picture functions, here and in the lessons' rooms, keep one contract, stated here once:

- ``ax`` comes first and is required: a `matplotlib.axes.Axes`, on which the picture is then
  drawn, or a `Scene`, which whoever owns it shows, as a panel does in the browser.
- The function states its whole picture through `Pen`, each time it is called, so it serves a
  static figure, a slider and a live panel alike.
- It returns a `Picture`: the scene, and a sentence that says what is seen.
- Its ground and letters are `PAPER` and `INK`, which a dark page has otherwise than print; what
  stands over colours of data has colours of its own.
- A mark that stands where two arguments say, such as `loss_map`'s dot at ``w`` and ``b``, names
  them (``sets=("w", "b")``): in a panel with controls of these names it can be dragged. Where its
  place is not the numbers themselves it says by ``zero`` and ``one`` which places mean these, as
  `Pen.handle` does for a dot that one control moves along a straight line.

So their docstrings tell what is drawn and what the sentence says, and describe the data.
"""

from lessons_lib.plots._bent import Sight, bent_space
from lessons_lib.plots._compared import compared_curves
from lessons_lib.plots._course import THIS_RUN, OtherRun, loss_in_words
from lessons_lib.plots._diagrams import image_row, network, network_graph
from lessons_lib.plots._fit import fitted_curve, loss_map, predictions, span
from lessons_lib.plots._kernels import kernel_images
from lessons_lib.plots._look import (
    BLUE,
    DIVERGING,
    FAINT,
    GREEN,
    GREY,
    INK,
    LINESTYLES,
    MARKERS,
    ORANGE,
    PALETTE,
    PAPER,
    PURPLE,
    SKY,
    VERMILLION,
    run_look,
    series,
)
from lessons_lib.plots._matplotlib import Print, png_of
from lessons_lib.plots._network import network_maps, network_parts
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._pieces import linear_pieces
from lessons_lib.plots._plane import (
    class_numbers,
    class_points,
    class_regions,
    decision_boundary,
    plane,
    value_map,
)
from lessons_lib.plots._population import Cells, population_map
from lessons_lib.plots._race import race_heights, race_map
from lessons_lib.plots._ruler import Ruler
from lessons_lib.plots._scene import Scene
from lessons_lib.plots._source import canvas_source
from lessons_lib.plots._training import learning_curves, nice_ceiling, training_curves
from lessons_lib.plots._units import hidden_units
from lessons_lib.plots._valley import loss_slice
from lessons_lib.plots._weights import gradient_norms, weight_histograms
from lessons_lib.plots._wire import Wire

__all__ = [
    "BLUE",
    "DIVERGING",
    "FAINT",
    "GREEN",
    "GREY",
    "INK",
    "LINESTYLES",
    "MARKERS",
    "ORANGE",
    "PALETTE",
    "PAPER",
    "PURPLE",
    "SKY",
    "THIS_RUN",
    "VERMILLION",
    "Cells",
    "OtherRun",
    "Pen",
    "Picture",
    "Place",
    "Print",
    "Ruler",
    "Scene",
    "Sight",
    "Wire",
    "bent_space",
    "canvas_source",
    "class_numbers",
    "class_points",
    "class_regions",
    "compared_curves",
    "decision_boundary",
    "fitted_curve",
    "gradient_norms",
    "hidden_units",
    "image_row",
    "kernel_images",
    "learning_curves",
    "linear_pieces",
    "loss_in_words",
    "loss_map",
    "loss_slice",
    "network",
    "network_graph",
    "network_maps",
    "network_parts",
    "nice_ceiling",
    "plane",
    "png_of",
    "population_map",
    "predictions",
    "race_heights",
    "race_map",
    "run_look",
    "series",
    "span",
    "training_curves",
    "value_map",
    "weight_histograms",
]
