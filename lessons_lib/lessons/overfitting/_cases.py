"""Six trainings to be diagnosed from their curves; each is really run, in NumPy, when asked for."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from lessons_lib import nn, optimizers
from lessons_lib.datasets import make_polynomial

NOISE = 0.5  # standard deviation of the noise in every target: nobody can do better than NOISE²
_SCALE = 1.4  # of the targets, so that all losses begin near 1 to 2
_ROWS = 60  # at which the losses are measured


class _Plan(NamedTuple):
    """How a case comes about."""

    points: int
    units: tuple
    optimizer: Callable[[], object]
    steps: int
    shift: float = 0.0  # of the validation inputs: prepared in another way than the training ones


_PLANS = {
    "A": _Plan(20, (40, 40), lambda: optimizers.Adam(0.01), 2400),
    "B": _Plan(200, (), lambda: optimizers.Adam(0.02), 600),
    "C": _Plan(200, (16, 16), lambda: optimizers.Adam(0.5), 240),
    "D": _Plan(200, (16, 16), lambda: optimizers.SGD(0.004), 600),
    "E": _Plan(400, (16, 16), lambda: optimizers.Adam(0.01), 900),
    "F": _Plan(400, (16, 16), lambda: optimizers.Adam(0.01), 900, shift=0.45),
}


@cache
def curves(case: str) -> dict:
    """Run one of the six trainings.

    Parameters
    ----------
    case : {"A", "B", "C", "D", "E", "F"}

    Returns
    -------
    dict
        ``"step"``, ``"loss"`` and ``"val_loss"`` of equal length (mean squared errors over all
        training and all validation points, without noise from batches), and ``"achievable"``, the
        loss of someone who knows the true curve.
    """
    if case not in _PLANS:
        raise ValueError(f"The cases are {', '.join(_PLANS)}; received {case!r}.")
    plan = _PLANS[case]
    X, y = _points(plan.points, seed=11)
    X_val, y_val = _points(200, seed=12)
    X_val = X_val + plan.shift
    model, loss, optimizer = _network(plan.units), nn.MeanSquaredError(), plan.optimizer()
    rows = {"step": [], "loss": [], "val_loss": [], "achievable": NOISE**2}
    for step in range(plan.steps + 1):
        if step % (plan.steps // _ROWS) == 0:
            rows["step"].append(step)
            rows["loss"].append(model.evaluate(X, y, loss))
            rows["val_loss"].append(model.evaluate(X_val, y_val, loss))
        model.train_on_batch(X, y, loss, optimizer)
    return rows


def _points(n_samples, seed):
    X, y = make_polynomial(n_samples, NOISE / _SCALE, seed)
    return 2 * X.astype(float), _SCALE * y[:, None].astype(float)


def _network(units):
    rng, layers, inputs = np.random.default_rng(3), [], 1
    for width in units:
        layers += [nn.Dense(inputs, width, seed=int(rng.integers(1000))), nn.Tanh()]
        inputs = width
    return nn.Sequential([*layers, nn.Dense(inputs, 1, seed=int(rng.integers(1000)))])
