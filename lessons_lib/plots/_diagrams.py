"""Pictures that explain: a network's units and weights, and rows of images."""

import itertools

import numpy as np

from lessons_lib.plots._look import BLUE, GREEN, GREY, INK, ORANGE, PAPER
from lessons_lib.plots._pen import Pen, Picture, Place

_MOST = 8  # units drawn of a wide layer


def network_graph(pen: Pen, units: list[int], *, size: float) -> None:
    """Draw a circle for each unit of a dense network and a line for each of its weights.

    Layer k stands at x = k, all within y = -0.5 and 0.5. Of a layer of more than 8 units as many
    are drawn, with a gap in their middle.

    Parameters
    ----------
    pen : Pen
        Draws the picture to which they belong.
    units : list of int
        Units of each layer, the inputs first.
    size : float
        Of a circle, in points.

    Raises
    ------
    ValueError
        If there is no layer, or one without units.
    """
    if len(units) < 2 or min(units) < 1:
        raise ValueError(
            f"A network needs the inputs and at least one layer of units, received {units}."
        )
    places = [_places(column, count) for column, count in enumerate(units)]
    pairs = itertools.pairwise(places)
    ends = [[here, there] for left, right in pairs for here in left for there in right]
    pen.segments("weights", ends, color=GREY, width=0.8, zorder=1)
    for layer, spots in enumerate(places):
        color = ORANGE if layer == 0 else GREEN if layer == len(units) - 1 else BLUE
        pen.points(f"layer {layer}", spots, size=size, color=color, edge=PAPER, zorder=2)


def _places(column: int, count: int) -> np.ndarray:
    """Return where the circles of one layer stand, shape (min(count, 8), 2)."""
    if count > _MOST:
        above = np.linspace(0.1, 0.4, _MOST // 2)
        heights = np.concatenate([-above[::-1], above])
    else:
        heights = np.linspace(-0.5, 0.5, count) * min(0.8, 0.25 * (count - 1))
    return np.column_stack([np.full(len(heights), float(column)), heights])


def network(ax: Place, units: list[int]) -> Picture:
    """Draw a dense network: a circle for each unit, a line for each weight.

    The sentence counts the parameters.

    Parameters
    ----------
    units : list of int
        Units of each layer, the inputs first; of a wide one some are drawn.
    """
    pen = Pen(ax, xlim=(-0.5, len(units) - 0.5), ylim=(-0.78, 0.78), bare=True)
    network_graph(pen, units, size=20.5 if max(units, default=0) <= 5 else 13.8)
    names = ["input", *["hidden"] * (len(units) - 2), "output"]
    for layer, (name, count) in enumerate(zip(names, units, strict=True)):
        words = f"{name}\n{count} {'unit' if layer else 'input'}{'s'[: count > 1]}"
        pen.text(f"name {layer}", layer, -0.76, words, anchor="bottom", size=10)
        if count > _MOST:
            pen.text(f"dots {layer}", layer, 0.0, "⋮", anchor="center", size=18)
    for layer, (before, now) in enumerate(itertools.pairwise(units)):
        words = f"{before}·{now} weights\n+ {now} bias{'es'[: 2 * (now > 1)]}"
        look = {"anchor": "top", "size": 9, "color": INK}
        pen.text(f"count {layer}", layer + 0.5, 0.76, words, **look)
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(units))
    return pen.done(
        f"A network with {' → '.join(map(str, units))} units has {parameters} parameters."
    )


def image_row(ax: Place, images: dict[str, np.ndarray]) -> Picture:
    """Draw a few grey images beside each other with their names, which the sentence lists.

    Parameters
    ----------
    images : dict of str to ndarray of shape (height, width)
        Values from 0 (background) to 1 (full ink).
    """
    height, width = np.shape(next(iter(images.values())))
    gap = max(1, round(0.12 * width))
    total = len(images) * (width + gap) - gap
    pen = Pen(ax, xlim=(0, total), ylim=(-0.24 * height, height), equal=True, bare=True)
    for number, (name, image) in enumerate(images.items()):
        left = number * (width + gap)
        pen.grey_image(f"image {number}", image, left)
        middle = left + width / 2
        pen.text(f"name {number}", middle, -0.04 * height, name, anchor="top", size=11)
    return pen.done(f"{len(images)} images: {', '.join(images)}.")
