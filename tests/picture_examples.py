"""Every picture of the course, each called with arguments as the lessons or the panels use them.

``EXAMPLES`` maps a name such as ``"neuron.linear_unit"`` to a call that still needs to know where
to draw: an Axes or a scene.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd

from lessons_lib import datasets, optimizers, plots
from lessons_lib.lessons.activations import pictures as activations
from lessons_lib.lessons.backprop import graph_pictures
from lessons_lib.lessons.backprop import pictures as backprop
from lessons_lib.lessons.beyond import (
    borrow,
    borrow_pictures,
    convolution,
    deep_pictures,
    eyes_pictures,
    kernel_pictures,
    limits,
    limits_pictures,
    make_pictures,
    memory,
    memory_pictures,
    share,
    share_pictures,
    sums,
)
from lessons_lib.lessons.classification import pictures as classification
from lessons_lib.lessons.neuron import pictures as neuron
from lessons_lib.lessons.optimizers import pictures as descents
from lessons_lib.lessons.overfitting import pictures as overfitting
from lessons_lib.lessons.project import pictures as project_pictures
from lessons_lib.lessons.tuning import (
    caviar_pictures,
    curse,
    habit_pictures,
    rules,
    search_pictures,
    searchers,
    split_pictures,
    splits,
    vote_pictures,
    votes,
)
from lessons_lib.lessons.tuning import pictures as tuning

EPOCHS = np.arange(40)
FALLING, RISING = 0.2 + 0.8 * np.exp(-EPOCHS / 8), 0.35 + 0.6 * np.exp(-EPOCHS / 6) + 0.004 * EPOCHS
HISTORY = {"loss": FALLING.tolist(), "val_loss": RISING.tolist()}
RUN = {"step": (EPOCHS * 60).tolist()} | HISTORY


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    """Return standard normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + e⁻ᶻ)."""
    return 1 / (1 + np.exp(-z))


def ring(points: np.ndarray) -> np.ndarray:
    """A probability that is high near the middle; takes shape (n, 2)."""
    return sigmoid(5 - 10 * np.sum(np.asarray(points) ** 2, axis=1))


def bend_to(outputs: int) -> Callable:
    """Return what a layer of six units makes of points, and a last layer's kernel and bias."""
    weights, kernel = noise(2, 6), noise(6, outputs, seed=1)
    return lambda P: (np.tanh(2 * P @ weights - 0.3), kernel, noise(outputs, seed=2))


def along(points: np.ndarray, kernels: list[np.ndarray]) -> list[np.ndarray]:
    """Return what the layers of a network without biases put out, the inputs first."""
    layers = [np.asarray(points)]
    for kernel in kernels:
        layers.append(np.tanh(layers[-1] @ kernel))
    return layers


def digits(count: int) -> np.ndarray:
    """Return small images, shape (count, 8, 8): a stroke that turns from one to the next."""
    y, x = np.mgrid[-1:1:8j, -1:1:8j]
    turns = np.linspace(0, np.pi, count, endpoint=False)[:, None, None]
    return np.clip(1.4 - 3 * np.abs(x * np.cos(turns) + y * np.sin(turns)), 0, 1)


