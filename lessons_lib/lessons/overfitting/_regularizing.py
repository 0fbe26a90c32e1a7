"""Pictures of what holds a network back or helps it along: scaling, penalties, dropout, norms."""

import itertools

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._history import style
from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    Pen,
    Picture,
    legend_below,
)
from lessons_lib.plots._training import nice_ceiling

_STEPS = 40  # of gradient descent
_SCALINGS = ("as measured", "min-max", "standardised")


def descent_map(
    ax: Axes, X: np.ndarray, y: np.ndarray, *, inputs: str, step_size: float, names=("1", "2")
) -> Picture:
    """Draw the loss of a linear unit over its two weights and the way down it.

    The bias is set to its best for each pair of weights, so the map needs no third direction.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    X : ndarray of shape (n_samples, 2)
        Two inputs as measured.
    y : ndarray of shape (n_samples,)
        Targets.
    inputs : {"as measured", "min-max", "standardised"}
        How the inputs are scaled.
    step_size : float
        The learning rate as a part of 2/λ, the largest that does not diverge; λ is the largest
        curvature of the loss.
    names : tuple of str
        Names of the two inputs.

    Returns
    -------
    Picture
        Its sentence says how much of the way down is done.
    """
    hessian, slope = _quadratic(X, y, inputs)
    best = np.linalg.solve(hessian, slope)
    path = _descend(hessian, slope, step_size)
    # One picture for all scalings: both directions are drawn in units of the way to go.
    reach = np.maximum(np.abs(best), 1e-12) * 1.6
    axis = np.linspace(-1.0, 1.0, 61)
    first, second = np.meshgrid(best[0] + axis * reach[0], best[1] + axis * reach[1])
    away = np.stack([first - best[0], second - best[1]])
    height = np.einsum("iab,ij,jab->ab", away, hessian, away)
    titled = f"Inputs {inputs}"
    pen = Pen(ax, titled, f"weight of {names[0]}", f"weight of {names[1]}", (-1, 1), (-1, 1))
    shade = np.sqrt(height / height.max())
    pen.image("loss", shade, (-1, 1, -1, 1), cmap="cividis", vmin=0, vmax=1)
    places = np.clip((path - best) / reach, -3, 3)
    pen.line("path", places[:, 0], places[:, 1], color="white", marker="o", ms=4, lw=1.2)
    pen.line("start", *places[0], color=VERMILLION, marker="o", ms=9, ls="", mec="white",
             label="start")  # fmt: skip
    pen.line("best", 0, 0, color="white", marker="*", ms=15, ls="", mec=BLACK, label="lowest")
    legend_below(pen, loc="upper right", numpoints=1, fontsize=9)
    if len(ax.get_xticks()):  # the two directions have no common unit
        ax.set_xticks([])
        ax.set_yticks([])
    done = 1 - _above(hessian, best, path[-1]) / _above(hessian, best, path[0])
    return pen.done(f"After {_STEPS} steps ≈ {100 * done:.0f} % of the way down is done.")


def descent_losses(
    ax: Axes, X: np.ndarray, y: np.ndarray, *, inputs: str, step_size: float
) -> Picture:
    """Draw how far each way of scaling is above the lowest loss, step after step.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    X, y, inputs, step_size
        As for `descent_map`.

    Returns
    -------
    Picture
        Its sentence gives the condition number of the chosen scaling.
    """
    pen = Pen(ax, "Loss above the lowest", "step", "part of the start", (0, _STEPS))
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen.frame(ylim=(1e-4, 30.0))  # no curve is above 1: the rest is the legend's
    for number, name in enumerate(_SCALINGS):
        hessian, slope = _quadratic(X, y, name)
        best = np.linalg.solve(hessian, slope)
        path = _descend(hessian, slope, step_size)
        above = np.array([_above(hessian, best, w) for w in path])
        look = style(number) | {"lw": 2, "label": name}
        pen.line(name, np.arange(len(path)), np.maximum(above / above[0], 1e-5), **look)
    legend_below(pen, loc="upper right", fontsize=9)
    curvatures = np.linalg.eigvalsh(_quadratic(X, y, inputs)[0])
    ratio = curvatures[-1] / curvatures[0]
    return pen.done(f"The steepest direction curves ≈ {ratio:,.1f} times as much as the flattest.")


def _quadratic(X, y, inputs: str) -> tuple[np.ndarray, np.ndarray]:
    """Return H and g of the loss wᵀHw/2 − gᵀw + constant for inputs scaled in this way."""
    X, y = np.asarray(X, dtype=float), np.ravel(y).astype(float)
    if inputs not in _SCALINGS:
        raise ValueError(f"inputs is one of {', '.join(_SCALINGS)}; received {inputs!r}.")
    X = X - X.mean(axis=0)
    if inputs == "min-max":
        X = X / np.ptp(X, axis=0)
    elif inputs == "standardised":
        X = X / X.std(axis=0)
    return 2 * X.T @ X / len(X), 2 * X.T @ (y - y.mean()) / len(X)


