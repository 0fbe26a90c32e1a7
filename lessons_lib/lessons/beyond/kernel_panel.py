"""A panel on which a kernel is set by hand and laid on a digit."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np

from lessons_lib import panels
from lessons_lib.lessons.beyond import kernel_pictures as pictures
from lessons_lib.lessons.beyond.convolution import PRESETS

_OWN = "your own"
_LABELS = (
    "top left", "top", "top right",
    "left", "middle", "right",
    "bottom left", "bottom", "bottom right",
)  # fmt: skip
_NAMES = tuple(label.replace(" ", "_") for label in _LABELS)


def kernel_of(values: Mapping[str, Any]) -> np.ndarray:
    """Return the kernel that the controls of `by_hand` show, shape (3, 3)."""
    return np.array([float(values[name]) for name in _NAMES]).reshape(3, 3)


def by_hand(image: np.ndarray, start: str = "edge, upright") -> widgets.Widget:
    """Return a panel with a kernel whose nine weights are turned, a digit, and what is found.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        Grey values, 0 to 1.
    start : str
        Which of the kernels in `PRESETS` is there at first.

    Raises
    ------
    ValueError
        If the image is no table of 4×4 grey values or more, or there is no such kernel.
    """
    image = np.asarray(image)
    if image.ndim != 2 or min(image.shape) < 4:
        raise ValueError(
            "A kernel of 3×3 is laid on one grey image of shape (height, width), 4 or more of "
            f"each; received the shape {image.shape}. One image of many is X_train[0, :, :, 0]."
        )
    if start not in PRESETS:
        raise ValueError(f"There is no kernel {start!r}. There are {', '.join(PRESETS)}.")
    height, width = image.shape

    def digit(ax, row, column, **values):
        return pictures.digit_under_kernel(ax, image, kernel_of(values), row=row, column=column)

    def products(ax, row, column, preset, **values):
        place = {"row": row, "column": column}
        kernel = kernel_of(values)
        return pictures.kernel_products(ax, image, kernel, **place, names=_NAMES, title=preset)

    def found(ax, row, column, **values):
        return pictures.feature_map(ax, image, kernel_of(values), row=row, column=column)

    weights = {
        name: panels.Slider(-2.0, 2.0, float(weight), step=0.1, label=label)
        for name, label, weight in zip(_NAMES, _LABELS, np.ravel(PRESETS[start]), strict=True)
    }
    panel = panels.explore(
        *(products, digit, found),
        size=(9.4, 3.5),
        preset=panels.Choice((*PRESETS, _OWN), start, label="kernel"),
        **weights,
        row=_along(height),
        column=_along(width),
    )
    _bind(panel)
    return panel


def _along(side: int) -> panels.Slider:
    """Return a slider for the pixel under the kernel's middle, which stays off the edge."""
    return panels.Slider(2, side - 1, max(side // 2, 2))


def _bind(panel: Any) -> None:
    """Let a kernel that is chosen turn the nine weights, and these say which one they are."""
    preset, weights = panel.controls["preset"], [panel.controls[name] for name in _NAMES]
    choosing = []  # the kernel on its way to the weights: in between they are none

    def choose(change):
        if change["new"] == _OWN:
            return
        choosing.append(change["new"])
        for slider, weight in zip(weights, np.ravel(PRESETS[change["new"]]), strict=True):
            slider.value = float(weight)
        choosing.clear()

    def name(_):
        if choosing:
            return
        now = kernel_of(panel.values)
        named = (words for words, kernel in PRESETS.items() if np.allclose(kernel, now))
        words = next(named, _OWN)
        if words != preset.value:
            preset.value = words

    def placed(pick):
        if not pick.item.startswith("handle"):
            return pick
        row = int(pick.item.split()[1]) // 3
        return pick._replace(y=pictures.weight_at(row, pick.y))

    preset.observe(choose, names="value")
    for slider in weights:
        slider.observe(name, names="value")
    panel.placed = placed
