"""Pictures of numbers that a training leaves behind."""

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import BLUE, LINESTYLES, PALETTE, VERMILLION, Pen, Picture


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


def style(index: int) -> dict:
    """Return colour and line style number ``index``: each line differs in both."""
    return {"color": PALETTE[index % len(PALETTE)], "ls": LINESTYLES[index % len(LINESTYLES)]}
