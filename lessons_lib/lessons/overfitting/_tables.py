"""Pictures of the columns of a table."""

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import (
    BLUE,
    VERMILLION,
    Pen,
    Picture,
    legend_below,
)


def distribution(ax: Axes, table, *, column: str) -> Picture:
    """Draw the histogram of one column.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    table : DataFrame or dict of str to array
        Columns by name.
    column : str
        Which one.

    Returns
    -------
    Picture
        Its sentence gives the range and the middle half.
    """
    values = np.asarray(table[column], dtype=float)
    low, quarter, three, high = np.quantile(values, [0, 0.25, 0.75, 1])
    pad = 0.03 * (high - low) or 1.0
    pen = Pen(ax, "Its distribution", "", "rows", (low - pad, high + pad))
    heights, edges = np.histogram(values, bins=24)
    pen.bars("rows", heights, edges, color=BLUE, alpha=0.75)
    pen.frame(column, ylim=(0, 1.1 * heights.max()))
    return pen.done(
        f"{column.capitalize()} lies between ≈ {low:.4g} and ≈ {high:.4g}, half of it between "
        f"≈ {quarter:.4g} and ≈ {three:.4g}."
    )


def against_target(ax: Axes, table, *, column: str, target: str) -> Picture:
    """Draw one column against whole-numbered targets, and the target's mean along it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    table : DataFrame or dict of str to array
        Columns by name.
    column, target : str
        Which column, and which is the target.

    Returns
    -------
    Picture
        Its sentence gives the correlation (Pearson).
    """
    x, y = (np.asarray(table[name], dtype=float) for name in (column, target))
    jitter = 0.6 * (np.random.default_rng(0).random(len(y)) - 0.5)
    pad = 0.03 * np.ptp(x) or 1.0
    xlim = (x.min() - pad, x.max() + pad)
    pen = Pen(ax, "With the target", column, target, xlim, (y.min() - 0.8, y.max() + 0.8))
    look = {"s": 9, "alpha": 0.3, "linewidths": 0}
    pen.points("rows", np.column_stack([x, y + jitter]), color=BLUE, **look)
    order = np.array_split(np.argsort(x, kind="stable"), 10)  # ten groups of equal size
    means = np.array([(x[rows].mean(), y[rows].mean()) for rows in order])
    pen.line("mean", means[:, 0], means[:, 1], color=VERMILLION, marker="o", lw=2.5,
             label=f"mean {target} of each tenth")  # fmt: skip
    legend_below(pen, loc="upper right", fontsize=9)
    correlation = np.corrcoef(x, y)[0, 1]
    return pen.done(f"Its correlation with {target} is ≈ {correlation:.2f}.")
