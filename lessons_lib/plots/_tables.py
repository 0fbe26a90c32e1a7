"""Pictures of data before any model: columns of a table, and rows of images."""

import numpy as np
from matplotlib.axes import Axes

from lessons_lib.plots._pen import Pen, Picture


def image_row(ax: Axes, images: dict[str, np.ndarray]) -> Picture:
    """Draw a few grey images beside each other with their names.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    images : dict of str to ndarray of shape (height, width)
        Values from 0 (background) to 1 (full ink).

    Returns
    -------
    Picture
        Its sentence lists the names.
    """
    shown = list(images.values())
    height, width = np.shape(shown[0])
    gap = max(1, round(0.12 * width))
    total = len(shown) * (width + gap) - gap
    pen = Pen(ax, "", "", "", (0, total), (-0.24 * height, height))
    ax.set_axis_off()
    for number, (name, image) in enumerate(images.items()):
        left = number * (width + gap)
        pen.image(f"image {number}", np.clip(image, 0, 1), (left, left + width, 0, height),
                  cmap="gray_r", vmin=0, vmax=1, origin="upper", interpolation="nearest",
                  aspect="equal")  # fmt: skip
        look = {"ha": "center", "va": "top", "fontsize": 11}
        pen.text(f"name {number}", left + width / 2, -0.04 * height, name, **look)
    pen.frame(xlim=(0, total), ylim=(-0.24 * height, height))
    return pen.done(f"{len(shown)} images: {', '.join(images)}.")
