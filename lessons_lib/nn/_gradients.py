"""Gradients by trying: slow, simple, and so the judge of every backward."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.fields import not_negative
from lessons_lib.nn._losses import Loss
from lessons_lib.nn._sequential import Sequential

RIGHT, WRONG = 1e-6, 1e-3


def numerical_gradient(
    f: Callable[[np.ndarray], float], x: ArrayLike, epsilon: float = 1e-5, two_sided: bool = True
) -> np.ndarray | float:
    """Measure the gradient of f at x: nudge each number in x and see how f answers.

    Two-sided: (f(x + ε) − f(x − ε)) / 2ε, with an error that falls like ε².
    One-sided: (f(x + ε) − f(x)) / ε, with an error that falls only like ε.
    Below some ε rounding takes over in both, and grows like 1/ε.

    Parameters
    ----------
    f : callable
        ``f(x) -> float``. It may also ignore its argument and use x from elsewhere, for example
        ``lambda W: loss.forward(y, model.forward(X))`` with ``x = model.layers[0].W``.
    x : ndarray of floats, float or list
        Where to measure. An array is nudged in place and is as before when this returns.
    epsilon : float, default 1e-5
        Size of the nudge.
    two_sided : bool, default True

    Returns
    -------
    ndarray of the shape of x, or float
        df/dx; a float where x was a plain number.

    Raises
    ------
    TypeError
        If x is an array of integers, which cannot be nudged in place.
    ValueError
        If `epsilon` is not positive, or f returns more than one number.
    """
    epsilon = _positive_epsilon(epsilon)
    if not isinstance(x, np.ndarray):
        x, plain = np.array(x, dtype=np.float64), np.ndim(x) == 0
    else:
        plain = False
    if x.dtype.kind != "f":
        raise TypeError(
            "x cannot be nudged in place. Expected an array of floats; received dtype "
            f"{x.dtype}. Use x = x.astype(float) first."
        )
    f_x = 0.0 if two_sided else _one_number(f(x))
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        before = x[i]
        try:
            x[i] = before + epsilon
            f_plus = _one_number(f(x))
            if two_sided:
                x[i] = before - epsilon
                gradient[i] = (f_plus - _one_number(f(x))) / (2 * epsilon)
            else:
                gradient[i] = (f_plus - f_x) / epsilon
        finally:
            x[i] = before
    return float(gradient[()]) if plain else gradient


def relative_error(analytic: ArrayLike, numeric: ArrayLike) -> float:
    """Return ‖a − n‖ / (‖a‖ + ‖n‖): 0 for equal gradients, 1 for opposite ones.

    Parameters
    ----------
    analytic, numeric : array_like of the same shape
        The gradient from backward and the one from `numerical_gradient`.

    Returns
    -------
    float
        From 0 to 1; 0 where both gradients are 0. It also tells what kind of mistake was made:
        1 is a wrong sign or a missing gradient, 1/3 a factor of 2.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    a, n = np.asarray(analytic, dtype=np.float64), np.asarray(numeric, dtype=np.float64)
    if a.shape != n.shape:
        raise ValueError(
            "The two gradients cannot be compared. Expected the same shape; "
            f"received {a.shape} and {n.shape}."
        )
    size = np.linalg.norm(a) + np.linalg.norm(n)
    return float(np.linalg.norm(a - n) / size) if size != 0 else 0.0


@dataclass(frozen=True, eq=False)
class ParameterCheck:
    """One line of a gradient check.

    Attributes
    ----------
    name : str
        Position in the network, layer and parameter: ``"0 Dense W"``; or ``"X"``, the input.
    analytic, numeric : ndarray
        The gradient from backward, and the measured one.
    relative_error : float
        See `relative_error`.
    """

    name: str
    analytic: np.ndarray
    numeric: np.ndarray
    relative_error: float

    @property
    def verdict(self) -> str:
        """``"right"`` below 1e-6, ``"wrong"`` from 1e-3 (or not a number), else ``"doubtful"``."""
        if self.relative_error < RIGHT:
            return "right"
        return "doubtful" if self.relative_error < WRONG else "wrong"


