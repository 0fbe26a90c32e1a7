"""Activations: one line forward, its derivative below. All but Softmax work on any shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.fields import not_negative
from lessons_lib.nn._inputs import as_float, incoming
from lessons_lib.nn._layers import Layer


class ReLU(Layer):
    """A = max(0, Z)."""

    Z = None

    def forward(self, Z: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute max(0, Z), element by element."""
        self.Z = as_float(Z, "Z")
        return np.maximum(0, self.Z)

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Return dL/dZ. At the kink, Z = 0, the derivative is taken as 0, as in Keras."""
        return incoming(self, dA, self.Z) * (self.Z > 0)  # dL/dZ = dL/dA · [Z > 0]


@dataclass(eq=False, repr=False)
class LeakyReLU(Layer):
    """A = Z where Z is positive, otherwise a small multiple of Z (Maas et al. 2013).

    Parameters
    ----------
    negative_slope : float, default 0.3
        Slope on the negative side (the default is Keras's).
    """

    negative_slope: float = not_negative(0.3)
    Z = None

    def forward(self, Z: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute Z or negative_slope · Z, element by element."""
        self.Z = as_float(Z, "Z")
        return np.where(self.Z > 0, self.Z, self.negative_slope * self.Z)

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Return dL/dZ. At the kink, Z = 0, the slope is negative_slope, as in Keras."""
        dA = incoming(self, dA, self.Z)
        return np.where(self.Z > 0, dA, self.negative_slope * dA)

    def __repr__(self) -> str:
        return f"LeakyReLU({self.negative_slope:g})"


def sigmoid(Z: ArrayLike) -> np.ndarray:
    """Return 1 / (1 + e^−Z), element by element, without overflow.

    Parameters
    ----------
    Z : array_like of any shape

    Returns
    -------
    ndarray of the same shape
        Numbers from 0 to 1.
    """
    Z = as_float(Z, "Z")
    e = np.exp(-np.abs(Z))  # never above 1, so it cannot overflow
    return np.where(Z >= 0, 1, e) / (1 + e)


class Sigmoid(Layer):
    """A = σ(Z) = 1 / (1 + e^−Z), a number from 0 to 1."""

    A = None

    def forward(self, Z: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute σ(Z), element by element."""
        self.A = sigmoid(Z)
        return self.A

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Return dL/dZ, at most a quarter of dL/dA."""
        return incoming(self, dA, self.A) * self.A * (1 - self.A)  # σ′ = σ (1 − σ)


class Tanh(Layer):
    """A = tanh(Z), a number from −1 to 1."""

    A = None

    def forward(self, Z: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute tanh(Z), element by element."""
        self.A = np.tanh(as_float(Z, "Z"))
        return self.A

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Return dL/dZ."""
        return incoming(self, dA, self.A) * (1 - self.A**2)  # tanh′ = 1 − tanh²


def softmax(Z: ArrayLike) -> np.ndarray:
    """Return e^Z / Σ e^Z along the last axis: positive numbers that sum to 1.

    Parameters
    ----------
    Z : array_like of shape (..., n_classes)

    Returns
    -------
    ndarray of the same shape
    """
    Z = as_float(Z, "Z")
    # Subtracting the largest changes nothing in the quotient and keeps e^Z from overflowing.
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


class Softmax(Layer):
    """A = e^Z / Σ e^Z in every row: probabilities of classes."""

    A = None

    def forward(self, Z: ArrayLike, training: bool = False) -> np.ndarray:
        """Compute the softmax of each row of Z, shape (n_samples, n_classes)."""
        self.A = softmax(Z)
        return self.A

    def backward(self, dA: ArrayLike) -> np.ndarray:
        """Return dL/dZ. Each output depends on all inputs of its row, hence the sum."""
        dA, A = incoming(self, dA, self.A), self.A
        return A * (dA - (dA * A).sum(axis=-1, keepdims=True))  # ∂A_j/∂Z_k = A_j ([j=k] − A_k)
