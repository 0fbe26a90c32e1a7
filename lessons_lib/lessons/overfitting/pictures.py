"""Pictures of fitting too little and too much, and of the remedies."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import chebyshev

from lessons_lib.lessons.overfitting import _fits
from lessons_lib.plots import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    SKY,
    VERMILLION,
    Pen,
    Picture,
    Place,
    nice_ceiling,
    series,
)

if TYPE_CHECKING:
    from lessons_lib.live import LiveTrainer

_FITS_DRAWN = 40  # more thin curves would become a band
# Units of the wine's measurements, as data/README.md has them; pH has none.
_UNITS = {
    "fixed acidity": "g/dm³",
    "volatile acidity": "g/dm³",
    "citric acid": "g/dm³",
    "residual sugar": "g/dm³",
    "chlorides": "g/dm³",
    "free sulfur dioxide": "mg/dm³",
    "total sulfur dioxide": "mg/dm³",
    "density": "g/cm³",
    "sulphates": "g/dm³",
    "alcohol": "% by volume",
}


# The table of wines: a column alone, against the target, and what goes with what.


def distribution(ax: Place, table: Mapping[str, np.ndarray], *, column: str) -> Picture:
    """Draw a histogram of one column of a table of wines; the sentence gives range and half."""
    values = np.asarray(table[column], dtype=float)
    low, quarter, three, high = np.quantile(values, [0, 0.25, 0.75, 1])
    pad = 0.03 * (high - low) or 1.0
    heights, edges = np.histogram(values, bins=24)
    limits = (low - pad, high + pad), (0, 1.1 * heights.max())
    pen = Pen(ax, "Its distribution", _with_unit(column), "wines", *limits)
    pen.bars("wines", heights, edges, color=BLUE, alpha=0.75)
    return pen.done(
        f"{column[0].upper()}{column[1:]} lies between ≈ {low:.4g} and ≈ {high:.4g}, for half of "
        f"the wines between ≈ {quarter:.4g} and ≈ {three:.4g}."
    )


def _with_unit(column: str) -> str:
    return f"{column} in {_UNITS[column]}" if column in _UNITS else column


def against_target(
    ax: Place, table: Mapping[str, np.ndarray], *, column: str, target: str
) -> Picture:
    """Draw one column against whole-numbered targets, and the target's mean along it.

    The sentence gives the correlation (Pearson) of the column with the target. The table is as for
    `distribution`.
    """
    x, y = (np.asarray(table[name], dtype=float) for name in (column, target))
    jitter = 0.6 * (np.random.default_rng(0).random(len(y)) - 0.5)
    pad = 0.03 * np.ptp(x) or 1.0
    limits = (x.min() - pad, x.max() + pad), (y.min() - 0.8, y.max() + 0.8)
    pen = Pen(ax, f"With {target}", _with_unit(column), target, *limits)
    xy = np.column_stack([x, y + jitter])
    pen.points("wines", xy, color=BLUE, size=3, alpha=0.3, edge_width=0)
    order = np.array_split(np.argsort(x, kind="stable"), 10)  # ten groups of equal size
    means = np.transpose([(x[rows].mean(), y[rows].mean()) for rows in order])
    label = f"mean {target} of each tenth"
    pen.curve("mean", *means, color=VERMILLION, marker="o", width=2.5, label=label)
    pen.legend("upper right", size=9, behind=True)
    correlation = np.corrcoef(x, y)[0, 1]
    return pen.done(f"Its correlation with {target} is ≈ {correlation:.2f}.")


def signed_bars(
    ax: Place,
    values: dict[str, float],
    *,
    xlabel: str,
    title: str = "",
    limit: float | None = None,
) -> Picture:
    """Draw numbers with a sign as bars to both sides of zero, the first on top.

    The sentence names the largest and the smallest.

    Parameters
    ----------
    values : dict of str to float
        The numbers by name.
    xlabel, title
        As `Pen` takes them.
    limit : float, optional
        The axis runs from minus this to this.
    """
    numbers = np.array(list(values.values()), dtype=float)
    limit = limit or 1.2 * float(np.abs(numbers).max())
    rows = np.arange(len(numbers))[::-1]
    limits = (-limit, limit), (-0.7, len(numbers) - 0.3)
    names = dict(zip(rows.tolist(), values, strict=True))
    pen = Pen(ax, title, xlabel, "", *limits, yticks=names)
    pen.mark_x("zero", 0, color=GREY, width=1, dash="-")
    bars = [[(0, row), (number, row)] for row, number in zip(rows, numbers, strict=True)]
    colors = [BLUE if number >= 0 else VERMILLION for number in numbers]
    pen.segments("bars", bars, color=colors, width=9, zorder=2)
    top, low = max(values, key=values.get), min(values, key=values.get)
    return pen.done(f"Largest: {top}. Smallest: {low}.")


# Scaled inputs.


def descent_map(
    ax: Place,
    X: np.ndarray,
    y: np.ndarray,
    *,
    inputs: str,
    step_size: float,
    names: tuple[str, str] = ("1", "2"),
) -> Picture:
    """Draw the loss of a linear unit over its two weights and the way down it, in equal units.

    The bias is set to its best for each pair of weights, so the map needs no third direction.
    The sentence says how far the first weight has come.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 2)
        Two inputs as measured.
    y : ndarray of shape (n_samples,)
        Targets.
    inputs : {"as measured", "min-max", "standardised"}
        How the inputs are scaled.
    step_size : float
        The learning rate as a fraction of 2/λ, the largest that does not diverge; λ is the
        largest curvature of the loss.
    names : tuple of str
        Names of the two inputs.
    """
    hessian, best, path, _ = _fits.descent(X, y, inputs, step_size)
    # A square about the lowest place: steps that go too far end within it, on the other side.
    half = 1.2 * np.abs(path[0] - best).max()
    limits = [(centre - half, centre + half) for centre in best]
    axes = [np.linspace(*ends, 161) for ends in limits]
    away = np.stack(np.meshgrid(*axes)) - best[:, None, None]
    height = np.einsum("iab,ij,jab->ab", away, hessian, away)
    words = f"Inputs {inputs}", *(f"weight of {name}" for name in names)
    pen = Pen(ax, *words, *limits, equal=True)
    # The root spreads the colours evenly over a parabola's heights.
    shade = np.sqrt(height / height.max())
    pen.image("loss", shade, (*limits[0], *limits[1]), colors="cividis", limits=(0, 1))
    pen.curve("path", *path.T, color="#FFFFFF", marker="o", size=4, width=1.2)
    start = {"color": VERMILLION, "size": 9, "edge": "#FFFFFF", "zorder": 2, "label": "start"}
    pen.dot("start", *path[0], **start)
    pen.star("best", *best, fill="#FFFFFF", edge="#222222", label="lowest")
    pen.legend("upper right", size=9, behind=True)
    gone = 100 * (path[-1] - path[0])[0] / (best - path[0])[0]
    return pen.done(
        f"After {_fits.STEPS} steps the weight of {names[0]} has gone ≈ {gone:.0f} % of its way."
    )


def descent_losses(
    ax: Place, X: np.ndarray, y: np.ndarray, *, inputs: str, step_size: float
) -> Picture:
    """Draw how far each way of scaling is above the lowest loss, step after step.

    The sentence compares the two curvatures of the chosen scaling; all else as for `descent_map`.
    """
    limits = (0, _fits.STEPS), (1e-5, 1e3)
    pen = Pen(ax, "Above the lowest loss", "step", "mean squared error", *limits, ylog=True)
    for number, name in enumerate(_fits.SCALINGS):
        above = np.maximum(_fits.descent(X, y, name, step_size).above, 1e-6)
        look = series(number) | {"width": 3.5 if name == inputs else 1.5}
        pen.curve(name, np.arange(len(above)), above, **look, label=name)
    pen.legend("upper right", size=9, behind=True)
    curvatures = np.linalg.eigvalsh(_fits.descent(X, y, inputs, step_size).hessian)
    ratio = curvatures[-1] / curvatures[0]
    return pen.done(f"The steepest direction curves ≈ {ratio:,.1f} times as much as the flattest.")


# Polynomials, bias and variance.


def polynomial_fit(
    ax: Place,
    x: np.ndarray,
    y: np.ndarray,
    truth: Callable[[np.ndarray], np.ndarray],
    *,
    degree: int,
    points: int | None = None,
) -> Picture:
    """Draw the polynomial of a degree that meets training points best, and the truth.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,)
        Training points, with x in [-1, 1].
    truth : callable
        The curve without noise; takes and returns shape (n,).
    degree : int
        Degree of the polynomial.
    points : int, optional
        Use only the first so many points.
    """
    x, y = np.ravel(x)[:points].astype(float), np.ravel(y)[:points].astype(float)
    grid = np.linspace(-1.0, 1.0, 201)
    curve = chebyshev.chebval(grid, _fits.polynomial(x, y, degree))
    pen = Pen(ax, "The fit", "input x", "output y", (-1.05, 1.05), (-2.2, 2.2))
    pen.curve("truth", grid, truth(grid), color=GREY, width=2, dash="--", label="truth")
    far = np.clip(curve, -50, 50)  # far outside the picture
    pen.curve("fit", grid, far, color=VERMILLION, width=2.5, label="polynomial", zorder=4)
    _training_points(pen, x, y)
    pen.legend("upper center", columns=3, size=9, behind=True)
    return pen.done(f"A polynomial of degree {degree} through {len(x)} training points.")


def _training_points(pen: Pen, x: np.ndarray, y: np.ndarray) -> None:
    xy = np.column_stack([np.ravel(x), np.ravel(y)])
    pen.points("data", xy, color=BLUE, size=5.1, label="training points", zorder=5)


def errors_by_degree(
    ax: Place,
    x: np.ndarray,
    y: np.ndarray,
    x_val: np.ndarray,
    y_val: np.ndarray,
    *,
    degree: int,
    points: int | None = None,
) -> Picture:
    """Draw training and validation error of the best polynomials of degree 0 to 15.

    The sentence gives both at the marked degree, and where validation is lowest.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,)
        Training points, with x in [-1, 1].
    x_val, y_val : ndarray of shape (n_val,)
        Validation points.
    degree : int
        The degree to mark.
    points : int, optional
        Use only the first so many training points.
    """
    x, y = np.ravel(x)[:points].astype(float), np.ravel(y)[:points].astype(float)
    degrees = np.arange(16)
    fits = [_fits.polynomial(x, y, d) for d in degrees]
    train = np.array([_fits.rmse(x, y, c) for c in fits])
    val = np.array([_fits.rmse(np.ravel(x_val), np.ravel(y_val), c) for c in fits])
    limits = (-0.5, 15.5), (0.01, 10.0)
    pen = Pen(ax, "The errors", "degree", "root mean squared error", *limits, ylog=True)
    floor = np.maximum(train, 1e-3)  # as many coefficients as points leave no training error
    pen.training(degrees, floor, width=1.5, marker="o", size=4)
    pen.validation(degrees, np.minimum(val, 1e3), width=1.5, marker="s", size=4)
    pen.mark_x("here", degree, sets=("degree", ""))
    pen.legend("upper center", columns=2, behind=True)
    short = f"{val[degree]:.2f}" if val[degree] < 10 else "above 10"
    return pen.done(
        f"At degree {degree} the training error is {train[degree]:.2f} and the validation error "
        f"{short}; validation is lowest at degree {int(np.argmin(val))}."
    )


def many_fits(
    ax: Place, x: np.ndarray, fits: np.ndarray, truth: np.ndarray, *, degree: int
) -> Picture:
    """Draw what the same model learns from many training sets, their mean, and the truth.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Where the fits were evaluated.
    fits : ndarray of shape (n_degrees, n_sets, n)
        Predictions for each degree from 0 on and each training set.
    truth : ndarray of shape (n,)
        The curve without noise.
    degree : int
        Which degree to draw.
    """
    some, mean = fits[degree][:_FITS_DRAWN], fits[degree].mean(axis=0)
    limits = (x[0], x[-1]), (-2.2, 2.2)
    pen = Pen(ax, "The same model, many training sets", "input x", "output y", *limits)
    thin = [np.column_stack([x, np.clip(fit, -50, 50)]) for fit in some]
    pen.segments("fits", thin, color=SKY, width=0.7, alpha=0.7)
    pen.curve("truth", x, truth, color=INK, width=2, dash="--", label="truth", zorder=3)
    pen.curve("mean", x, mean, color=VERMILLION, width=2.5, label="mean of all fits", zorder=4)
    pen.legend("upper center", columns=2, size=9, behind=True)
    return pen.done(f"Degree {degree}: {len(some)} of {len(fits[degree])} fits.")


def bias_variance(
    ax: Place, bias_squared: np.ndarray, variance: np.ndarray, noise: float, *, degree: int
) -> Picture:
    """Draw squared bias, variance and their sum with the noise, against the degree.

    The sentence says which of the two is larger here and where the sum is least.

    Parameters
    ----------
    bias_squared, variance : ndarray of shape (n_degrees,)
        For each degree from 0 on.
    noise : float
        Variance of the noise in the targets.
    degree : int
        The degree to mark.
    """
    bias_squared, variance = np.asarray(bias_squared), np.asarray(variance)
    total = bias_squared + variance + noise
    degrees, limits = np.arange(len(total)), ((-0.5, len(total) - 0.5), (1e-4, 10.0))
    words = "Where the error comes from", "degree", "mean squared error"
    pen = Pen(ax, *words, *limits, ylog=True, whole_x=True)
    flat = np.full(len(total), noise)
    pen.curve("noise", degrees, flat, color=GREY, dash=":", label="noise")
    for number, (name, values) in enumerate([("bias²", bias_squared), ("variance", variance)]):
        look = series(number) | {"marker": "os"[number], "size": 4, "label": name}
        pen.curve(name, degrees, np.maximum(values, 1e-4), **look)
    pen.curve("total", degrees, total, color=INK, width=2.5, label="sum of the three")
    pen.mark_x("here", degree, sets=("degree", ""))
    pen.legend("upper center", columns=2, size=9, behind=True)
    larger = "bias²" if bias_squared[degree] > variance[degree] else "variance"
    return pen.done(
        f"Here {larger} is the larger part; the sum of bias², variance and noise is least at "
        f"degree {int(np.argmin(total))}."
    )


# Diagnosis: six trainings, and the order of questions.


def case_curves(ax: Place, case: dict, *, title: str = "") -> Picture:
    """Draw the training and validation curves of a case, without telling the diagnosis.

    The sentence says where both begin and end.

    Parameters
    ----------
    case : dict
        ``"step"``, ``"loss"``, ``"val_loss"``, all of length n, and ``"achievable"``, the loss
        that the best model for this task reaches on new data.
    title : str
        Name of the case.
    """
    steps, train, val = (np.asarray(case[key], dtype=float) for key in ("step", "loss", "val_loss"))
    achievable = float(case["achievable"])
    pen = Pen(ax, title, "step", "loss", (0, steps[-1]), (0.0, 1.6))
    pen.mark_y("achievable", achievable, width=1.2, label="achievable")
    pen.training(steps, train, width=1.8)
    pen.validation(steps, val, width=1.8)
    return pen.done(
        f"{title}: training goes from ≈ {train[0]:.1f} to ≈ {train[-1]:.1f}, validation from "
        f"≈ {val[0]:.1f} to ≈ {val[-1]:.1f}; ≈ {achievable:.2f} is achievable."
    )


# Box: (words, x, y, colour, width).
_BOXES = [
    ("Is the training error near\nwhat is achievable?", 0.0, 0.0, BLUE, 1.9),
    ("Is the validation error near\nthe training error?", 2.9, 0.0, BLUE, 1.9),
    ("Well: judge it once\non the test set", 5.55, 0.0, GREEN, 1.5),
    ("other learning rate or optimizer\nother activation, batch norm\nbigger model, more steps",
     0.0, -1.35, VERMILLION, 2.5),
    ("are both sets prepared alike?\nmore data, augmentation\nearly stopping, L1, L2, dropout\n"
     "smaller model", 3.1, -1.35, ORANGE, 2.5),
]  # fmt: skip
# Arrow: from, to (points), words, where they stand.
_ARROWS = [
    ((0.98, 0.0), (1.92, 0.0), "yes", (1.45, 0.06)),
    ((3.88, 0.0), (4.77, 0.0), "yes", (4.33, 0.06)),
    ((0.0, -0.3), (0.0, -0.88), "no, far above:\nit underfits, or learns badly", (0.08, -0.6)),
    ((2.9, -0.3), (2.9, -0.8), "no, far above:\nit overfits, or the sets differ", (2.98, -0.56)),
]


def diagnosis_chart(ax: Place) -> Picture:
    """Draw the order of questions by which a training is diagnosed, and what helps."""
    pen = Pen(ax, xlim=(-1.4, 6.4), ylim=(-2.2, 0.42), bare=True)
    for number, (words, x, y, color, width) in enumerate(_BOXES):
        height = 0.16 * (words.count("\n") + 1) + 0.22
        pen.box(f"box {number}", (x, y), (width, height), words, color=color)
    for number, (start, end, words, place) in enumerate(_ARROWS):
        pen.arrow(f"way {number}", start, end, width=1.8)
        beside = "left" if start[0] == end[0] else "bottom"
        pen.text(f"label {number}", *place, words, size=10, italic=True, anchor=beside)
    back = "then train again and begin at the first question"
    pen.text("back", 1.5, -2.0, back, size=10, italic=True, anchor="top")
    return pen.done(
        "First the training error: if it is far above what is achievable, the model underfits or "
        "learns badly, so help it to learn. Only then the validation error: if it is far above "
        "the training error, the model overfits, or the two sets differ. If both are near, judge "
        "it once on the test set."
    )


# Comparisons of trained networks.


def compare_runs(
    ax: Place,
    runs: dict[str, tuple],
    *,
    xlabel: str = "step",
    ylabel: str = "loss",
    title: str = "",
) -> Picture:
    """Draw one curve for each of a few runs; the sentence names the one that ends lowest.

    Parameters
    ----------
    runs : dict of str to (x, y)
        By name; x and y of shape (n,).
    xlabel, ylabel, title
        As `Pen` takes them.
    """
    pen = Pen(ax, title, xlabel, ylabel)
    for number, (name, (x, y)) in enumerate(runs.items()):
        pen.curve(name, x, y, width=2, label=name, **series(number))
    pen.legend(size=9, behind=True)
    lowest = min(runs, key=lambda name: runs[name][1][-1])
    return pen.done(f"Lowest at the end: {lowest}.")


# Remedies: early stopping, penalties, dropout; and normalisation.


def early_stopping(
    ax: Place, loss: Sequence[float], val_loss: Sequence[float], *, patience: int, min_delta: float
) -> Picture:
    """Draw curves of a training and where Keras's ``EarlyStopping`` would have ended it.

    The sentence names the last and the restored epoch.

    Parameters
    ----------
    loss, val_loss : sequence of float, length n_epochs
        As in Keras's history.
    patience : int
        How many epochs in a row may bring nothing better.
    min_delta : float
        By how much an epoch must be better to count, in the loss's unit.
    """
    loss, val_loss = np.asarray(loss, dtype=float), np.asarray(val_loss, dtype=float)
    last, best = _fits.stopping_epochs(val_loss, patience, min_delta)
    epochs, lowest = np.arange(1, len(loss) + 1), val_loss[best - 1]
    low = float(min(loss.min(), val_loss.min()))
    high = float(np.quantile(np.concatenate([loss, val_loss]), 0.97))
    pad = 0.08 * (high - low)
    pen = Pen(ax, "", "epoch", "loss", (0, len(loss) + 1), (low - pad, high + 4 * pad))
    pen.curve("rest", epochs, loss, color=BLUE, width=1, alpha=0.3)
    pen.curve("rest val", epochs, val_loss, color=VERMILLION, width=1, dash="--", alpha=0.4)
    pen.training(epochs[:last], loss[:last])
    pen.validation(epochs[:last], val_loss[:last])
    pen.mark_x("stop", last, color=INK, zorder=2, label="stops here")
    pen.star("best", best, lowest, fill=GREEN, size=16, zorder=5, label="restored")
    pen.legend("upper right", columns=2, size=9, behind=True)
    run = "never stops early" if last == len(loss) else f"stops after epoch ≈ {last}"
    return pen.done(
        f"The training {run}; the weights of epoch ≈ {best} come back, with a validation loss of "
        f"≈ {lowest:.3f}."
    )


def penalised_weights(
    ax: Place, X: np.ndarray, y: np.ndarray, *, strength: float, penalty: str
) -> Picture:
    """Draw the weights of a linear unit that pays for its weights, and count those that are 0.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Standardised inputs.
    y : ndarray of shape (n_samples,)
        Centred targets.
    strength : float
        Factor of the penalty.
    penalty : {"L1", "L2"}
        Which one.
    """
    weights = _fits.penalised(X, y, strength, penalty)
    values = {f"input {number}": weight for number, weight in enumerate(weights, start=1)}
    title = f"{penalty}: weights {'stay small' if penalty == 'L2' else 'vanish'}"
    limit = 1.25 * float(np.abs(_fits.penalised(X, y, 0.0, "L2")).max())
    picture = signed_bars(ax, values, xlabel="weight", title=title, limit=limit)
    zeros = int(np.sum(weights == 0))
    return picture._replace(sentence=f"{penalty}: {zeros} of {len(weights)} weights are zero.")


_SIZES = np.logspace(-6, 1, 43)  # bins of the weights' sizes, six to a power of ten


def weight_sizes(ax: Place, weights: Mapping[str, np.ndarray]) -> Picture:
    """Draw how large the weights of some networks are, on one shared scale, first on top.

    The sentence gives each network's fraction of weights below 0.01.

    Parameters
    ----------
    weights : dict of str to ndarray of shape (n,)
        All weights of a network, by its name. What is below the axis stands in its first bin.
    """
    sizes = {name: np.abs(np.ravel(values)) for name, values in weights.items()}
    parts = {
        name: np.histogram(np.clip(size, *_SIZES[[0, -1]]), _SIZES)[0] / len(size)
        for name, size in sizes.items()
    }
    highest = max(part.max() for part in parts.values())
    names = dict(zip(np.arange(len(sizes))[::-1] + 0.3, sizes, strict=True))
    limits = (_SIZES[0], _SIZES[-1]), (-0.1, len(sizes) + 0.05)
    words = "How large are the weights?", "size of the weight |w|", ""
    pen = Pen(ax, *words, *limits, xlog=True, yticks=names, tick_marks=False)
    pen.mark_x("small", 0.01, color=INK, width=1, zorder=4)
    told = []
    for number, (name, part) in enumerate(parts.items()):
        floor = len(parts) - 1 - number
        look = {"color": series(number)["color"], "alpha": 0.85, "zorder": 2, "label": name}
        pen.bars(f"weights {number}", floor + 0.88 * part / highest, _SIZES, base=floor, **look)
        below = f"{np.mean(sizes[name] < 0.01):.0%} below 0.01"
        pen.text(f"below {number}", 1.5e-6, floor + 0.6, below, size=9, anchor="bottom left")
        told.append(f"{name} ≈ {below}")
    return pen.done(f"{'; '.join(told)}.")


def sizes_in_training(ax: Place, runners: Mapping[str, LiveTrainer]) -> Picture:
    """Draw `weight_sizes` of networks that train side by side, by their names."""
    return weight_sizes(ax, {name: all_weights(trainer) for name, trainer in runners.items()})


def all_weights(trainer: LiveTrainer) -> np.ndarray:
    """Return all weights of a network, biases apart, in one row."""
    return np.concatenate([kernel.ravel() for kernel in trainer.kernels().values()])


def thinned_network(ax: Place, units: list[int], *, rate: float, step: int) -> Picture:
    """Draw a network in one training step with dropout: units that are off, and what is left.

    The sentence counts the units that are off.

    Parameters
    ----------
    units : list of int
        Units of each layer, inputs first; inputs and outputs stay on.
    rate : float
        Probability with which a hidden unit is off.
    step : int
        Each step draws anew.
    """
    rng = np.random.default_rng(1000 + step)
    on = [rng.random(count) >= rate for count in units]
    on[0][:], on[-1][:] = True, True
    limits = (-0.3, len(units) - 0.7), (-0.6, 0.6)
    pen = Pen(ax, f"Step {step}", "", "", *limits, bare=True)
    places = [
        np.column_stack([np.full(n, float(k)), np.linspace(-0.5, 0.5, n) if n > 1 else [0.0]])
        for k, n in enumerate(units)
    ]
    kept = [place[mask] for place, mask in zip(places, on, strict=True)]
    ends = [[a, b] for left, right in itertools.pairwise(kept) for a in left for b in right]
    pen.segments("weights", ends, color=GREY, width=0.6, zorder=1)
    off = np.concatenate([place[~mask] for place, mask in zip(places, on, strict=True)])
    unit = {"size": 11.4, "zorder": 2}
    pen.points("on", np.concatenate(kept), color=BLUE, edge=PAPER, **unit)
    pen.points("off", off, color=FAINT, edge=GREY, **unit)
    return pen.done(f"In step {step}, {len(off)} of {sum(units[1:-1])} hidden units are off.")


def dropout_sums(
    ax: Place, a: np.ndarray, w: np.ndarray, *, rate: float, inverted: bool = True
) -> Picture:
    """Draw what the next unit receives over many steps of dropout, and at test time.

    The sentence says whether the mean in training is what arrives at test time.

    Parameters
    ----------
    a : ndarray of shape (units,)
        Outputs of the layer that is thinned.
    w : ndarray of shape (units,)
        Weights of the unit that reads them.
    rate : float
        Probability with which a unit is off.
    inverted : bool
        Whether what is left is divided by 1 - rate.
    """
    kept = np.random.default_rng(0).random((4000, len(a))) >= rate
    sums = (kept * a) @ w / ((1 - rate) if inverted else 1.0)
    mean, at_test = float(sums.mean()), float(a @ w)
    span = (at_test - 15.0, at_test + 15.0)
    heights, edges = np.histogram(sums, bins=np.linspace(*span, 61))
    limits = span, (0, nice_ceiling(1.5 * heights.max()))
    pen = Pen(ax, "What the next unit receives", "w·a", "steps", *limits)
    pen.bars("sums", heights, edges, color=BLUE, alpha=0.6, label="in training")
    solid = {"width": 2.5, "dash": "-", "zorder": 2}
    pen.mark_x("mean", mean, color=VERMILLION, label="its mean", **solid)
    pen.mark_x("test", at_test, color=INK, width=2, dash="--", zorder=2, label="at test time")
    pen.legend("upper left", size=9, behind=True)
    agree = "agree" if abs(mean - at_test) < 0.1 * abs(at_test) else "differ"
    return pen.done(
        f"The mean in training is {mean:.1f}, at test time {at_test:.1f} arrives: they {agree}."
    )


def normalised_batch(
    ax: Place, *, z1: float, z2: float, z3: float, z4: float, gamma: float = 1.0, beta: float = 0.0
) -> Picture:
    """Draw a batch of four sums, to be dragged, and below them what batch norm makes of each.

    The sentence gives mean and spread before and after (Ioffe and Szegedy, 2015, algorithm 1).

    Parameters
    ----------
    z1, z2, z3, z4 : float
        One unit's sums for the four samples of a batch.
    gamma, beta : float
        The spread and the mean that batch normalisation learns.
    """
    z = np.array([z1, z2, z3, z4])
    after = gamma * (z - z.mean()) / np.sqrt(z.var() + 1e-3) + beta
    rows = {0.0: "after", 1.0: "before"}
    limits = (-10.5, 10.5), (-0.45, 1.45)
    heights = 0.1 * np.arange(-1.5, 2)  # of the four in their row, so that none hides another
    pen = Pen(ax, "", "value", "", *limits, yticks=rows, tick_marks=False)
    for (height, name), values in zip(rows.items(), (after, z), strict=True):
        mean, reach = values.mean(), (height - 0.25, height + 0.25)
        pen.mark_x(f"mean {name}", mean, reach, color=INK, width=1.5, dash="-")
        spread = [mean - values.std(), mean + values.std()]
        pen.curve(f"spread {name}", spread, [height] * 2, color=SKY, width=9, alpha=0.6, zorder=1)
    four = [*zip(z, after, heights, strict=True)]
    ways = [[(old, 1 + lift), (new, lift)] for old, new, lift in four]
    pen.segments("ways", ways, color=GREY, width=0.8)
    for number, (old, new, lift) in enumerate(four, start=1):
        color = series(number - 1)["color"]
        sets = {"sets": (f"z{number}", ""), "label": f"sample {number}"}
        pen.dot(f"before {number}", old, 1 + lift, color=color, size=11, **sets)
        pen.dot(f"after {number}", new, lift, color=color, size=9, clip=False)
    told = [round(float(number), 1) + 0.0 for number in (z.mean(), z.std())]  # no −0.0
    told += [round(float(number), 1) + 0.0 for number in (after.mean(), after.std())]
    return pen.done(
        "Mean {:.1f} and spread {:.1f} before, mean {:.1f} and spread {:.1f} after.".format(*told)
    )


def spread_by_layer(ax: Place, runners: Mapping[str, LiveTrainer], *, X: np.ndarray) -> Picture:
    """Draw how differently the units of each hidden layer answer to different samples.

    The sentence gives the last hidden layer's spread for each network.

    Parameters
    ----------
    runners : dict of str to LiveTrainer
        Networks with equally many hidden layers, by name.
    X : ndarray of shape (n_samples, n_features)
        The samples.
    """
    spreads = {
        name: [float(np.mean(np.std(outputs, axis=0))) for outputs in trainer.hidden(X)]
        for name, trainer in runners.items()
    }
    depth = max(map(len, spreads.values()))
    words = "How different are two samples still?", "hidden layer", "spread of a unit's outputs"
    ticks = {number: f"{number}" for number in range(1, depth + 1)}
    pen = Pen(ax, *words, (0.8, depth + 0.2), (1e-5, 10.0), ylog=True, xticks=ticks)
    for number, (name, spread) in enumerate(spreads.items()):
        shown = np.clip(spread, 1e-5, 10.0)
        pen.curve(name, np.arange(1, len(spread) + 1), shown, width=2, marker="o", label=name,
                  **series(number))  # fmt: skip
    pen.legend("lower left", size=9, behind=True)
    told = ", ".join(f"{spread[-1]:.2g} {name}" for name, spread in spreads.items())
    return pen.done(f"Spread of a unit's outputs in the last hidden layer: {told}.")
