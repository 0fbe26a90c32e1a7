"""Pictures of fitting too little and too much: curves, errors, bias, variance, stopping."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import MaxNLocator
from numpy.polynomial import chebyshev

from lessons_lib.lessons.overfitting._regularizing import (  # noqa: F401
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
from lessons_lib.lessons.overfitting._tables import against_target, distribution  # noqa: F401
from lessons_lib.plots._history import style
from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Pen,
    Picture,
    legend_below,
)

_GRID = np.linspace(-1.0, 1.0, 201)
_FITS_DRAWN = 40  # more thin curves would become a band


def polynomial_fit(
    ax: Axes,
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
    ax : matplotlib.axes.Axes
        Where to draw.
    x, y : ndarray of shape (n_samples,)
        Training points, with x in [-1, 1].
    truth : callable
        The curve without noise; takes and returns shape (n,).
    degree : int
        Degree of the polynomial.
    points : int, optional
        Use only the first so many points.

    Returns
    -------
    Picture
        Its sentence says how many points are met by how many coefficients.
    """
    x, y = np.ravel(x)[:points].astype(float), np.ravel(y)[:points].astype(float)
    pen = Pen(ax, "The fit", "input x", "output y", (-1.05, 1.05), (-2.2, 2.2))
    pen.line("truth", _GRID, truth(_GRID), color=GREY, lw=2, ls="--", label="truth")
    curve = chebyshev.chebval(_GRID, _coefficients(x, y, degree))
    curve = np.clip(curve, -50, 50)  # far outside the picture
    pen.line("fit", _GRID, curve, color=VERMILLION, lw=2.5, label="polynomial", zorder=4)
    pen.points("data", np.column_stack([x, y]), color=BLUE, s=26, label="training points", zorder=5)
    legend_below(pen, loc="upper center", ncols=3, fontsize=9)
    return pen.done(f"A polynomial of degree {degree} through {len(x)} training points.")


def errors_by_degree(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    x_val: np.ndarray,
    y_val: np.ndarray,
    *,
    degree: int,
    points: int | None = None,
    highest: int = 15,
) -> Picture:
    """Draw training and validation error of the best polynomial of every degree.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x, y : ndarray of shape (n_samples,)
        Training points, with x in [-1, 1].
    x_val, y_val : ndarray of shape (n_val,)
        Validation points.
    degree : int
        The degree to mark.
    points : int, optional
        Use only the first so many training points.
    highest : int
        The last degree.

    Returns
    -------
    Picture
        Its sentence gives both errors at the marked degree and where validation is lowest.
    """
    x, y = np.ravel(x)[:points].astype(float), np.ravel(y)[:points].astype(float)
    degrees = np.arange(highest + 1)
    fits = [_coefficients(x, y, d) for d in degrees]
    train = np.array([_rmse(x, y, c) for c in fits])
    val = np.array([_rmse(np.ravel(x_val), np.ravel(y_val), c) for c in fits])
    pen = Pen(ax, "The errors", "degree", "root mean squared error", (-0.5, highest + 0.5))
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen.frame(ylim=(0.01, 10.0))
    floor = np.maximum(train, 1e-3)  # as many coefficients as points leave no training error
    pen.line("train", degrees, floor, color=BLUE, marker="o", ms=4, label="training")
    pen.line("val", degrees, np.minimum(val, 1e3), color=VERMILLION, ls="--", marker="s", ms=4,
             label="validation")  # fmt: skip
    pen.line("here", [degree, degree], [0.01, 10.0], color=PURPLE, lw=1.5, ls=":", zorder=1)
    legend_below(pen, loc="upper center", ncols=2)
    best = int(np.argmin(val))
    return pen.done(
        f"At degree {degree} the training error is {train[degree]:.2f} and the validation error "
        f"{_short(val[degree])}; validation is lowest at degree {best}."
    )


def _coefficients(x: np.ndarray, y: np.ndarray, degree: int) -> np.ndarray:
    """Return the least-squares polynomial in Chebyshev's basis, which stays exact at degree 15."""
    return np.linalg.lstsq(chebyshev.chebvander(x, degree), y, rcond=None)[0]


def _rmse(x, y, coefficients) -> float:
    return float(np.sqrt(np.mean((chebyshev.chebval(x, coefficients) - y) ** 2)))


def _short(error: float) -> str:
    return f"{error:.2f}" if error < 10 else "above 10"


