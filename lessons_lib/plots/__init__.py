"""Pictures: each function draws arrays on a given Axes and says in a sentence what it shows.

The Axes comes first and is required; a notebook or a panel owns the figure. Calling a
function again on the same Axes moves what it drew before, so the same function serves a
static figure and a live panel. Each returns a `Picture` of artists and a sentence.
"""

from lessons_lib.plots._activations import (
    ACTIVATIONS,
    activation,
    activation_slope,
    maxout,
    maxout_fit,
    softmax,
)
from lessons_lib.plots._backprop import (
    GRAPH_STEPS,
    computation_graph,
    epsilon_errors,
    gradient_agreement,
    gradient_errors,
    layer_shapes,
    notation,
    relu_kink,
    secants,
)
from lessons_lib.plots._boundary import decision_boundary, logistic_unit, probability
from lessons_lib.plots._depth import (
    active_units,
    chosen_curve,
    dividing_line,
    gradient_by_layer,
    signal_sizes,
)
from lessons_lib.plots._diagrams import network, training_loop
from lessons_lib.plots._fit import fitted_curve, linear_unit, loss_map
from lessons_lib.plots._history import learning_curves, scores
from lessons_lib.plots._optimizers import (
    batch_loss,
    batch_path,
    curves,
    descent,
    descent_distance,
    look_ahead,
    moving_average,
    moving_weights,
    range_test,
)
from lessons_lib.plots._overfitting import (
    bias_variance,
    capacity_curves,
    capacity_fit,
    case_curves,
    compare_runs,
    diagnosis_chart,
    early_stopping,
    errors_by_degree,
    many_fits,
    polynomial_fit,
    stopping_epochs,
)
from lessons_lib.plots._pen import Pen, Picture
from lessons_lib.plots._race import race_heights, race_map
from lessons_lib.plots._regions import class_regions, value_map
from lessons_lib.plots._regularizing import (
    batch_after,
    batch_before,
    descent_losses,
    descent_map,
    dropout_sums,
    penalised_fit,
    penalised_weights,
    signed_bars,
    thinned_network,
)
from lessons_lib.plots._tables import against_target, distribution, image_row
from lessons_lib.plots._training import training_curves
from lessons_lib.plots._units import hidden_units
from lessons_lib.plots._weights import gradient_norms, weight_histograms

__all__ = [
    "ACTIVATIONS",
    "GRAPH_STEPS",
    "Pen",
    "Picture",
    "activation",
    "activation_slope",
    "active_units",
    "against_target",
    "batch_after",
    "batch_before",
    "batch_loss",
    "batch_path",
    "bias_variance",
    "capacity_curves",
    "capacity_fit",
    "case_curves",
    "chosen_curve",
    "class_regions",
    "compare_runs",
    "computation_graph",
    "curves",
    "decision_boundary",
    "descent",
    "descent_distance",
    "descent_losses",
    "descent_map",
    "diagnosis_chart",
    "distribution",
    "dividing_line",
    "dropout_sums",
    "early_stopping",
    "epsilon_errors",
    "errors_by_degree",
    "fitted_curve",
    "gradient_agreement",
    "gradient_by_layer",
    "gradient_errors",
    "gradient_norms",
    "hidden_units",
    "image_row",
    "layer_shapes",
    "learning_curves",
    "linear_unit",
    "logistic_unit",
    "look_ahead",
    "loss_map",
    "many_fits",
    "maxout",
    "maxout_fit",
    "moving_average",
    "moving_weights",
    "network",
    "notation",
    "penalised_fit",
    "penalised_weights",
    "polynomial_fit",
    "probability",
    "race_heights",
    "race_map",
    "range_test",
    "relu_kink",
    "scores",
    "secants",
    "signal_sizes",
    "signed_bars",
    "softmax",
    "stopping_epochs",
    "thinned_network",
    "training_curves",
    "training_loop",
    "value_map",
    "weight_histograms",
]