def general() -> Iterator[partial]:
    """Yield the pictures of plots."""
    x, y = datasets.make_line(30, noise=0.3, seed=1)
    yield partial(plots.loss_map, x=x, y=y, w=-1.0, b=0.5)
    yield partial(
        plots.fitted_curve, predict=lambda X: 5 + 0.8 * np.sin(X[:, 0]), X=noise(500, 1) + 3,
        y=np.round(5 + noise(500, seed=1)), xlabel="alcohol in % by volume", ylabel="quality",
        jitter=0.5,
    )  # fmt: skip
    rates, decays = np.geomspace(1e-3, 3, 16), [0, 1e-4, 1e-2]
    losses = 0.1 + (np.log(rates) - np.log(0.3)) ** 2 + noise(3, 16, seed=2) ** 2 / 10
    losses = np.where(rates > 1, np.inf, losses)
    at = {"x": rates, "xlabel": "learning rate"}
    yield partial(plots.population_map, loss=losses, y=decays, ylabel="l2", chosen=(1, 4), **at)
    seeds = losses[..., None] + noise(3, 16, 4) ** 2
    yield partial(
        plots.population_map, loss=seeds, y=decays, ylabel="l2", stopped=seeds > 5,
        hidden=seeds < 1, chosen=(1, 4, 2), box=(0, 1, 3, 6), **at,
    )  # fmt: skip
    yield partial(plots.population_map, loss=losses[0], **at)
    yield partial(
        plots.predictions, predict=lambda X: 5 + X[:, 0], X=noise(500, 3),
        y=np.round(5 + noise(500, seed=1)),
    )  # fmt: skip
    X, labels = datasets.make_circles(120, seed=0)
    axis = np.linspace(-1, 1, 21)
    bowl = (axis - 0.3) ** 2 + 9 * (axis[:, None] + 0.1 * axis) ** 2 + 0.01
    way = np.column_stack(
        [np.linspace(-0.8, 0, 30), 0.4 * np.cos(np.arange(30)) / np.arange(1, 31)]
    )
    yield partial(plots.loss_slice, losses=bowl, path=way, share=0.93, over="the next batch")
    yield partial(plots.loss_slice, losses=bowl - 5, path=way[-1:], title="At the start")
    yield partial(plots.value_map, predict=lambda P: ring(P) - 0.5, X=X, y=2 * labels - 1)
    yield partial(plots.decision_boundary, predict=ring, X=X, y=labels, title="Circles")
    yield partial(
        plots.value_map, predict=lambda P: P[:, 0] * P[:, 1], X=X, y=X[:, 0] * X[:, 1] + 0.1
    )
    X, labels = datasets.make_gaussians(90, classes=3, seed=0)
    centres = np.array([X[labels == label].mean(axis=0) for label in range(3)])
    yield partial(plots.class_regions, predict=lambda P: 2 * P @ centres.T, X=X, y=labels)
    yield partial(plots.bent_space, bend=bend_to(3), X=X, y=labels, morph=0.6)
    circles, inside = datasets.make_circles(120, seed=0)
    yield partial(plots.bent_space, bend=bend_to(1), X=circles, y=inside, title="Bent")
    yield partial(plots.bent_space, bend=bend_to(1), X=circles, y=inside, morph=0.0)
    cut = {"kernels": [noise(2, 5), noise(5, 1, seed=1)], "biases": [noise(5, seed=2), [0.3]]}
    yield partial(
        plots.linear_pieces, **cut, X=circles, y=inside, place=(0.4, -0.2), score=0.5
    )  # fmt: skip
    yield partial(plots.network, units=[2, 4, 3, 1])
    yield partial(plots.network, units=[2, 12, 1])
    images = dict(zip(("0", "1", "a flat one", "3"), digits(4), strict=True))
    yield partial(plots.image_row, images=images)
    yield partial(plots.learning_curves, history=HISTORY)
    yield partial(plots.learning_curves, history=HISTORY, log=True)
    marks = [(300, "learning_rate", "lr 0.1"), (420, "width", "width 8"), (1500, "rate", "out 0.2")]
    runs = [
        plots.OtherRun(f"run {number + 1}", RUN | {"val_loss": (part * RISING).tolist()}, number)
        for number, part in enumerate((1.3, 0.8, 1.15, 0.9, 1.45))
    ]
    yield partial(plots.training_curves, history=RUN, marks=marks, others=runs[:1])
    yield partial(plots.training_curves, history=RUN, marks=marks, others=runs, now=900)
    yield partial(plots.training_curves, history=RUN, log=True, title="A run")
    empty = {"step": [], "loss": [], "val_loss": []}
    yield partial(plots.training_curves, history=empty)
    late = {"step": [60], "val_loss": [0.9]}
    three = {"dense": RUN, "convolution": {**RUN, "val_loss": FALLING.tolist()}, "late": late}
    yield partial(plots.compared_curves, histories=three)
    yield partial(plots.compared_curves, histories=three, log=True, title="Three runs")
    early = {"dense": {"step": [60, 600], "val_loss": [0.9, 0.5]}}
    before = [plots.OtherRun("run 1", three, 0), plots.OtherRun("run 2", early, 1)]
    two = {"dense": RUN, "convolution": three["convolution"]}
    yield partial(plots.compared_curves, histories=two, others=before, now=900)
    weights = noise(3, 12)
    kernels = [noise(2, 16), noise(16, 3, seed=1), noise(3, 1, seed=2)]
    yield partial(
        plots.network_maps, ask=partial(along, kernels=kernels), kernels=kernels, X=noise(40, 2),
        inputs=["x₁", "x₂"], on=[np.arange(16) < 8, np.array([True, False, True])], off={(2, 2)},
    )  # fmt: skip
    kernels = [noise(1, 3), noise(3, 2, seed=1)]
    yield partial(
        plots.network_maps, ask=partial(along, kernels=kernels), kernels=kernels, X=noise(40, 1),
        inputs=["a longer name"],
    )  # fmt: skip
    yield partial(
        plots.hidden_units, hidden=lambda P: [np.tanh(2 * P @ weights[:2]), P @ weights[1:, :4]],
        X=noise(40, 2), units=[16, 6],
    )  # fmt: skip
    yield partial(plots.hidden_units, hidden=lambda P: [np.tanh(P @ weights[:1])], X=noise(40, 1))
    kernels = {"dense": noise(2, 16), "dense_1": 0.5 * noise(16, 16), "output": noise(16, 1)}
    yield partial(plots.weight_histograms, kernels=kernels)
    yield partial(plots.kernel_images, kernels=noise(3, 3, 1, 8))
    yield partial(plots.kernel_images, kernels=noise(3, 3, 1, 1))
    width = np.where(np.arange(32) < 20, 1, np.nan)
    yield partial(plots.kernel_images, kernels=noise(8, 8, 1, 32) * width)
    yield partial(plots.kernel_images, kernels=noise(12, 12, 3, 6), title="Colours")
    norms = {"dense": 3e-3, "a layer with a long name": 4e-2, "output": 0.5}
    yield partial(plots.gradient_norms, norms=norms)
    race = optimizers.Race("ravine")
    race.step(60)
    yield partial(plots.race_map, race=race)
    yield partial(plots.race_heights, race=race)
    low = {"step": list(range(100)), "height": np.geomspace(2, 1e-4, 100).tolist()}
    yield partial(plots.race_heights, race=race, others=[plots.OtherRun("run 1", low, 0)])
    yield partial(plots.race_heights, race=race, whole=low)