def many_fits(ax: Axes, x: np.ndarray, fits: np.ndarray, truth: np.ndarray, *, degree: int):
    """Draw what the same model learns from many training sets, their mean, and the truth.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x : ndarray of shape (n,)
        Where the fits were evaluated.
    fits : ndarray of shape (n_degrees, n_sets, n)
        Predictions for each degree from 0 on and each training set.
    truth : ndarray of shape (n,)
        The curve without noise.
    degree : int
        Which degree to draw.

    Returns
    -------
    Picture
        Its sentence says what to look at.
    """
    some, mean = fits[degree][:_FITS_DRAWN], fits[degree].mean(axis=0)
    pen = Pen(ax, "The same model, many training sets", "input x", "output y", ylim=(-2.2, 2.2))
    pen.frame(xlim=(float(x[0]), float(x[-1])))
    curves = [np.column_stack([x, np.clip(fit, -50, 50)]) for fit in some]
    pen.segments("fits", curves, colors=SKY, linewidths=0.7, alpha=0.7)
    pen.line("truth", x, truth, color=BLACK, lw=2, ls="--", label="truth", zorder=3)
    pen.line("mean", x, mean, color=VERMILLION, lw=2.5, label="mean of all fits", zorder=4)
    legend_below(pen, loc="upper center", ncols=2, fontsize=9)
    return pen.done(f"Degree {degree}: {len(some)} of {len(fits[degree])} fits.")


def bias_variance(
    ax: Axes, bias_squared: np.ndarray, variance: np.ndarray, noise: float, *, degree: int
) -> Picture:
    """Draw squared bias, variance and their sum with the noise, against the degree.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    bias_squared, variance : ndarray of shape (n_degrees,)
        For each degree from 0 on.
    noise : float
        Variance of the noise in the targets.
    degree : int
        The degree to mark.

    Returns
    -------
    Picture
        Its sentence says which of the two is larger here and where the sum is least.
    """
    bias_squared, variance = np.asarray(bias_squared), np.asarray(variance)
    total = bias_squared + variance + noise
    degrees, shown = np.arange(len(total)), 1e-4
    if type(ax.xaxis.get_major_locator()) is not MaxNLocator:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))  # there are whole degrees only
    pen = Pen(ax, "Where the error comes from", "degree", "mean squared error")
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen.frame(xlim=(-0.5, len(total) - 0.5), ylim=(shown, 10.0))
    pen.line("noise", degrees, np.full(len(total), noise), color=GREY, ls=":", label="noise")
    for name, values, number in [("bias²", bias_squared, 0), ("variance", variance, 1)]:
        look = style(number) | {"marker": "os"[number], "ms": 4, "label": name}
        pen.line(name, degrees, np.maximum(values, shown), **look)
    pen.line("total", degrees, total, color=BLACK, lw=2.5, label="sum of the three")
    pen.line("here", [degree, degree], [shown, 10.0], color=PURPLE, lw=1.5, ls=":", zorder=1)
    legend_below(pen, loc="upper center", ncols=2, fontsize=9)
    ratio = bias_squared[degree] / variance[degree]
    larger = "bias² is the larger part" if ratio > 1 else "variance is the larger part"
    return pen.done(
        f"Here {larger}; the sum of bias², variance and noise is least at degree "
        f"{int(np.argmin(total))}."
    )


def early_stopping(
    ax: Axes, loss, val_loss, *, patience: int, min_delta: float, quantity: str = "loss"
) -> Picture:
    """Draw curves of a training and where early stopping would have ended it.

    Stops as Keras's ``EarlyStopping`` does: an epoch counts as better when its validation loss
    is lower than the best so far by more than `min_delta`; after `patience` epochs that are
    not, the training ends and the best epoch's weights come back.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    loss, val_loss : sequence of float, length n_epochs
        As in Keras's history.
    patience : int
        Epochs without a better one that are borne.
    min_delta : float
        By how much an epoch must be better to count, in the loss's unit.
    quantity : str
        What the loss is, for the label.

    Returns
    -------
    Picture
        Its sentence names the last and the restored epoch.
    """
    loss, val_loss = np.asarray(loss, dtype=float), np.asarray(val_loss, dtype=float)
    last, best = stopping_epochs(val_loss, patience, min_delta)
    epochs = np.arange(1, len(loss) + 1)
    low = float(min(loss.min(), val_loss.min()))
    high = float(np.quantile(np.concatenate([loss, val_loss]), 0.97))
    pad = 0.08 * (high - low)
    ylim = (low - pad, high + 4 * pad)
    pen = Pen(ax, "", "epoch", quantity, (0, len(loss) + 1), ylim)
    pen.line("rest", epochs, loss, color=BLUE, lw=1, alpha=0.3)
    pen.line("rest val", epochs, val_loss, color=VERMILLION, lw=1, ls="--", alpha=0.4)
    pen.line("train", epochs[:last], loss[:last], color=BLUE, lw=2, label="training")
    pen.line("val", epochs[:last], val_loss[:last], color=VERMILLION, lw=2, ls="--",
             label="validation")  # fmt: skip
    pen.line("stop", [last, last], ylim, color=BLACK, lw=1.5, ls=":", label="stops here")
    pen.line("best", [best], [val_loss[best - 1]], color=GREEN, marker="*", ms=16, ls="",
             mec=BLACK, label="restored", zorder=5)  # fmt: skip
    legend_below(pen, loc="upper right", ncols=2, fontsize=9, numpoints=1)
    run = "never stops early" if last == len(loss) else f"stops after epoch ≈ {last}"
    return pen.done(
        f"The training {run}; the weights of epoch ≈ {best} come back, with a validation loss of "
        f"≈ {val_loss[best - 1]:.3f}."
    )