def _descend(hessian, slope, step_size: float) -> np.ndarray:
    """Return the weights at each step of gradient descent from 0, shape (steps + 1, 2)."""
    rate = step_size * 2 / np.linalg.eigvalsh(hessian)[-1]
    path = [np.zeros(2)]
    for _ in range(_STEPS):
        path.append(path[-1] - rate * (hessian @ path[-1] - slope))
    return np.array(path)


def _above(hessian, best, w) -> float:
    return float((w - best) @ hessian @ (w - best)) / 2


def penalised_weights(
    ax: Axes, X: np.ndarray, y: np.ndarray, *, strength: float, penalty: str, names=None
) -> Picture:
    """Draw the weights of a linear unit that pays for its weights.

    The loss is the mean squared error plus ``strength`` times the sum of the weights' absolute
    values (L1; Tibshirani, 1996) or of their squares (L2; Hoerl and Kennard, 1970). Its lowest
    point is computed exactly.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    X : ndarray of shape (n_samples, n_features)
        Standardised inputs.
    y : ndarray of shape (n_samples,)
        Centred targets.
    strength : float
        Factor of the penalty.
    penalty : {"L1", "L2"}
        Which one.
    names : sequence of str, optional
        Names of the inputs.

    Returns
    -------
    Picture
        Its sentence counts the weights that are exactly zero.
    """
    weights = penalised_fit(X, y, strength, penalty)
    names = list(names or [f"input {j + 1}" for j in range(len(weights))])
    limit = 1.25 * float(np.abs(penalised_fit(X, y, 0.0, "L2")).max())
    title = f"{penalty}: weights stay small" if penalty == "L2" else f"{penalty}: weights vanish"
    return signed_bars(
        ax, dict(zip(names, weights, strict=True)), xlabel="weight", title=title, limit=limit,
        sentence=f"{penalty}: {int(np.sum(weights == 0))} of {len(weights)} weights are zero.",
    )  # fmt: skip


def penalised_fit(X, y, strength: float, penalty: str) -> np.ndarray:
    """Return the weights with the lowest penalised mean squared error, shape (n_features,)."""
    if penalty not in ("L1", "L2"):
        raise ValueError(f"penalty is 'L1' or 'L2'; received {penalty!r}.")
    X, y = np.asarray(X, dtype=float), np.ravel(y).astype(float)
    gram, moment = X.T @ X / len(X), X.T @ y / len(X)
    if penalty == "L2":
        return np.linalg.solve(gram + strength * np.eye(len(gram)), moment)
    weights = np.zeros(len(gram))
    for _ in range(30):  # coordinate descent: each weight in turn to its own lowest point
        for j in range(len(gram)):
            pull = moment[j] - gram[j] @ weights + gram[j, j] * weights[j]
            weights[j] = np.sign(pull) * max(abs(pull) - strength / 2, 0.0) / gram[j, j]
    return weights


def signed_bars(
    ax: Axes, values: dict[str, float], *, xlabel: str, title: str = "",
    limit: float | None = None, sentence: str = "",
) -> Picture:  # fmt: skip
    """Draw numbers with a sign as bars to both sides of zero, the first on top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values : dict of str to float
        The numbers by name.
    xlabel, title : str
        Texts.
    limit : float, optional
        The axis runs from minus this to this.
    sentence : str
        What it shows; names the largest and the smallest if not given.

    Returns
    -------
    Picture
        With that sentence.
    """
    numbers = np.array(list(values.values()), dtype=float)
    limit = limit or 1.2 * float(np.abs(numbers).max())
    rows = np.arange(len(numbers))[::-1]
    pen = Pen(ax, title, xlabel, "", (-limit, limit), (-0.7, len(numbers) - 0.3))
    if [tick.get_text() for tick in ax.get_yticklabels()] != list(values)[::-1]:
        ax.set_yticks(rows[::-1], list(values)[::-1])
    pen.line("zero", [0, 0], [-0.7, len(numbers) - 0.3], color=GREY, lw=1, zorder=1)
    bars = [[(0, row), (number, row)] for row, number in zip(rows, numbers, strict=True)]
    colors = [BLUE if number >= 0 else VERMILLION for number in numbers]
    pen.segments("bars", bars, colors=colors, linewidths=9, zorder=2)
    if not sentence:
        top, low = max(values, key=values.get), min(values, key=values.get)
        sentence = f"Largest: {top}. Smallest: {low}."
    return pen.done(sentence)


