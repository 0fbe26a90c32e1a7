"""Pictures of numbers that a training leaves behind."""

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import BLUE, GREY, LINESTYLES, PALETTE, VERMILLION, Pen, Picture


def learning_curves(
    ax: Axes, history: dict[str, list[float]], *, quantity: str = "loss", log: bool = False
) -> Picture:
    """Draw a quantity over the epochs, for training and, where known, for validation.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    history : dict of str to list of float
        As Keras's ``fit(...).history``.
    quantity : str
        Which entry; its validation twin is named ``val_`` and the same.
    log : bool
        Whether equal distances mean equal ratios.

    Returns
    -------
    Picture
        Its sentence says where each curve ends and where validation was lowest.
    """
    if quantity not in history:
        known = ", ".join(sorted(history))
        raise ValueError(f"This history has no {quantity!r}. It has: {known}.")
    pen = Pen(ax, "", "epoch", quantity)
    if log and ax.get_yscale() != "log":
        ax.set_yscale("log")
    train = np.asarray(history[quantity], dtype=float)
    epochs = np.arange(1, len(train) + 1)
    pen.line("train", epochs, train, color=BLUE, lw=2, label="training")
    sentence = f"Training {quantity} goes from {train[0]:.3g} to {train[-1]:.3g}"
    if f"val_{quantity}" in history:
        val = np.asarray(history[f"val_{quantity}"], dtype=float)
        pen.line("val", epochs, val, color=VERMILLION, lw=2, ls="--", label="validation")
        best = int(np.argmin(val))
        sentence += f"; validation is lowest at epoch {best + 1} with {val[best]:.3g}"
    pen.legend()
    return pen.done(sentence + ".")


def scores(
    ax: Axes, values: dict[str, float], *, xlabel: str, lower_is_better: bool = True
) -> Picture:
    """Compare a few models by one number each, best on top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values : dict of str to float
        The number of each model.
    xlabel : str
        What the number is, with its unit.
    lower_is_better : bool
        Which end is on top.

    Returns
    -------
    Picture
        Its sentence names the best model.
    """
    order = sorted(values, key=values.get, reverse=lower_is_better)
    pen = Pen(ax, "", xlabel)
    numbers = np.array([values[name] for name in order])
    rows = np.arange(len(order))
    span = float(np.ptp(numbers)) or 1.0
    left = float(np.min(numbers)) - 0.15 * span
    pen.segments(
        "rows", [[(left, r), (v, r)] for r, v in zip(rows, numbers, strict=True)], colors=GREY
    )
    pen.line("scores", numbers, rows, marker="o", ms=11, ls="", color=BLUE, zorder=3)
    for row, value in zip(rows, numbers, strict=True):
        pen.text(f"value {row}", value + 0.04 * span, row, f"{value:.3f}", va="center")
    ax.set_yticks(rows, order)
    ax.set_ylim(-0.6, len(order) - 0.4)
    ax.set_xlim(left, float(np.max(numbers)) + 0.25 * span)
    return pen.done(f"Best: {order[-1]}.")


def style(index: int) -> dict:
    """Return colour and line style number ``index``: each line differs in both."""
    return {"color": PALETTE[index % len(PALETTE)], "ls": LINESTYLES[index % len(LINESTYLES)]}