def stopping_epochs(val_loss, patience: int, min_delta: float) -> tuple[int, int]:
    """Return the last epoch that is trained and the best one, both counted from 1."""
    lowest, best, wait = np.inf, 1, 0
    for epoch, value in enumerate(val_loss, start=1):
        if value + min_delta < lowest:
            lowest, best, wait = value, epoch, 0
        else:
            wait += 1
            if wait >= patience and epoch > 1:
                return epoch, best
    return len(val_loss), best


def compare_runs(
    ax: Axes,
    runs: dict[str, tuple],
    *,
    xlabel: str = "step",
    ylabel: str = "loss",
    title: str = "",
    log: bool = False,
    ylim: tuple[float, float] | None = None,
) -> Picture:
    """Draw one curve for each of a few runs.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    runs : dict of str to (x, y)
        By name; x and y of shape (n,).
    xlabel, ylabel, title : str
        Texts, with units.
    log : bool
        Whether equal vertical distances mean equal ratios.
    ylim : tuple of float, optional
        Limits of the vertical axis.

    Returns
    -------
    Picture
        Its sentence names the run that ends lowest.
    """
    pen = Pen(ax, title, xlabel, ylabel, ylim=ylim)
    if log and ax.get_yscale() != "log":
        ax.set_yscale("log")
    for number, (name, (x, y)) in enumerate(runs.items()):
        pen.line(name, np.asarray(x), np.asarray(y), lw=2, label=name, **style(number))
    legend_below(pen, fontsize=9)
    lowest = min(runs, key=lambda name: runs[name][1][-1])
    return pen.done(f"Lowest at the end: {lowest}.")


def capacity_fit(
    ax: Axes, x: np.ndarray, y: np.ndarray, grid: np.ndarray, runs: dict, *,
    width: int, depth: int, step: int,
) -> Picture:  # fmt: skip
    """Draw what a network of some width and depth had learnt after some steps.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x, y : ndarray of shape (n_samples,)
        Training points.
    grid : ndarray of shape (n,)
        Inputs at which the networks were asked.
    runs : dict of (width, depth) to dict
        Each with ``"step"``, ``"loss"``, ``"val_loss"`` (lists) and ``"curve"``, an array of
        shape (n_rows, n): the network's answers at those steps.
    width, depth, step : int
        Which run, and up to which step.

    Returns
    -------
    Picture
        Its sentence counts the network's parameters.
    """
    run = runs[width, depth]
    row = _row_at(run, step)
    pen = Pen(ax, "The fit", "input x", "output y", (-1.05, 1.05), (-2.2, 2.2))
    pen.points("data", np.column_stack([np.ravel(x), np.ravel(y)]), color=BLUE, s=26, zorder=5,
               label="training points")  # fmt: skip
    pen.line("fit", grid, run["curve"][row], color=VERMILLION, lw=2.5, zorder=4, label="network")
    legend_below(pen, loc="upper center", ncols=2, fontsize=9)
    parameters = 2 * width + (depth - 1) * (width + 1) * width + width + 1
    return pen.done(f"{depth} × {width} hidden units, {parameters:,} parameters.")


def capacity_curves(ax: Axes, runs: dict, *, width: int, depth: int, step: int) -> Picture:
    """Draw training and validation loss of one of many runs, with a mark at a step.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    runs : dict of (width, depth) to dict
        As for `capacity_fit`.
    width, depth, step : int
        Which run, and which step to mark.

    Returns
    -------
    Picture
        Its sentence compares both losses at the step.
    """
    run = runs[width, depth]
    row = _row_at(run, step)
    steps, train, val = (np.asarray(run[key], dtype=float) for key in ("step", "loss", "val_loss"))
    pen = Pen(ax, "The losses", "step", "mean squared error", (0, steps[-1]))
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen.frame(ylim=(1e-4, 10.0))
    pen.line("train", steps, np.maximum(train, 1e-4), color=BLUE, lw=2, label="training")
    pen.line("val", steps, np.clip(val, 1e-4, 10), color=VERMILLION, lw=2, ls="--",
             label="validation")  # fmt: skip
    pen.line("here", [steps[row]] * 2, [1e-4, 10.0], color=PURPLE, lw=1.5, ls=":", zorder=1)
    legend_below(pen, loc="upper right", ncols=2)
    return pen.done(
        f"At step {steps[row]:,.0f} the training loss is ≈ {train[row]:.3f}, the validation loss "
        f"≈ {val[row]:.3f}."
    )


