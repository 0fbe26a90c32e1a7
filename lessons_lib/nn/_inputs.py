"""What the layers and losses accept, and the sentences they say when it is something else."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike


def as_float(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as an array of floats; floats keep their dtype, integers become float64."""
    array = np.asarray(values)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(
            f"{name} must hold numbers. Expected a float or integer array; received dtype "
            f"{array.dtype}. Convert it first, for example np.asarray({name}, dtype=float)."
        )
    return array


def as_rows(layer: object, X: ArrayLike, n_in: int, dtype: np.dtype) -> np.ndarray:
    """Return X as an array of shape (n_samples, n_in) in the dtype of the layer's parameters."""
    X = as_float(X, "X").astype(dtype, copy=False)
    if X.ndim == 2 and X.shape[1] == n_in:
        return X
    if X.ndim != 2:
        fix = "One feature of many samples: X.reshape(-1, 1). One sample: X.reshape(1, -1)."
    else:
        fix = f"Give it {n_in} columns, or build the layer for {X.shape[1]} inputs."
    raise ValueError(
        f"{layer!r} received X of the wrong shape. Expected (n_samples, {n_in}): rows are "
        f"samples, columns are features; received {X.shape}. {fix}"
    )


def incoming(layer: object, dA: ArrayLike, A: np.ndarray | None) -> np.ndarray:
    """Return the gradient dA that reaches a layer, checked to have the shape of its output A."""
    if A is None:
        raise ValueError(
            f"{layer!r}.backward was called before forward. Expected forward(X) first, because "
            "backward uses what forward stored; received a gradient alone."
        )
    dA = as_float(dA, "the gradient").astype(A.dtype, copy=False)
    if dA.shape != A.shape:
        raise ValueError(
            f"{layer!r}.backward received a gradient of the wrong shape. Expected {A.shape}, the "
            f"shape of the output of its last forward; received {dA.shape}."
        )
    return dA


def float_dtype(dtype: DTypeLike) -> np.dtype:
    """Return `dtype` as a NumPy dtype, refusing those that hold no fractions."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(
            "A layer's dtype must hold fractions. Expected np.float64 (for checks) or np.float32 "
            f"(as Keras); received {dtype}."
        )
    return dtype
