"""What a point can be that a hand paints in among the training data."""

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from lessons_lib._ground.values import shortened
from lessons_lib.live._compiled import Head, loss_name
from lessons_lib.live._data import Data
from lessons_lib.live._task import Task

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Brush:
    """What a point can be that is painted in.

    Attributes
    ----------
    classes : tuple
        The target that says each class, by the number of the class; () of a regression.
    like : ndarray of shape (...)
        A target, for shape and type.
    """

    classes: tuple
    like: np.ndarray

    def checked(self, y: Any) -> int | float:
        """Return the number of a class, or that of a regression; or say what does not fit."""
        if self.classes:
            known = range(len(self.classes))
            if isinstance(y, bool) or not isinstance(y, Real) or y not in known:
                raise ValueError(
                    f"The y of a painted point is the number of a class, 0 to {known[-1]}; "
                    f"received {shortened(y)}."
                )
            return int(y)
        if isinstance(y, bool) or not isinstance(y, Real):
            raise TypeError(f"The y of a painted point is a number; received {shortened(y)}.")
        if not abs(y) <= LARGEST:
            raise ValueError(f"The y of a painted point is finite; received {shortened(y)}.")
        return float(y)

    def target(self, y: float) -> np.ndarray:
        """Return what the loss reads."""
        value = self.classes[y] if self.classes else y
        return np.broadcast_to(np.asarray(value, self.like.dtype), self.like.shape)


def brush_for(heads: tuple[Head, ...], tasks: tuple[Task, ...], data: Data) -> Brush | None:
    """Return what can be painted in; None unless a sample is a point with one answer."""
    if len(heads) > 1 or data.X.shape[1:] != (2,) or data.X.dtype.kind != "f":
        return None
    (head,), (task,), y = heads, tasks, data.y
    like, units = y[0], head.units
    if len(head.tensor.shape) != 2 or y.ndim > 2:
        return None
    if task.kind == "multiclass":
        return Brush(tuple(np.eye(units) if y.ndim == 2 else range(units)), like)
    if like.size != 1:
        return None
    return Brush(_two_targets(head, y) if task.kind == "binary" else (), like)


def _two_targets(head: Head, y: np.ndarray) -> tuple[float, float]:
    """Return what stands for the two classes among the targets."""
    low, high = float(y.min()), float(y.max())
    if low < high:
        return low, high
    return (-1.0, 1.0) if "hinge" in loss_name(head.function) else (0.0, 1.0)
