"""Pictures that only the lesson on the neuron shows."""

import numpy as np

from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    VERMILLION,
    Pen,
    Picture,
    Place,
    decision_boundary,
    series,
    span,
)


def linear_unit(ax: Place, x: np.ndarray, y: np.ndarray, *, w: float, b: float) -> Picture:
    """Draw the line y = wx + b, the points it should meet, and the error at each of them.

    Of two dots on the line, that at x = 0 lifts it and that at x = 1 tilts it. The sentence gives
    the mean squared error.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples,) or (n_samples, 1)
        Inputs and targets.
    w, b : float
        Weight and bias of the unit.
    """
    x, y = np.ravel(x), np.ravel(y)
    pen = Pen(ax, "The unit y = wx + b", "input x", "output y", span(x), span(y, 0.6))
    prediction = w * x + b
    errors = [[(u, v), (u, p)] for u, v, p in zip(x, y, prediction, strict=True)]
    pen.segments("errors", errors, color=GREY, width=1.0, dash=":")
    pen.points("data", np.column_stack([x, y]), color=BLUE, size=4.7, label="data", zorder=3)
    ends = np.array(pen.xlim)
    pen.curve("unit", ends, w * ends + b, color=VERMILLION, width=2.5, label="the unit", zorder=4)
    pen.handle("lift", (0, b), "b", b, (0, 1), color=VERMILLION)
    pen.handle("tilt", (1, w + b), "w", w, (0, 1), color=VERMILLION)
    pen.legend("upper left")
    loss = np.mean((prediction - y) ** 2)
    return pen.done(f"With w = {w:.2f} and b = {b:.2f} the mean squared error is {loss:.3f}.")


_PER_WEIGHT = 0.35  # how long the arrow is in the plane, for each 1 of a weight


def logistic_unit(
    ax: Place, X: np.ndarray, y: np.ndarray, *, w1: float, w2: float, b: float
) -> Picture:
    """Draw the probability σ(w₁x₁ + w₂x₂ + b) over the plane, with the weight vector as an arrow.

    The arrow begins at the middle of the points; its tip sets the weights, and the place at which
    the decision line is nearest to that middle sets the bias. The sentence gives accuracy and
    cross-entropy.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 2)
        Points.
    y : ndarray of shape (n_samples,)
        Their classes, 0 or 1.
    w1, w2, b : float
        Weights and bias.
    """
    X, y = np.asarray(X), np.ravel(y)
    weights = np.array([w1, w2])
    z = X @ weights + b
    pen = Pen(ax, "Probability of class 1")
    pen.include(decision_boundary(pen.blank(), lambda points: _sigmoid(points @ weights + b), X, y))
    middle = np.mean(X, axis=0)
    tip = middle + _PER_WEIGHT * weights
    scale = {"zero": middle.tolist(), "one": (middle + _PER_WEIGHT).tolist()}
    pen.curve("arrow", *np.array([middle, tip]).T, color=INK, width=2.5, zorder=4)
    look = {"color": INK, "edge": PAPER, "marker": "D", "size": 9, "zorder": 5}
    pen.dot("tip", *tip, sets=("w1", "w2"), **scale, **look)
    if np.abs(weights).max() < 1e-9:
        return pen.done(f"Without weights every point gets the probability {_sigmoid(b):.2f}.")
    away = -weights / (weights @ weights)  # how far the line goes when b grows by 1
    through = middle + (weights @ middle) * away  # where it is with b = 0
    foot = through + b * away
    pen.curve("to the line", *np.array([middle, foot]).T, color=INK, width=1, dash=":", zorder=4)
    pen.handle("foot", foot, "b", b, away)
    right = np.mean((z > 0) == (y > 0.5))
    # log(1 + e^z) − yz is cross-entropy written so that a large z cannot overflow.
    loss = np.mean(np.logaddexp(0, z) - y * z)
    return pen.done(
        f"The decision line has {right:.0%} of the points on the right side; "
        f"the cross-entropy is {loss:.3f}."
    )


def probability(ax: Place, *, z: float) -> Picture:
    """Draw the sigmoid σ(z) = 1 / (1 + e⁻ᶻ) with one point marked on it.

    The sentence gives the probability.

    Parameters
    ----------
    z : float
        The linear unit's output.
    """
    pen = Pen(ax, "The sigmoid", "z = w·x + b", "probability σ(z)", (-8, 8), (-0.05, 1.05))
    grid, p = np.linspace(-8, 8, 200), _sigmoid(z)
    pen.mark_y("half", 0.5)
    pen.curve("sigmoid", grid, _sigmoid(grid), color=BLUE, width=2.5)
    pen.mark_x("drop", z, reach=(-0.05, p), color=VERMILLION, dash="--", zorder=2)
    pen.here(z, p, sets=("z", ""))
    return pen.done(f"z = {z:.1f} becomes the probability {p:.3f}.")


