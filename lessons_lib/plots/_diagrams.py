"""Pictures that explain: a network's units and the loop of training."""

import itertools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from lessons_lib.plots._pen import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILLION, Pen, Picture


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


_STATIONS = [
    ("input X", 0.0, 0.75, ORANGE),
    ("layers\n(weights)", 1.45, 0.75, BLUE),
    ("prediction ŷ", 2.9, 0.75, GREEN),
    ("loss(y, ŷ)", 2.9, 0.0, VERMILLION),
    ("optimizer", 1.45, 0.0, BLUE),
    ("target y", 4.35, 0.0, ORANGE),
]
_WAYS = [(0, 1, ""), (1, 2, ""), (2, 3, ""), (5, 3, ""), (3, 4, "gradient"), (4, 1, "update")]


def training_loop(ax: Axes) -> Picture:
    """Draw the loop of training: layers, prediction, loss, optimizer, update, again.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    Picture
        Its sentence goes round the loop.
    """
    pen = Pen(ax, xlim=(-0.5, 4.85), ylim=(-0.32, 1.07))
    ax.set_axis_off()
    half_width, half_height = 0.42, 0.17
    for words, x, y, color in _STATIONS:
        corner = (x - half_width, y - half_height)
        pen.patch(
            f"box {words}",
            lambda corner=corner, **style: FancyBboxPatch(
                corner, 2 * half_width, 2 * half_height, **style
            ),
            boxstyle="round,pad=0.02,rounding_size=0.06",
            facecolor=color,
            edgecolor="none",
            alpha=0.22,
        )
        pen.text(f"words {words}", x, y, words, ha="center", va="center", fontsize=12)
    for start, end, words in _WAYS:
        (x0, y0), (x1, y1) = _STATIONS[start][1:3], _STATIONS[end][1:3]
        dx, dy = np.sign(x1 - x0), np.sign(y1 - y0)
        a = (x0 + dx * (half_width + 0.03), y0 + dy * (half_height + 0.03))
        b = (x1 - dx * (half_width + 0.03), y1 - dy * (half_height + 0.03))
        pen.patch(
            f"way {start} {end}",
            lambda a=a, b=b, **style: FancyArrowPatch(a, b, **style),
            arrowstyle="-|>",
            mutation_scale=18,
            lw=2,
            color=BLACK,
        )
        if words:
            beside = {"ha": "center", "va": "bottom"} if dy == 0 else {"ha": "left", "va": "center"}
            pen.text(
                f"label {words}",
                (a[0] + b[0]) / 2 + 0.05 * (dy != 0),
                (a[1] + b[1]) / 2 + 0.03 * (dy == 0),
                words,
                fontsize=11,
                style="italic",
                **beside,
            )
    return pen.done(
        "Inputs go through the layers and become predictions; the loss compares them with the "
        "targets; the optimizer uses its gradient to update the weights; then the next batch comes."
    )