def thinned_network(ax: Axes, units: list[int], *, rate: float, step: int) -> Picture:
    """Draw a network in one training step with dropout: units that are off, and what is left.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    units : list of int
        Units of each layer, inputs first; inputs and outputs stay on.
    rate : float
        Probability with which a hidden unit is off.
    step : int
        Each step draws anew.

    Returns
    -------
    Picture
        Its sentence counts the units that are off.
    """
    rng = np.random.default_rng(1000 + step)
    on = [rng.random(count) >= rate for count in units]
    on[0][:], on[-1][:] = True, True
    pen = Pen(ax, f"Step {step}", xlim=(-0.3, len(units) - 0.7), ylim=(-0.6, 0.6))
    pen.frame()
    if pen.ax.get_title() != f"Step {step}":
        ax.set_title(f"Step {step}")
    ax.set_axis_off()
    places = [
        np.column_stack([np.full(n, float(k)), np.linspace(-0.5, 0.5, n) if n > 1 else [0.0]])
        for k, n in enumerate(units)
    ]
    ends = [
        [a, b]
        for (left, right), (kept, kept_next) in zip(
            itertools.pairwise(places), itertools.pairwise(on), strict=True
        )
        for a in left[kept]
        for b in right[kept_next]
    ]
    pen.segments("weights", ends, colors=GREY, linewidths=0.6, zorder=1)
    for name, color, wanted in [("on", BLUE, True), ("off", "#DDDDDD", False)]:
        spots = [spot[mask == wanted] for spot, mask in zip(places, on, strict=True)]
        spots = np.concatenate(spots)
        look = {"color": color, "edgecolors": "white" if wanted else GREY, "zorder": 2}
        pen.points(name, spots, s=130, **look)
    off = sum(int(np.sum(~mask)) for mask in on)
    hidden = sum(units[1:-1])
    return pen.done(f"In step {step}, {off} of {hidden} hidden units are off.")


def dropout_sums(
    ax: Axes, a: np.ndarray, w: np.ndarray, *, rate: float, inverted: bool = True
) -> Picture:
    """Draw what the next unit receives over many steps of dropout, and at test.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    a : ndarray of shape (units,)
        Outputs of the layer that is thinned.
    w : ndarray of shape (units,)
        Weights of the unit that reads them.
    rate : float
        Probability with which a unit is off.
    inverted : bool
        Whether what is left is divided by 1 - rate.

    Returns
    -------
    Picture
        Its sentence compares the mean with what arrives at test.
    """
    rng = np.random.default_rng(0)
    kept = rng.random((4000, len(a))) >= rate
    sums = (kept * a) @ w / ((1 - rate) if inverted else 1.0)
    at_test = float(a @ w)
    span = (at_test - 15.0, at_test + 15.0)
    pen = Pen(ax, "What the next unit receives", "w·a", "steps", span)
    heights, edges = np.histogram(np.clip(sums, *span), bins=np.linspace(*span, 61))
    pen.bars("sums", heights, edges, color=BLUE, alpha=0.6, label="in training")
    top = nice_ceiling(1.5 * heights.max())
    pen.frame(ylim=(0, top))
    mean = float(sums.mean())
    pen.line("mean", [mean] * 2, [0, top], color=VERMILLION, lw=2.5, label="its mean")
    pen.line("test", [at_test] * 2, [0, top], color=BLACK, lw=2, ls="--", label="at test")
    legend_below(pen, loc="upper left", fontsize=9)
    agree = "agree" if abs(mean - at_test) < 0.1 * abs(at_test) else "differ"
    return pen.done(
        f"The mean in training is {mean:.1f}, at test {at_test:.1f} arrives: they {agree}."
    )


def batch_before(ax: Axes, z: np.ndarray, *, centre: float, spread: float) -> Picture:
    """Draw the numbers of one batch before normalisation, as the layer below moves them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    z : ndarray of shape (n_samples,)
        Weighted sums of one unit, with mean 0 and spread 1.
    centre, spread : float
        Where the layer below puts them.

    Returns
    -------
    Picture
        Its sentence gives mean and spread.
    """
    return _batch_histogram(ax, spread * np.ravel(z) + centre, "Before: z", ORANGE)


def batch_after(
    ax: Axes, z: np.ndarray, *, centre: float, spread: float, gamma: float, beta: float
) -> Picture:
    """Draw the same batch after normalisation (Ioffe and Szegedy, 2015, algorithm 1).

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    z : ndarray of shape (n_samples,)
        Weighted sums of one unit, with mean 0 and spread 1.
    centre, spread : float
        Where the layer below puts them.
    gamma, beta : float
        Where batch normalisation puts them: the spread and the mean that it learns.

    Returns
    -------
    Picture
        Its sentence gives mean and spread.
    """
    z = spread * np.ravel(z) + centre
    normal = (z - z.mean()) / np.sqrt(z.var() + 1e-3)
    return _batch_histogram(ax, gamma * normal + beta, "After: γ·ẑ + β", GREEN)


def _batch_histogram(ax: Axes, values: np.ndarray, title: str, color: str) -> Picture:
    pen = Pen(ax, title, "value", "samples of the batch", (-10, 10))
    heights, edges = np.histogram(values, bins=np.linspace(-10, 10, 81))
    pen.bars("values", heights, edges, color=color, alpha=0.7)
    pen.frame(ylim=(0, len(values) / 4))
    pen.line("zero", [0, 0], [0, len(values) / 4], color=GREY, lw=1, ls=":")
    name = title.split(":")[0].lower()
    mean = round(float(values.mean()), 1) + 0.0  # no −0.0
    return pen.done(f"Mean {mean:.1f} and spread {values.std():.1f} {name}.".capitalize())