def lesson_01() -> Iterator[partial]:
    """Yield the pictures of the lesson on the neuron."""
    x, y = datasets.make_line(30, noise=0.3, seed=1)
    yield partial(neuron.linear_unit, x=x, y=y, w=0.5, b=0.2)
    X, labels = datasets.make_gaussians(60, seed=0)
    yield partial(neuron.logistic_unit, X=X, y=labels, w1=1.0, w2=-0.5, b=0.2)
    yield partial(neuron.probability, z=1.0)
    yield neuron.training_loop
    curves = {"from 0": [30.0, 9.0, 2.0], "from the mean": [0.7, 0.5, 0.5]}
    yield partial(neuron.two_starts, curves=curves, baseline=0.68)
    errors = {"the mean": 0.806, "a line": 0.662, "a network": 0.634}
    yield partial(neuron.scores, values=errors, xlabel="root mean squared error")


def lesson_02() -> Iterator[partial]:
    """Yield the pictures of the lesson on activations."""
    X, labels = datasets.make_xor(80, seed=0)
    sets = {"XOR": (X / np.abs(X).max(), labels)}
    yield partial(activations.dividing_line, sets=sets, points="XOR", turn=30.0, shift=0.2)
    yield partial(activations.activation, name="leaky ReLU", z=-1.0)
    yield partial(activations.activation, name="ReLU", z=1.0)
    yield partial(activations.activation, name="sigmoid", z=1.0)
    yield partial(activations.activation_slope, name="GELU", z=1.0)
    guess = {"at_3": -0.9, "at_2": -0.7, "at_1": -0.2, "at_0": 0.1}
    yield partial(activations.guessed_activation, name="GELU", **guess, compare=False)
    yield partial(activations.guessed_activation, name="ELU", **guess, compare=True)
    yield partial(activations.maxout, left=2.5, kink_x=0.5, kink_y=-0.5, right=1.0)
    learned = {3: ([-1.2, 0.0, 1.2], [-0.3, 0.05, -0.3])}
    x = np.linspace(-1, 1, 101)
    yield partial(activations.maxout_fit, x=x, y=x**2, learned=learned, pieces=3)
    scores = {"z1": 2.0, "z2": 1.0, "z3": -1.0}
    yield partial(activations.scores, **scores)
    yield partial(activations.exponentials, **scores, temperature=1.0)
    yield partial(activations.probabilities, **scores, temperature=1.0)
    back = np.arange(12.0)[::-1]
    norms = {"sigmoid": 0.1**back, "tanh": 0.8**back, "ReLU": 1.0**back, "linear": 1.4**back}
    yield partial(activations.gradient_by_layer, norms=norms, deepest=24)
    yield partial(activations.signal_sizes, forward=0.4 ** np.arange(8), backward=0.5 ** back[4:])
    curves = {"He": FALLING, "zeros": np.full(40, 0.7), "too large": np.append(RISING[:9], np.nan)}
    chosen = {"activation": "tanh", "initialisation": "He"}
    yield partial(activations.losses_from, **chosen, losses={"tanh": curves})
    yield partial(activations.gradients_at_depth, depth=6, gain=1.4, X=X)
    starts = {"starts": {"He": "he_normal"}, "points": (X, labels)}
    yield partial(activations.sizes_at_start, **chosen, **starts)
    shares = {"short steps": np.linspace(0.2, 0.9, 12), "long steps": np.linspace(-1, 1, 12) > 0}
    yield partial(activations.active_units, shares=shares)


def lesson_03() -> Iterator[partial]:
    """Yield the pictures of the lesson on backpropagation."""
    for step in (3, backprop.GRAPH_STEPS):
        yield partial(backprop.computation_graph, step=step, w=1.0, x=2.0, b=-1.0, y=0.0)
    for name in ("w11", "x1"):
        turned = {"x1": 1.0, "x2": -1.0, "v1": 1.2, "v2": 0.9, "y": 0.0}
        yield partial(graph_pictures.blame, blame=name, **turned)
    yield partial(backprop.notation, units=[3, 4, 4, 1])
    sizes = {"samples": 6, "inputs": 3, "units": 4}
    yield partial(backprop.layer_shapes, array="W", rows=5, columns=2, **sizes)
    curve = {"f": np.sin, "slope": float(np.cos(1.0)), "x": 1.0}
    yield partial(backprop.secants, **curve, epsilon=0.5)
    yield partial(backprop.epsilon_errors, **curve, epsilon=1e-3)
    yield partial(backprop.relu_kink, z=0.3, epsilon=0.5)
    names = ("W[1]", "b[1]", "W[2]", "b[2]")
    rows = [
        SimpleNamespace(name=name, numeric=numeric, analytic=factor * numeric, relative_error=error)
        for name, numeric, factor, error in zip(
            names, noise(4, 6), (1, 1, 2, 1), (1e-9, 3e-8, 1 / 3, 2e-10), strict=True
        )
    ]
    rooms = {"room 1": SimpleNamespace(rows=rows)}
    yield partial(backprop.gradient_agreement, rooms=rooms, room="room 1")
    yield partial(backprop.gradient_errors, rooms=rooms, room="room 1")