def _row_at(run: dict, step: int) -> int:
    """Return the last row of a run that is not after a step."""
    return max(int(np.searchsorted(run["step"], step, side="right")) - 1, 0)


def case_curves(ax: Axes, case: dict, *, title: str = "") -> Picture:
    """Draw the training and validation curves of a patient, without telling the diagnosis.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    case : dict
        ``"step"``, ``"loss"``, ``"val_loss"``, all of length n, and ``"bearable"``, the loss
        that people or other models reach on this task.
    title : str
        Name of the case.

    Returns
    -------
    Picture
        Its sentence says where both curves begin and end.
    """
    steps, train, val = (np.asarray(case[key], dtype=float) for key in ("step", "loss", "val_loss"))
    bearable = float(case["bearable"])
    pen = Pen(ax, title, "step", "loss", (0, steps[-1]), (0.0, 1.6))
    pen.line("bearable", [0, steps[-1]], [bearable] * 2, color=GREY, lw=1.2, ls=":",
             label="what can be reached")  # fmt: skip
    pen.line("train", steps, train, color=BLUE, lw=1.8, label="training")
    pen.line("val", steps, val, color=VERMILLION, lw=1.8, ls="--", label="validation")
    return pen.done(
        f"{title}: training goes from ≈ {train[0]:.1f} to ≈ {train[-1]:.1f}, validation from "
        f"≈ {val[0]:.1f} to ≈ {val[-1]:.1f}; ≈ {bearable:.2f} can be reached."
    )


# Box: (words, x, y, colour, width).
_BOXES = [
    ("How large is the\ntraining error?", 0.0, 0.0, BLUE, 1.5),
    ("How large is the\nvalidation error?", 2.7, 0.0, BLUE, 1.5),
    ("Done: judge it\non the test set", 5.2, 0.0, GREEN, 1.4),
    ("other learning rate or optimizer\nother activation, batch norm\nbigger model, more steps",
     0.0, -1.35, VERMILLION, 2.5),
    ("more data, augmentation\nearly stopping\nL1, L2, dropout\nsmaller model",
     3.1, -1.35, ORANGE, 2.2),
]  # fmt: skip
# Arrow: from, to (points), words, where they stand.
_ARROWS = [
    ((0.78, 0.0), (1.92, 0.0), "small", (1.35, 0.06)),
    ((3.48, 0.0), (4.47, 0.0), "small", (3.98, 0.06)),
    ((0.0, -0.3), (0.0, -0.88), "too large:\nit underfits", (0.08, -0.6)),
    ((2.9, -0.3), (2.9, -0.8), "too large:\nit overfits", (2.98, -0.56)),
]


def diagnosis_chart(ax: Axes) -> Picture:
    """Draw the order of questions by which a training is diagnosed, and what helps.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    Picture
        Its sentence goes through the chart.
    """
    pen = Pen(ax, xlim=(-1.4, 6.0), ylim=(-2.2, 0.42))
    ax.set_axis_off()
    for number, (words, x, y, color, width) in enumerate(_BOXES):
        height = 0.16 * (words.count("\n") + 1) + 0.22
        pen.patch(
            f"box {number}",
            lambda x=x, y=y, w=width, h=height, **look: FancyBboxPatch(
                (x - w / 2, y - h / 2), w, h, **look
            ),
            boxstyle="round,pad=0.02,rounding_size=0.06",
            facecolor=color,
            edgecolor="none",
            alpha=0.22,
        )
        pen.text(f"words {number}", x, y, words, ha="center", va="center", fontsize=11)
    for number, (start, end, words, place) in enumerate(_ARROWS):
        pen.patch(
            f"way {number}",
            lambda a=start, b=end, **look: FancyArrowPatch(a, b, **look),
            arrowstyle="-|>",
            mutation_scale=16,
            lw=1.8,
            color=BLACK,
        )
        upright = start[0] == end[0]
        beside = {"ha": "left", "va": "center"} if upright else {"ha": "center", "va": "bottom"}
        pen.text(f"label {number}", *place, words, fontsize=10, style="italic", **beside)
    back = {"fontsize": 10, "style": "italic", "ha": "center", "va": "top"}
    pen.text("back", 1.5, -2.0, "then train again and begin at the first question", **back)
    return pen.done(
        "First the training error: if it is too large, the model underfits, so help it to learn. "
        "Only then the validation error: if that is too large, the model overfits, so give more "
        "data or hold it back. If both are small, judge it once on the test set."
    )
