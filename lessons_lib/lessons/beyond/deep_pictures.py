"""Picture of what is left of a slope on its way back through forty blocks."""

import numpy as np

from lessons_lib.lessons.beyond.deep import BLOCKS, slopes_through
from lessons_lib.plots import BLUE, GREY, ORANGE, Pen, Picture, Place

_LOWEST, _HIGHEST = 1e-27, 1e3


def slope_by_block(ax: Place, *, skip: float, branch: float) -> Picture:
    """Draw how large the slope of the loss is before each of forty blocks, on its way back.

    Parameters
    ----------
    skip, branch : float
        Weights of the way around a block, and of the block.
    """
    norms, _ = slopes_through(skip, branch)
    pen = Pen(
        *(ax, "What is left of the slope", "block", "size of the slope (log scale)"),
        xlim=(0, BLOCKS + 2),
        ylim=(_LOWEST, _HIGHEST),
        ylog=True,
    )
    pen.mark_y("one", 1.0, color=GREY, width=0.8)
    shown = np.clip(norms, _LOWEST, _HIGHEST)
    pen.curve("slopes", np.arange(1, BLOCKS + 2), shown, color=BLUE, width=2)
    pen.dot("first", 1, shown[0], color=ORANGE, size=9)
    pen.text("begins", BLOCKS + 1, 4.0, "the loss", anchor="bottom right", size=9)
    left = f"{norms[0]:.2g}" if norms[0] > 0 else "nothing"
    return pen.done(
        f"With {skip:g} of a block's input around it and {branch:g} of what it computes: of a "
        f"slope of 1 behind block {BLOCKS}, {left} comes back to block 1."
    )