def lesson_04() -> Iterator[partial]:
    """Yield the pictures of the lesson on optimizers."""
    yield partial(descents.descent, learning_rate=0.17, start=2.0, steps=10)
    yield partial(descents.descent_distance, learning_rate=0.03, start=2.0, steps=20)
    training = {"batch_size": 64, "learning_rate": 0.1}
    yield partial(descents.batch_path, **training)
    yield partial(descents.batch_loss, **training)
    days = np.arange(365)
    values = 17 - 9 * np.cos(2 * np.pi * days / 365) + 2 * noise(365)
    yield partial(descents.moving_average, values=values, beta=0.9, correction=True, days=120)
    yield partial(descents.moving_weights, beta=0.9, correction=True)
    lines = {name: 0.1 * 0.98**EPOCHS / (k + 1) for k, name in enumerate(("Adam", "AdamW"))}
    yield partial(descents.curves, lines=lines, ylabel="loss", ylim=(1e-4, 1), log=True)
    yield partial(descents.reaches, burst=4.0, rho=0.9)
    yield partial(descents.first_steps, correction=False, beta_2=0.999)
    falling = {"kind": "cosine", "learning_rate": 0.3, "warmup": 50}
    yield partial(descents.schedule, **falling)
    yield partial(descents.settling, **falling)
    losses = {name: {0.01: 0.4, 0.1: 0.41, 1.0: np.inf} for name in ("SGD", "Adam")}
    yield partial(descents.rate_table, losses=losses, limit=0.5)
    moment = {"at": (-0.4, 0.25), "velocity": (0.2, -0.5), "learning_rate": 0.03, "momentum": 0.9}
    yield partial(descents.look_ahead, surface=optimizers.surfaces["ravine"], **moment)
    rates = np.geomspace(1e-4, 10, 120)
    losses = (1 + 9 / (1 + (rates / 1e-2) ** 2) + rates**4) * np.exp(0.1 * noise(120))
    yield partial(descents.range_test, rates=rates, losses=losses, learning_rate=0.01)
    trials = SimpleNamespace(batch_losses=lambda optimizer, learning_rate: losses)
    chosen = {"optimizer": "SGD", "learning_rate": 0.01, "trials": trials}
    yield partial(descents.range_test_of, growing=lambda step: rates[step], beta=0.5, **chosen)
    yield partial(descents.run_at_rate, **chosen)


