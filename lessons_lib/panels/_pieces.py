"""The linear pieces of a network of ReLU units, and the place of the plane that is looked at."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib import plots
from lessons_lib.panels._controls import Slider

if TYPE_CHECKING:
    from ipywidgets import Widget

    from lessons_lib.panels._views import NetworkViews

_PLACE = ("dot_x", "dot_y")  # the controls that say where the dot is
_START = (0.7, 0.6)  # parts of the picture: beside the middle, where the lines meet at first
_ALIKE = {"rtol": 1e-3, "atol": 1e-4}  # single precision, layer after layer


def pieces(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the pieces on each of which one formula holds, and that of the dot's place."""
    if (weights := _relu_weights(seen)) is None:
        words = "Linear pieces are shown for ReLU units: choose the activation relu."
        drawn = plots.decision_boundary(ax, seen.probability, seen.points, seen.labels)
        return drawn._replace(sentence=words)
    place = _place(seen)
    read, kernel, bias = seen.bent(place[None])
    return plots.linear_pieces(
        ax, *weights, seen.points, seen.labels, place=place,
        score=float(read[0] @ kernel[:, 0] + bias[0]), sets=_PLACE, legend="above",
    )  # fmt: skip


def place_controls(seen: NetworkViews) -> dict[str, Widget]:
    """Return where the dot is, which is dragged in the picture."""
    ends = plots.plane(seen.points, 2)[0][[0, -1]].astype(float).T
    controls = {}
    for name, words, part, (low, high) in zip(_PLACE, ("x₁", "x₂"), _START, ends, strict=True):
        start, step = low + part * (high - low), (high - low) / 100
        slider = Slider(low, high, start, step).widget(f"dot {words}")
        slider.tooltip = "the place at which the formula is written; drag the dot in the picture"
        controls[name] = slider
    return controls


def silent_at_the_dot(seen: NetworkViews) -> list[np.ndarray] | None:
    """Return which units of each hidden layer put out 0 at the dot; None where there is no dot."""
    if _PLACE[0] not in seen.controls or _relu_weights(seen) is None:
        return None
    return [values[0] <= 0 for values in seen.trainer.chain().ask(_place(seen)[None])[1:-1]]


def _place(seen: NetworkViews) -> np.ndarray:
    return np.array([seen.set_to(name, 0.0) for name in _PLACE], "float32")


def _relu_weights(seen: NetworkViews) -> tuple[list[np.ndarray], list[np.ndarray]] | None:
    """Return kernels and biases of a network of ReLU units, those in use; of any other None."""
    chain, points = seen.trainer.chain(), seen.points[:64]
    if len(chain.inputs) != points.shape[1]:
        return None
    on = [np.ones(len(chain.inputs), bool), *chain.on, np.ones(1, bool)]
    kernels = [
        kernel[before][:, after]
        for kernel, (before, after) in zip(chain.kernels, pairwise(on), strict=True)
    ]
    biases = [bias[used] for bias, used in zip(chain.biases, on[1:], strict=True)]
    values = points
    for kernel, bias in zip(kernels[:-1], biases[:-1], strict=True):
        values = np.maximum(values @ kernel + bias, 0)
    same = np.allclose(values, chain.ask(points)[-2][:, on[-2]], **_ALIKE)
    return (kernels, biases) if same else None