def _sigmoid(z):
    """Return 1 / (1 + e⁻ᶻ), computed by tanh, which cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


_STATIONS = [
    ("input X", 0.0, 0.75, ORANGE),
    ("layers\n(weights)", 1.45, 0.75, BLUE),
    ("prediction ŷ", 2.9, 0.75, GREEN),
    ("loss(y, ŷ)", 2.9, 0.0, VERMILLION),
    ("optimizer", 1.45, 0.0, BLUE),
    ("target y", 4.35, 0.0, ORANGE),
]
_HALF = np.array([0.42, 0.17])  # width and height of a box
_WAYS = [(0, 1, ""), (1, 2, ""), (2, 3, ""), (5, 3, ""), (3, 4, "gradient"), (4, 1, "update")]


def training_loop(ax: Place) -> Picture:
    """Draw the loop of training: layers, prediction, loss, optimizer, update, again.

    The sentence goes round the loop.
    """
    pen = Pen(ax, xlim=(-0.5, 4.85), ylim=(-0.32, 1.07), bare=True)
    for words, x, y, color in _STATIONS:
        pen.box(f"box {words}", (x, y), 2 * _HALF, words, color=color, text_size=12)
    for number, (start, end, words) in enumerate(_WAYS):
        here, there = (np.array(_STATIONS[station][1:3]) for station in (start, end))
        edge = np.sign(there - here) * (_HALF + 0.03)
        pen.arrow(f"way {number}", here + edge, there - edge, head=18)
        if words:
            upright = here[0] == there[0]
            x, y = (here + there) / 2 + ((0.05, 0.0) if upright else (0.0, 0.03))
            side = "left" if upright else "bottom"
            pen.text(f"label {words}", x, y, words, size=11, italic=True, anchor=side)
    return pen.done(
        "Inputs go through the layers and become predictions; the loss compares them with the "
        "targets; the optimizer uses its gradient to update the weights; then the next batch comes."
    )


def two_starts(ax: Place, curves: dict[str, list[float]], *, baseline: float) -> Picture:
    """Draw the losses of runs that differ in their start, on a log scale, and the baseline.

    The sentence says when each run is below the baseline for the first time.

    Parameters
    ----------
    curves : dict of str to list of float
        The loss of each run before training and in each epoch.
    baseline : float
        The loss of a model that always says the mean.
    """
    last = max(len(losses) for losses in curves.values()) - 1
    labels = "epoch (0: before training)", "mean squared error (log scale)"
    pen = Pen(ax, "", *labels, (0, last), ylog=True)
    pen.mark_y("baseline", baseline, label="baseline: always the mean")
    said = []
    for number, (name, losses) in enumerate(curves.items()):
        pen.curve(name, range(len(losses)), losses, width=2.5, label=name, **series(number))
        below = np.flatnonzero(np.asarray(losses) < baseline)
        said.append(f"{name}: in epoch {below[0]}" if len(below) else f"{name}: never")
    pen.legend("upper right")
    return pen.done(f"Below the baseline for the first time: {'; '.join(said)}.")


def scores(ax: Place, values: dict[str, float], *, xlabel: str) -> Picture:
    """Compare a few models by one number each, drawn from 0, the lowest on top.

    The sentence names the lowest.

    Parameters
    ----------
    values : dict of str to float
        The number of each model.
    xlabel : str
        What the number is, with its unit.
    """
    order = sorted(values, key=values.get, reverse=True)
    numbers, rows = np.array([values[name] for name in order]), np.arange(len(order))
    xlim = 0.0, 1.12 * float(np.max(numbers))  # the numbers stand right of the stems
    ticks = dict(zip(rows.tolist(), order, strict=True))
    pen = Pen(ax, "", xlabel, "", xlim, (-0.6, len(order) - 0.4), yticks=ticks)
    stems = [[(0, row), (v, row)] for row, v in zip(rows, numbers, strict=True)]
    pen.segments("rows", stems, color=GREY)
    pen.dot("scores", numbers, rows, size=11, color=BLUE)
    for row, value in zip(rows, numbers, strict=True):
        pen.text(f"value {row}", value + 0.015 * xlim[1], row, f"{value:.3f}", anchor="left")
    return pen.done(f"Best: {order[-1]}.")