def lesson_05() -> Iterator[partial]:
    """Yield the pictures of the lesson on overfitting."""
    table = {"alcohol": 10 + noise(300), "quality": np.round(5.6 + 0.8 * noise(300, seed=1))}
    yield partial(overfitting.distribution, table=table, column="alcohol")
    yield partial(overfitting.against_target, table=table, column="alcohol", target="quality")
    correlations = {"alcohol": 0.48, "sulphates": 0.25, "volatile acidity": -0.39}
    yield partial(
        overfitting.signed_bars, values=correlations, xlabel="correlation with quality",
        title="What goes with what",
    )  # fmt: skip
    X = noise(50, 2) * [1.0, 20.0] + [3.0, -5.0]
    two = {"X": X, "y": X @ [1.0, -0.02] + noise(50, seed=1)}
    two |= {"inputs": "standardised", "step_size": 0.9}
    yield partial(overfitting.descent_map, **two, names=("alcohol", "sulfur dioxide"))
    yield partial(overfitting.descent_losses, **two)

    def cubic(t):
        return 4 * t**3 - 3 * t

    x, grid = np.linspace(-1, 1, 20), np.linspace(-1, 1, 101)
    points = {"x": x, "y": cubic(x) + 0.25 * noise(20)}
    yield partial(overfitting.polynomial_fit, **points, truth=cubic, degree=9)
    new = {"x_val": 0.97 * x, "y_val": cubic(0.97 * x) + 0.25 * noise(20, seed=1)}
    yield partial(overfitting.errors_by_degree, **points, **new, degree=3)
    fits = cubic(grid) + 0.3 * noise(3, 25, 1) + 0.3 * noise(3, 25, 1, seed=1) * grid
    many = {"x": grid, "fits": fits, "truth": cubic(grid)}
    yield partial(overfitting.many_fits, **many, degree=2)
    parts = {"bias_squared": 0.5 ** np.arange(9), "variance": 1e-3 * 2.0 ** np.arange(9)}
    yield partial(overfitting.bias_variance, **parts, noise=0.0625, degree=4)
    case = {"step": EPOCHS * 10, "loss": FALLING, "val_loss": RISING, "achievable": 0.25}
    yield partial(overfitting.case_curves, case=case, title="Case A")
    yield overfitting.diagnosis_chart
    runs = {"with batch normalisation": (EPOCHS, FALLING), "without": (EPOCHS, RISING)}
    yield partial(overfitting.compare_runs, runs=runs, ylabel="training loss", title="Faster?")
    yield partial(overfitting.early_stopping, **HISTORY, patience=5, min_delta=0.0)
    X = noise(60, 12)
    y = X @ np.linspace(-2, 2, 12)
    for penalty in ("L1", "L2"):
        yield partial(overfitting.penalised_weights, X=X, y=y, strength=0.6, penalty=penalty)
    rng = np.random.default_rng(8)
    weights = {"no penalty": rng.normal(0, 0.3, 500), "L1": rng.normal(0, 0.3, 500) ** 5}
    yield partial(overfitting.weight_sizes, weights=weights)
    yield partial(overfitting.thinned_network, units=[4, 8, 8, 1], rate=0.4, step=3)
    layer = {"a": np.full(60, 1.0), "w": np.linspace(-0.4, 0.7, 60)}
    yield partial(overfitting.dropout_sums, **layer, rate=0.5)
    sums = {"z1": 0.0, "z2": -1.0, "z3": 2.0, "z4": 7.0}
    yield partial(overfitting.normalised_batch, **sums, gamma=2.0, beta=-1.0)
    runners = {
        name: SimpleNamespace(
            hidden=lambda X, fades=fades: [fades**layer * X for layer in range(5)],
            kernels=lambda fades=fades: {"dense": fades * noise(20, 20) ** 3},
        )
        for name, fades in (("without", 0.2), ("before", 0.9))
    }
    yield partial(overfitting.spread_by_layer, runners=runners, X=noise(30, 4))
    yield partial(overfitting.sizes_in_training, runners=runners)


def lesson_06() -> Iterator[partial]:
    """Yield the pictures of the lesson on classification."""
    labels = np.array([1, 1, 0, 1, 0, 1, 1, 1, 0, 1])
    yield partial(classification.likelihood, y=labels, p=0.5)
    yield partial(classification.label_loss, y=labels, p=0.5)
    yield partial(classification.loss_of_probability, p=0.3, y=1)
    yield partial(classification.slope_of_loss, p=0.3, y=1)
    y = (noise(120) > 0.3).astype(float)
    judged = {"y": y, "p": np.round(sigmoid(3 * y - 1.5 + noise(120, seed=1)), 2), "threshold": 0.4}
    classes = ("benign", "malignant")
    yield partial(classification.confusion_matrix, **judged, miss_cost=10.0, classes=classes)
    yield partial(classification.threshold_scores, **judged, miss_cost=10.0)
    yield partial(classification.roc_curve, **judged)
    truth = np.arange(400) % 10
    logits = noise(400, 10) + 3 * np.eye(10)[truth]
    yield partial(classification.reliability, logits=logits, y=truth, temperature=0.5)
    yield partial(classification.temperature_loss, logits=logits, y=truth, temperature=0.5)
    images = digits(24)
    painted = (images[0] > 0.5).astype(float)
    answers = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    yield partial(classification.class_bars, answer=lambda drawing: answers[4], drawing=painted)
    yield partial(classification.seen_image, prepare=datasets.enlarge, drawing=painted)
    kinds = ("thin stroke", "crooked", "I misread it too")
    browse = SimpleNamespace(shown=1, kinds=("crooked", "thin stroke", "crooked", *[None] * 21))
    yield partial(
        classification.misread_image, images=images, truth=truth[:24], answers=answers[1:25],
        browse=browse,
    )  # fmt: skip
    yield partial(classification.fix_ceilings, n_images=500, kinds=kinds, browse=browse)
    levels = np.linspace(0, 0.8, 5)
    curves = {"new": {"long": 0.97 - levels**2}, "labels": {"long": 1 - 0.3 * levels}}
    yield partial(classification.noise_curves, levels=levels, **curves, noise=0.4, training="long")
    told = {"truth": truth[:24], "labels": truth[3:27], "turn": np.linspace(0, 1, 24)}
    yield partial(classification.labelled_images, images=images, **told, noise=0.3)
    accuracy = {2: [0.97, 0.99, 1.0, 1.0], 10: [0.4, 0.8, 0.93, 0.96]}
    yield partial(classification.capacity_by_classes, units=[2, 4, 8, 32], accuracy=accuracy)