@dataclass(frozen=True, eq=False, repr=False)
class GradientCheck:
    """What `gradient_check` found; print it to read it.

    Attributes
    ----------
    rows : tuple of ParameterCheck
        One for each parameter, and one for the input X.
    """

    rows: tuple[ParameterCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether every gradient is right."""
        return all(row.verdict == "right" for row in self.rows)

    @property
    def worst(self) -> ParameterCheck:
        """The row with the largest relative error."""
        return max(self.rows, key=lambda row: np.nan_to_num(row.relative_error, nan=np.inf))

    def __getitem__(self, name: str) -> ParameterCheck:
        """Return the row of that name, for example ``check["0 Dense W"]``."""
        for row in self.rows:
            if row.name == name:
                return row
        known = ", ".join(repr(row.name) for row in self.rows)
        raise KeyError(f"no such row; expected one of {known}; received {name!r}")

    def __str__(self) -> str:
        table = [("gradient of", "shape", "relative error", "verdict")]
        for row in self.rows:
            # Below the threshold the digits are rounding noise, different on every machine.
            error = f"{row.relative_error:.2g}" if row.verdict != "right" else f"below {RIGHT:g}"
            table.append((row.name, str(row.analytic.shape), error, row.verdict))
        name_width = max(len(name) for name, *_ in table) + 2
        shape_width = max(10, *(len(shape) for _, shape, *_ in table)) + 2
        return "\n".join(
            f"{name:<{name_width}}{shape:<{shape_width}}{error:<16}{verdict}"
            for name, shape, error, verdict in table
        )

    __repr__ = __str__


def gradient_check(
    model: Sequential,
    loss: Loss,
    X: ArrayLike,
    y: ArrayLike,
    epsilon: float = 1e-5,
    training: bool = False,
    same_masks: bool = True,
) -> GradientCheck:
    """Compare the gradients from backward with measured ones, parameter by parameter.

    The model and the loss are copied first, so nothing of yours changes.

    Parameters
    ----------
    model : Sequential
        With parameters in float64: float32 rounds too much to judge by.
    loss : Loss
        Its value and the model's penalty are what is differentiated.
    X : array_like of shape (n_samples, n_in)
        A few rows are enough. The cost is two forward passes for each number checked, X included.
    y : array_like
        Targets for the loss.
    epsilon : float, default 1e-5
    training : bool, default False
        Check the model as it is in training, with Dropout on and batch statistics in use.
    same_masks : bool, default True
        In training, let Dropout repeat one mask in every forward pass. With False each pass
        draws its own, the loss is a different function every time, and the check must fail.

    Returns
    -------
    GradientCheck

    Raises
    ------
    TypeError
        If a parameter is not float64.
    ValueError
        If `epsilon` is not positive, or a gradient has another shape than its parameter.

    Notes
    -----
    The relative error ‖a − n‖ / (‖a‖ + ‖n‖), one for each parameter array, is judged between two
    common rules. Stanford's CS231n ("Gradient checks"): be happy at 1e-7, uneasy above 1e-4
    unless there are kinks, and above 1e-2 it is probably wrong. Ng ("Gradient checking",
    DeepLearning.AI): 1e-7 is great, at 1e-5 look again, at 1e-3 suspect a bug. Here: right below
    1e-6, wrong from 1e-3, doubtful between, which is where small bugs and kinks end up: near
    Z = 0 a nudge can cross the kink of ReLU, and then the measured gradient is the wrong one.

    Gradients that are both below 1e-9 (of the loss, where that is above 1) count as equal: a
    difference quotient in float64 cannot see so far down. The bias of a Dense before a
    BatchNormalization is such a case, its true gradient is 0.
    """
    epsilon = _positive_epsilon(epsilon)
    model, loss = copy.deepcopy(model), copy.deepcopy(loss)
    X = np.array(X, dtype=np.float64)

    def measure(_=None) -> float:
        if same_masks:
            _repeat_masks(model)
        return loss.forward(y, model.forward(X, training)) + model.penalty()

    value = measure()
    dX = model.backward(loss.backward())
    rows = []
    for name, x, analytic in [("X", X, dX), *_named_gradients(model)]:
        if np.shape(analytic) != x.shape:
            raise ValueError(
                f"The gradient of {name} has the wrong shape. Expected {x.shape}, the shape of "
                f"what it is the gradient of; received {np.shape(analytic)}."
            )
        analytic = np.array(analytic)  # backward is not called again, but a layer may reuse it
        numeric = numerical_gradient(measure, x, epsilon)
        error = relative_error(analytic, numeric)
        too_small = 1e-9 * max(1.0, abs(value))
        if _rms(analytic) < too_small and _rms(numeric) < too_small:
            error = 0.0
        rows.append(ParameterCheck(name, analytic, numeric, error))
    return GradientCheck((*rows[1:], rows[0]))


def _named_gradients(model: Sequential) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Return (name, parameter, gradient) of every parameter, each of them float64."""
    named = []
    for i, layer in enumerate(model.layers):
        names = layer.parameter_names
        for name, x, dx in zip(names, layer.parameters, layer.gradients, strict=True):
            name = f"{i} {type(layer).__name__} {name}"
            if x.dtype != np.float64:
                raise TypeError(
                    f"{name} is too coarse to be checked. Expected float64; received {x.dtype}. "
                    "Build the layer with dtype=np.float64."
                )
            named.append((name, x, dx))
    return named


def _repeat_masks(model: Sequential) -> None:
    for layer in model.layers:
        if hasattr(layer, "reset"):
            layer.reset()


def _rms(gradient: np.ndarray) -> float:
    return float(np.sqrt(np.mean(gradient**2)))


def _positive_epsilon(epsilon: float) -> float:
    epsilon = not_negative().check(epsilon, "epsilon")
    if epsilon == 0:
        raise ValueError(
            "epsilon must be above 0, since the difference is divided by it. Expected for "
            "example 1e-5; received 0."
        )
    return epsilon


def _one_number(value: ArrayLike) -> float:
    if np.ndim(value) != 0:
        raise ValueError(
            "f must return one number, since a gradient belongs to one. Expected a float; "
            f"received an array of shape {np.shape(value)}. Sum or average it in f."
        )
    return float(value)
