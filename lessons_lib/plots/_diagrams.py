"""Pictures that explain: a network's units and the loop of training."""

import itertools

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import BLACK, BLUE, GREEN, GREY, ORANGE, Pen, Picture


def network(
    ax: Axes, units: list[int], *, layer_names: list[str] | None = None, most: int = 8
) -> Picture:
    """Draw a dense network: a circle for each unit, a line for each weight.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    units : list of int
        Units of each layer, the inputs first.
    layer_names : list of str, optional
        A name under each layer.
    most : int
        Units drawn of a wide layer; the rest is hinted at by dots.

    Returns
    -------
    Picture
        Its sentence counts the parameters.
    """
    if len(units) < 2 or min(units) < 1:
        raise ValueError(
            f"A network needs the inputs and at least one layer of units, received {units}."
        )
    names = layer_names or ["input", *["hidden"] * (len(units) - 2), "output"]
    pen = Pen(ax, xlim=(-0.5, len(units) - 0.5), ylim=(-0.78, 0.78))
    ax.set_axis_off()
    places = [_places(column, count, most) for column, count in enumerate(units)]
    ends = [
        [here, there]
        for left, right in itertools.pairwise(places)
        for here in left
        for there in right
    ]
    pen.segments("weights", ends, colors=GREY, linewidths=0.8, zorder=1)
    for layer, (spots, name, count) in enumerate(zip(places, names, units, strict=True)):
        color = ORANGE if layer == 0 else (GREEN if layer == len(units) - 1 else BLUE)
        pen.points(
            f"layer {layer}",
            spots,
            s=420 if max(units) <= 5 else 190,
            color=color,
            edgecolors="white",
            zorder=2,
        )
        words = (
            f"{name}\n{count} input{'s'[: count > 1]}"
            if layer == 0
            else f"{name}\n{count} unit{'s'[: count > 1]}"
        )
        pen.text(f"name {layer}", layer, -0.76, words, ha="center", va="bottom", fontsize=10)
        if count > most:
            pen.text(f"dots {layer}", layer, 0.0, "⋮", ha="center", va="center", fontsize=18)
    for layer, (before, now) in enumerate(itertools.pairwise(units)):
        words = f"{before}·{now} weights\n+ {now} bias{'es'[: 2 * (now > 1)]}"
        pen.text(
            f"count {layer}",
            layer + 0.5,
            0.76,
            words,
            ha="center",
            va="top",
            fontsize=9,
            color=BLACK,
        )
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(units))
    return pen.done(
        f"A network with {' → '.join(map(str, units))} units has {parameters} parameters."
    )


def _places(column: int, count: int, most: int) -> np.ndarray:
    """Return where the circles of one layer stand, shape (min(count, most), 2)."""
    if count > most:
        half = most // 2
        heights = np.concatenate(
            [np.linspace(-0.4, -0.1, half), np.linspace(0.1, 0.4, most - half)]
        )
    else:
        heights = (
            np.linspace(-0.5, 0.5, count) * min(0.8, 0.25 * (count - 1)) if count > 1 else [0.0]
        )
    return np.column_stack([np.full(len(heights), float(column)), heights])