def lesson_07() -> Iterator[partial]:
    """Yield the pictures of the lesson on tuning."""
    # How sure is a score?
    clinic = datasets.load_breast_cancer()
    scores = splits.split_scores(clinic.X[:120], clinic.y[:120], n_seeds=12, folds=(3,))
    yield partial(split_pictures.split_histogram, scores=scores, seed=7)
    yield partial(split_pictures.fold_histogram, scores=scores, seed=12, folds=3)
    yield partial(split_pictures.split_sizes, rows=30_000)
    yield partial(split_pictures.score_error_bar, accuracy=0.9, rows=30_000)
    days, level = splits.lake_levels(200)
    for split in ("shuffled", "chronological"):
        yield partial(split_pictures.series_split, days=days, level=level, split=split)
    # Whose error?
    truth = np.arange(20) % 10
    reading = {"images": digits(20), "truth": truth, "network": truth[::-1]}
    read = SimpleNamespace(count=20, answers=("0", "1"), over=False)
    yield partial(tuning.digit_to_read, **reading, read=read)
    read = SimpleNamespace(count=20, answers=tuple("012745"), over=True)
    yield partial(tuning.digit_to_read, **reading, read=read)
    counts = [(2, 20), (9, 900), (18, 300), (95, 300), (70, 300)]
    names = "human", "training", "training-dev", "dev", "test"
    errors = {name: tuning.Counted(*two) for name, two in zip(names, counts, strict=True)}
    yield partial(tuning.whose_error, errors=errors, title="A network, and you")
    yield partial(tuning.whose_error, errors=errors | {"human": None})
    yield partial(tuning.sets_of_digits, sets={"training": digits(8), "dev": digits(12)})
    blurs, human = np.linspace(0, 4, 9), errors["human"]
    rates = {"trained on sharp digits": blurs / 5, "trained on blurred ones": 0.9 - blurs / 5}
    yield partial(tuning.blur_errors, blurs=blurs, rates=rates, human=human, read_at=2.5, blur=1)
    # Grow the map, and five searchers on it.
    yield partial(search_pictures.dropped_points)
    yield partial(search_pictures.dropped_points, points=40, throw=3, log=False)
    yield partial(search_pictures.dropped_betas)
    yield partial(search_pictures.beta_rulers, place=0.3)
    rates, penalties = np.geomspace(1e-4, 1, 5), np.geomspace(1e-6, 1, 4)
    losses = 0.3 + 0.1 * np.add.outer((np.arange(5) - 2.0) ** 2, np.arange(4) / 4)
    losses[-1] = np.inf
    look_up = searchers.LookUp(rates, penalties, losses)
    by_name = {"grid": searchers.grid, "random": searchers.random}
    tries = {name: searchers.repeats(one, look_up, times=30) for name, one in by_name.items()}
    yield partial(search_pictures.searched_map, look_up=look_up, tries=tries["random"], repeat=4)
    yield partial(search_pictures.knob_shadow, look_up=look_up, tries=tries["grid"], models=9)
    tries["you"] = searchers.opened(look_up, [1, 7, 19])
    yield partial(search_pictures.best_so_far, tries=tries, models=9, lowest=losses.min())
    yield partial(search_pictures.spread_of_best, tries=tries, models=16)
    # Panda and caviar.
    steps, starts = np.arange(0, 401, 20), 1 + 0.1 * noise(16, 1)
    losses = starts * np.exp(-np.geomspace(1e-4, 1e-2, 16)[:, None] * steps) + 0.1
    losses[-1, 5:] = np.inf
    yield partial(caviar_pictures.halved_curves, steps=steps, losses=losses, every=60)
    scales, rates = np.geomspace(0.1, 4, 8), np.geomspace(0.05, 3, 8)
    loss = np.where(rates < 1 / (1 + scales[:, None]), 1 + rates, np.inf)
    of_edge = {"loss": loss, "init_scale": scales, "learning_rate": rates}
    closer = {"init_scale": scales[2:5], "learning_rate": rates[3:6]}
    yield partial(caviar_pictures.edge_and_limit, **of_edge, limits=1 / (1 + scales))
    yield partial(caviar_pictures.edge_window, **of_edge, closer=closer, title="Closer")
    # The winner's curse.
    right = np.random.default_rng(0).random((32, 300)) < np.linspace(0.5, 0.8, 32)[:, None]
    winners = curse.search_again_and_again(right, 50, searches=40)
    yield partial(habit_pictures.winners_scores, winners=winners, tried=8)
    yield partial(habit_pictures.curse_grows, winners=winners, tried=8)
    # Twenty vote, and rules of thumb.
    shifts, (X, y) = np.linspace(3, 7, 6), datasets.make_circles(60, seed=0)

    def voters(points):
        return np.array([sigmoid(s - 10 * np.sum(points**2, axis=1)) for s in shifts])

    council = votes.council(voters, X, y, *datasets.make_circles(90, seed=1))
    for vote in votes.KINDS:
        yield partial(vote_pictures.council_boundary, council=council, voters=4, vote=vote)
    yield partial(vote_pictures.council_accuracy, council=council, voters=4)
    one = 0.3 + 0.1 * np.abs(noise(len(rules.REMEDIES), rules.SEEDS))
    results = rules.Tried(one, one, 1 - one / 2)
    yield partial(vote_pictures.depth_and_remedy, tried={1: results, 4: results}, seeds=8)
    yield partial(vote_pictures.depth_and_remedy, tried={2: results}, seeds=1, measure="accuracy")
    sizes = [2**n for n in range(len(one))]
    yield partial(
        vote_pictures.loss_by_parameters, parameters=sizes, tried={"bare": results}, seeds=8
    )
    # The run card.
    yield partial(habit_pictures.knobs_matter, fractions={"learning rate": 0.62, "l2": 0.05})
    x, y = np.linspace(1, 9, 12), np.linspace(2, 9, 12) + 0.3 * noise(12)
    outlier = {"place": 9.0, "height": -1.0, "delta": 1.0}
    yield partial(habit_pictures.three_lines, x=x, y=y, **outlier)
    yield partial(habit_pictures.price_of_an_error, x=x, y=y, **outlier)
    rates = np.repeat([0.1, 0.03, 0.009], [15, 15, 10])
    runs = {4: {"above_floor": FALLING, "learning_rate": rates}}
    yield partial(habit_pictures.plateau_losses, runs=runs, constant=FALLING + 0.1, patience=4)
    yield partial(habit_pictures.plateau_rates, runs=runs, patience=4)
    # Beat the forest.


