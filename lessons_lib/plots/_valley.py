"""A picture of the loss on a plane through a network's weights, and of the way it has gone."""

import numpy as np

from lessons_lib.plots._frame import percent, short
from lessons_lib.plots._look import VERMILLION
from lessons_lib.plots._pen import Pen, Picture, Place, level_lines

_DECADES = 6  # below the highest loss: what is lower has the lowest colour
_LINES = 14  # at most so many heights have a line
_STEPS = (0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001)  # in powers of ten
_BRIGHT = "#FFFFFF"


def loss_slice(
    ax: Place,
    losses: np.ndarray,
    path: np.ndarray,
    *,
    share: float | None = None,
    over: str = "",
    title: str = "",
    legend: str = "upper right",
) -> Picture:
    """Draw the loss on a plane as a map with lines of equal loss, and the way gone on it.

    Colours and lines follow the logarithm of the loss. The sentence says from where to where the
    loss goes, how much of the way lies in the plane, and what a slice cannot show.

    Li et al. (2018), "Visualizing the Loss Landscape of Neural Nets", draw slices so, in the two
    main directions of the path.

    Parameters
    ----------
    losses : ndarray of shape (side, side)
        Row by row upwards.
    path : ndarray of shape (k, 2)
        Where the weights have stood, as far as it is seen on the plane, which reaches from -1 to 1
        both ways; the last is where they stand.
    share : float, optional
        Part of the path's movement that lies in the plane; None if nothing has moved yet.
    over : str
        On which samples the loss is measured: ``"300 points"``.
    title, legend
        As for `decision_boundary`.
    """
    losses, path = np.asarray(losses, dtype=float), np.asarray(path, dtype=float)
    pen = Pen(ax, title, "1st direction", "2nd direction", (-1, 1), (-1, 1), xticks=(), yticks=())
    if not np.isfinite(losses).any():
        return pen.done("On this plane the loss is no number anywhere.")
    heights = _heights(losses)
    low, high = np.nanmin(heights), np.nanmax(heights)
    limits = (low, high if high > low else low + 1)
    pen.image("loss", heights, (-1, 1, -1, 1), colors="cividis", limits=limits)
    axis = np.linspace(-1, 1, len(losses))
    lines = level_lines(axis, axis, heights, *_levels(low, high))
    pen.segments("heights", lines, color=_BRIGHT, width=0.7, alpha=0.45, zorder=1)
    if len(path) > 1:
        pen.curve("edge of the path", *path.T, color=_BRIGHT, width=3.5, zorder=2)
        pen.curve("path", *path.T, color=VERMILLION, width=2, zorder=2)
        pen.dot("start", *path[0], color=_BRIGHT, size=7, edge=VERMILLION, label="start")
    pen.here(*path[-1], edge=_BRIGHT, label="now")
    pen.legend(legend)
    return pen.done(_sentence(losses, share, over))


def _heights(losses: np.ndarray) -> np.ndarray:
    """Return logarithms to base 10, nan where there is no number; a loss of 0 has the lowest.

    Losses below 0, which some have, stay as they are.
    """
    heights = np.where(np.isfinite(losses), losses, np.nan)
    if np.nanmin(heights) < 0:
        return heights
    highest = max(float(np.nanmax(heights)), 1e-30)
    return np.log10(np.maximum(heights, highest * 10.0**-_DECADES))


def _levels(low: float, high: float) -> np.ndarray:
    """Return the heights that have a line: the same ones as long as the map is about as deep."""
    step = next((s for s in reversed(_STEPS) if (high - low) / s <= _LINES), (high - low) / _LINES)
    return step * np.arange(np.ceil(low / step), high / step) if step else np.empty(0)


def _sentence(losses: np.ndarray, share: float | None, over: str) -> str:
    """Say what the map shows of the loss and of the path."""
    finite = losses[np.isfinite(losses)]
    where = f" of {over}" if over else ""
    ends = f"from {short(finite.min())}, dark, to {short(finite.max())}, bright"
    held = (
        "Nothing has moved yet: the plane holds the gradient and a direction at random"
        if share is None
        else f"The plane holds {percent(share)} of the path's movement"
    )
    return (
        f"The loss{where} goes {ends}. {held}; a slice shows no other direction: a wall here may "
        "have a way round."
    )
