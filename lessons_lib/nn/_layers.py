"""Layers that hold numbers of their own: Dense, Dropout, BatchNormalization."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from lessons_lib._ground.fields import below_one, fraction, not_negative
from lessons_lib._ground.values import whole_number
from lessons_lib.nn._initializers import Initializer, draw
from lessons_lib.nn._inputs import (
    as_float,
    as_rows,
    float_dtype,
    incoming,
)


class Layer:
    """What every layer can do. Subclass it to write your own.

    A layer needs ``forward(X, training=False)`` and ``backward(dA)``. If it learns, name its
    parameters in `parameter_names`: the gradient of ``W`` is then expected in ``dW``.

    Attributes
    ----------
    parameter_names : tuple of str
        Attributes that an optimizer may change.
    """

    parameter_names: tuple[str, ...] = ()

    def forward(self, X: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute the layer's output from its input, and keep what backward will need."""
        raise NotImplementedError(f"{type(self).__name__} needs a forward(X, training) of its own.")

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Turn dL/d(output) into dL/d(input), and store the gradients of the parameters."""
        raise NotImplementedError(f"{type(self).__name__} needs a backward(dA) of its own.")

    @property
    def parameters(self) -> list[np.ndarray]:
        """The arrays that learning changes, for example ``[W, b]``."""
        return [getattr(self, name) for name in self.parameter_names]

    @property
    def gradients(self) -> list[np.ndarray]:
        """The gradients from the last backward, in the order of `parameters`."""
        gradients = [getattr(self, f"d{name}", None) for name in self.parameter_names]
        if any(gradient is None for gradient in gradients):
            raise ValueError(
                f"{self!r} has no gradients yet. Expected forward and backward to have been "
                "called before; received a request for gradients first."
            )
        return gradients

    def penalty(self) -> float:
        """Return what the layer adds to the loss for large weights; 0 if nothing."""
        return 0.0

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Dense(Layer):
    """Each unit weighs all inputs and adds a bias: Z = X W + b.

    Parameters
    ----------
    n_in : int
        Number of inputs (features).
    units : int
        Number of outputs.
    initializer : str or callable, default "glorot_uniform"
        A name in `INITIALIZERS`, or a function ``(n_in, units, rng) -> (n_in, units)`` such as
        ``nn.normal(stddev=0.01)``. The bias begins at 0.
    l1, l2 : float, default 0.0
        Strengths of the penalty ``l1 · Σ|W| + l2 · ΣW²`` (Keras's: no factor ½, no bias).
    seed : int, default 0
        Draws the first weights. Layers of the same shape in one network need different seeds.
    dtype : dtype, default np.float64
        Of the parameters; inputs are converted to it, so outputs and gradients have it too.

    Attributes
    ----------
    W, dW : ndarray of shape (n_in, units)
        Weights and the gradient of loss and penalty, dL/dW (None before backward).
    b, db : ndarray of shape (units,)
        Biases and dL/db.

    Raises
    ------
    ValueError, TypeError
        If a size, a penalty or the initializer is not one of those above.
    """

    parameter_names = ("W", "b")
    l1, l2 = not_negative(), not_negative()

    def __init__(
        self,
        n_in: int,
        units: int,
        initializer: str | Initializer = "glorot_uniform",
        l1: float = 0.0,
        l2: float = 0.0,
        seed: int = 0,
        dtype: DTypeLike = np.float64,
    ):
        self.n_in = whole_number("n_in", n_in, 1)
        self.units = whole_number("units", units, 1)
        self.l1, self.l2 = l1, l2
        dtype = float_dtype(dtype)
        self.W = draw(initializer, self.n_in, self.units, seed).astype(dtype)
        self.b = np.zeros(self.units, dtype)
        self.X = self.Z = self.dW = self.db = None

    def forward(self, X: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute Z = X W + b.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_in)
        training : bool
            Makes no difference here.

        Returns
        -------
        ndarray of shape (n_samples, units)
        """
        self.X = as_rows(self, X, self.n_in, self.W.dtype)
        self.Z = self.X @ self.W + self.b  # (n, n_in) @ (n_in, units) + (units,) → (n, units)
        return self.Z

    def backward(self, dZ: ArrayLike) -> np.ndarray:
        """Store dW and db, return dX.

        Parameters
        ----------
        dZ : array_like of shape (n_samples, units)
            dL/dZ. The mean over samples is already in it: the loss divides by n.

        Returns
        -------
        ndarray of shape (n_samples, n_in)
            dL/dX, for the layer before.
        """
        dZ = incoming(self, dZ, self.Z)
        self.dW = self.X.T @ dZ  # dL/dW, (n_in, n) @ (n, units) → (n_in, units)
        self.db = dZ.sum(axis=0)  # dL/db, shape (units,): b was added to every row
        if self.l1 or self.l2:
            self.dW += self.l1 * np.sign(self.W) + 2 * self.l2 * self.W  # d(penalty)/dW
        return dZ @ self.W.T  # dL/dX, (n, units) @ (units, n_in) → (n, n_in)

    def penalty(self) -> float:
        """Return ``l1 · Σ|W| + l2 · ΣW²``, which is added to the loss."""
        if not (self.l1 or self.l2):
            return 0.0
        return float(self.l1 * np.abs(self.W).sum() + self.l2 * (self.W**2).sum())

    def __repr__(self) -> str:
        return f"Dense({self.n_in}, {self.units})"


class Dropout(Layer):
    """In training, switch units off at random and scale the others up; otherwise do nothing.

    This is inverted dropout: dividing by 1 − rate in training keeps the expected output, so
    nothing needs scaling afterwards (Srivastava et al. 2014, section 10).

    Parameters
    ----------
    rate : float
        Chance of each value to be switched off, from 0 to below 1. It may be changed later.
    seed : int, default 0
        Draws the masks. Several Dropout layers in one network need different seeds.

    Attributes
    ----------
    mask : ndarray or None
        What the last forward multiplied with: 0 or 1 / (1 − rate). None outside training.

    Raises
    ------
    ValueError, TypeError
        If `rate` is not a number from 0 to below 1, or `seed` no int.
    """

    rate = below_one()
    X = mask = None

    def __init__(self, rate: float, seed: int = 0):
        self.rate = rate
        self.seed = whole_number("seed", seed)
        self.reset()

    def reset(self) -> None:
        """Begin the sequence of masks again, so that the next forward repeats the first."""
        self._rng = np.random.default_rng(self.seed)

    def forward(self, X: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute A = X · mask in training, and A = X otherwise; X may have any shape."""
        self.X = as_float(X, "X")
        if not training:
            self.mask = None
            return self.X
        keep = self._rng.random(self.X.shape) >= self.rate
        self.mask = keep.astype(self.X.dtype) / (1 - self.rate)
        return self.X * self.mask

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Return dL/dX: a unit that was off passes no gradient back."""
        dA = incoming(self, dA, self.X)
        return dA if self.mask is None else dA * self.mask  # dL/dX, the shape of X

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"


class BatchNormalization(Layer):
    """Give every column mean β and standard deviation γ, both learned (Ioffe & Szegedy 2015).

    In training the mean and variance are those of the batch, and moving averages of them are
    kept; otherwise those moving averages are used. Defaults and averages are Keras's.

    Parameters
    ----------
    units : int
        Number of columns.
    momentum : float, default 0.99
        Fraction of the old moving average that each training batch leaves in place.
    epsilon : float, default 1e-3
        Added to the variance, against division by zero.
    dtype : dtype, default np.float64
        Of parameters and moving averages; inputs are converted to it.

    Attributes
    ----------
    gamma, dgamma, beta, dbeta : ndarray of shape (units,)
        Learned scale and shift, which begin at 1 and 0, and their gradients.
    moving_mean, moving_variance : ndarray of shape (units,)
        Begin at 0 and 1. They are counted, not learned, so they are no parameters.

    Raises
    ------
    ValueError, TypeError
        If `units`, `momentum` or `epsilon` is out of range.
    """

    parameter_names = ("gamma", "beta")
    momentum, epsilon = fraction(), not_negative()

    def __init__(
        self,
        units: int,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        dtype: DTypeLike = np.float64,
    ):
        self.n_in = self.units = whole_number("units", units, 1)
        self.momentum, self.epsilon = momentum, epsilon
        dtype = float_dtype(dtype)
        self.gamma, self.beta = np.ones(units, dtype), np.zeros(units, dtype)
        self.moving_mean, self.moving_variance = np.zeros(units, dtype), np.ones(units, dtype)
        self.X_hat = self.dgamma = self.dbeta = None

    def forward(self, X: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute A = γ X̂ + β with X̂ = (X − mean) / √(variance + ε), column by column.

        Parameters
        ----------
        X : array_like of shape (n_samples, units)
        training : bool
            Whether to use (and count) the statistics of this batch.

        Returns
        -------
        ndarray of shape (n_samples, units)
        """
        X = as_rows(self, X, self.units, self.gamma.dtype)
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean, variance = X.mean(axis=0), X.var(axis=0)  # shape (units,); var divides by n
            m = self.momentum
            self.moving_mean = m * self.moving_mean + (1 - m) * mean
            self.moving_variance = m * self.moving_variance + (1 - m) * variance
        self.training = training
        self.std = np.sqrt(variance + self.epsilon)  # shape (units,)
        self.X_hat = (X - mean) / self.std  # shape (n, units)
        return self.gamma * self.X_hat + self.beta

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Store dgamma and dbeta, return dL/dX, shape (n_samples, units)."""
        dA = incoming(self, dA, self.X_hat)
        self.dgamma = (dA * self.X_hat).sum(axis=0)  # dL/dγ, shape (units,)
        self.dbeta = dA.sum(axis=0)  # dL/dβ, shape (units,)
        dX_hat = dA * self.gamma  # dL/dX̂, shape (n, units)
        if self.training:
            # In training each x also moves the mean and the variance of its column. The two
            # terms are what flows back through them: section 3 of the paper, simplified.
            X_hat = self.X_hat
            dX_hat = dX_hat - dX_hat.mean(axis=0) - X_hat * (dX_hat * X_hat).mean(axis=0)
        return dX_hat / self.std  # dL/dX, shape (n, units)

    def __repr__(self) -> str:
        return f"BatchNormalization({self.units})"