class Pair:
    """A generator and a judge by formula, where the picture of a trained pair needs none."""

    updates = 40

    @property
    def history(self):
        """Return three rows."""
        losses = {"generator_loss": [0.7, 1.2, 0.8], "judge_loss": [0.7, 0.5, 0.6]}
        return {"step": [1, 20, 40], **losses}

    def made_of(self, noise):
        """Return a smooth step from one bump to the other."""
        return 2.2 * np.tanh(3 * np.asarray(noise))

    def generate(self, n):
        """Return what is made of evenly spread noise."""
        return self.made_of(np.linspace(-2, 2, n)[:, None])

    def judge_of(self, X):
        """Return a bell around the right bump."""
        return np.exp(-((np.asarray(X) - 2) ** 2))


def _eye(name: str) -> SimpleNamespace:
    """Return what the pictures ask of a network that reads digits."""
    size = 8 if name == "dense" else 5
    weights = noise(size, size, 1, 12, seed=size)
    mixed = noise(64, 10, seed=8)
    return SimpleNamespace(
        predict=lambda images: sigmoid(np.reshape(images, (len(images), -1)) @ mixed) / 10,
        first_kernels=lambda: weights,
        history=RUN | {"val_accuracy": (1 - RISING).tolist()},
    )


def lesson_08() -> Iterator[partial]:
    """Yield the pictures of the lesson beyond fully connected networks."""
    # Three eyes on one digit.
    eyes = {name: _eye(name) for name in ("dense", "convolution", "shuffled")}
    seen = eyes_pictures.three_eyes(
        list(eyes), digits(60)[..., None], np.arange(60) % 10, np.arange(64)[::-1], ["shuffled"]
    )
    yield from (partial(draw, runners=eyes) for draw in seen if callable(draw))
    yield partial(seen[0], runners=eyes, image=7, shift=-3, shuffle_all=True)
    yield partial(seen[-1], runners=eyes, shift=2)
    by_shift = np.exp(-np.abs(np.arange(-3, 4)) / np.array([[1.0], [1.3]]))
    yield partial(
        eyes_pictures.shift_curves, scores={"dense": by_shift, "convolution": by_shift**0.2}
    )
    # Neighbours.
    (digit,) = digits(1)
    corner = np.array(convolution.PRESETS["corner"], dtype=float)
    at = {"image": digit, "kernel": corner, "row": 3, "column": 6}
    yield partial(kernel_pictures.digit_under_kernel, **at)
    yield partial(kernel_pictures.kernel_products, **at)
    yield partial(kernel_pictures.kernel_products, **at, names=list("abcdefghi"))
    yield partial(kernel_pictures.feature_map, **at)
    for shown in range(3):
        yield partial(
            kernel_pictures.layer_by_layer, image=digit, kernel=corner, shown=shown, padding=1,
            stride=1 + shown // 2, pooling="largest",
        )  # fmt: skip
    yield partial(kernel_pictures.kernel_matrix, kernel=corner, size=(8, 8))
    # Very deep.
    for skip, branch in ((0.0, 1.0), (0.85, 1.0), (1.0, 0.5)):
        yield partial(deep_pictures.slope_by_block, skip=skip, branch=branch)
    # Borrow, and one net or a pipeline.
    pixels, read = np.stack(digits(20)), np.arange(20) % 5
    for count, source in zip(borrow.COUNTS, borrow.SOURCES, strict=True):
        run = SimpleNamespace(
            X=noise(100, 100), history=RUN | {"val_accuracy": (1 - FALLING).tolist()}
        )
        task = {"runners": {"": run}, "training": (pixels, read), "images": count}
        yield partial(borrow_pictures.what_is_learnt, **task, source=source)
    reached = {way: 0.5 + 0.1 * noise(3, 4) for way in borrow.WAYS}
    yield partial(borrow_pictures.by_number_of_images, reached={"one": reached}, source="one")
    reached = {way: 0.5 + 0.1 * noise(5, 4) for way in sums.WAYS}
    yield partial(borrow_pictures.by_number_of_pairs, reached=reached, pairs=200)
    # Share.
    few, labels = digits(12), np.array([3, 8, 0, 5, 1, 9, 7, 2, 4, 6, 3, 8])
    for related in (1.0, 0.0):
        known = share.labels_of(labels, 4, related)
        yield partial(
            share_pictures.two_labels, images=few, digits=labels, read=known.digit, box=known.box
        )
    curve = {
        "step": [1, 2, 3],
        "val_accuracy": [0.1, 0.4, 0.6],
        "val_digit_accuracy": [0.2, 0.5, 0.7],
    }
    runners = {"alone": SimpleNamespace(history={k: curve[k] for k in ("step", "val_accuracy")})}
    runners["both"] = SimpleNamespace(history=curve)
    yield partial(share_pictures.reading, runners=runners)
    gains = {
        "right": np.array([[0.6, 0.68], [0.7, 0.72]]),
        "random": np.array([[0.6, 0.55], [0.7, 0.7]]),
    }
    yield partial(share_pictures.gain_by_draw, gains=gains)
    # Memory.
    yield partial(
        memory_pictures.gradient_through_time, gap=12, scale=1.5, forget_bias=2.0, seeds=2
    )
    networks = {"plain": memory.Recurrent.start("random", range(2))}
    networks["LSTM"] = memory.Recurrent.start("LSTM", range(2))
    recalled = {"plain": np.eye(2, 3), "LSTM": np.ones((2, 3))}
    yield partial(memory_pictures.recall_by_gap, fractions=recalled, gaps=(5, 10, 21), trained=10)
    alone = {name: both.alone(0) for name, both in networks.items()}
    yield partial(memory_pictures.recall_now, networks=alone, gap=10)
    tosses = {"lstm": alone["LSTM"], "first": "tails", "gap": 14, "coins": 3}
    for shown in memory_pictures.GATES:
        yield partial(memory_pictures.gate_map, **tosses, shown=shown)
    yield partial(memory_pictures.said_so_far, **tosses)
    # Make.
    pair = {"": Pair()}
    yield partial(make_pictures.made_and_judged, runners=pair)
    yield partial(make_pictures.made_and_judged, runners=pair, best=True)
    yield partial(make_pictures.noise_to_number, runners=pair)
    yield partial(make_pictures.both_losses, runners=pair)
    right = np.array([0.2, 0.9, 0.1, 0.5])
    moments = np.stack([1 - right, right], axis=1)
    yield partial(make_pictures.shares_over_time, trainings={"slow": moments, "fast": moments / 2})
    # Limits.
    asked = np.linspace(limits.FROM, limits.TO, 26)
    degrees, cups = limits.summer(n=20)
    slopes = np.array([[9.0], [10.0], [11.0]])
    said = {"tanh": slopes * asked / 9 + 100, "relu": slopes * (asked - 18) + 160}
    answers = limits.Answers(degrees, cups, asked, np.clip(asked, 8, 28) * 9, said)
    query = {"answers": answers, "query": 35.0, "activation": "relu"}
    yield partial(limits_pictures.answers_outside, **query)
    yield partial(limits_pictures.disagreement, **query)
    one, two = SimpleNamespace(loss=0.45), SimpleNamespace(loss=0.41)
    players = {"random forest": two, "network, 64 units": one}
    league = SimpleNamespace(
        names=tuple(players),
        loss=lambda name: (players[name].loss, 0.02),
        lead=lambda name, other: (players[other].loss - players[name].loss, 0.01),
    )
    yield partial(limits_pictures.league_table, league=league)


def lesson_09() -> Iterator[partial]:
    """Yield the pictures of the lesson on a project of one's own."""
    groups = pd.DataFrame(
        {"rows": [37, 30, 4], "error": [47.0, 64.0, 81.0]}, index=["low", "high", "missing"]
    )
    project = SimpleNamespace(
        by_group=lambda: groups,
        worst_group="high",
        look_by="age",
        prepared=SimpleNamespace(X_val=noise(71, 2), y_val=noise(71)),
        error=lambda X, y: 57.0,
    )
    yield partial(project_pictures.group_errors, project=project)


def function_of(draw: Callable) -> Callable:
    """Return the picture function that an example calls."""
    return draw.func if isinstance(draw, partial) else draw


def _named() -> Iterator[tuple[str, Callable]]:
    """Yield all examples by name; a second one of a function has a number."""
    seen = Counter()
    early = (lesson_01, lesson_02, lesson_03, lesson_04)
    for room in (general, *early, lesson_05, lesson_06, lesson_07, lesson_08, lesson_09):
        for draw in room():
            function = function_of(draw)
            name = f"{function.__module__.split('.')[-2]}.{function.__name__}"
            seen[name] += 1
            yield (f"{name} {seen[name]}" if seen[name] > 1 else name), draw


EXAMPLES = dict(_named())
