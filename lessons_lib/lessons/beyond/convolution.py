"""Convolution by hand: one small kernel that is laid everywhere on an image."""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

PRESETS = {
    "edge, upright": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "edge, level": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "corner": [[-1, -1, -1], [-1, 1, 1], [-1, 1, 1]],
    "spot": [[-0.2, -0.2, -0.2], [-0.2, 1.6, -0.2], [-0.2, -0.2, -0.2]],
    "blur": [[0.1, 0.1, 0.1], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]],
    "copy": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "nothing": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
}


def patches(X: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Return what a kernel of some size sees at each of its places.

    Parameters
    ----------
    X : ndarray of shape (..., height, width)
    size : tuple (kernel_height, kernel_width)

    Returns
    -------
    ndarray of shape (..., rows, columns, kernel_height, kernel_width)
    """
    return sliding_window_view(X, tuple(size), axis=(-2, -1))


def conv2d(X: np.ndarray, K: np.ndarray, *, padding: int = 0, stride: int = 1) -> np.ndarray:
    """Return the feature map of a kernel: at each place the sum of pixels times weights.

    As in Keras, the kernel is not turned around: mathematics calls this a cross-correlation.

    Parameters
    ----------
    X : ndarray of shape (..., height, width)
    K : ndarray of shape (kernel_height, kernel_width)
    padding : int
        Zeros around the image; (kernel side - 1) / 2 of them keep its size ("same").
    stride : int
        How far the kernel moves from one place to the next.

    Raises
    ------
    ValueError
        If the kernel has no place on the image.
    """
    X, K = np.asarray(X), np.asarray(K)
    sides = [side + 2 * padding for side in X.shape[-2:]]
    if K.ndim != 2 or X.ndim < 2 or any(np.subtract(sides, K.shape) < 0):
        raise ValueError(
            "A kernel of shape (kernel_height, kernel_width) is laid on images of shape (..., "
            f"height, width), which are no smaller; received the shapes {K.shape} and {X.shape}. "
            "The channel of grey images is left out by X[..., 0]."
        )
    around = [(0, 0)] * (X.ndim - 2) + [(padding, padding)] * 2
    seen = patches(np.pad(X, around), K.shape)[..., ::stride, ::stride, :, :]
    return np.einsum("...ijab,ab->...ij", seen, K)


def kernel_gradient(X: np.ndarray, dZ: np.ndarray) -> np.ndarray:
    """Return dL/dK, where dZ is dL/dZ of the feature map Z: the image, correlated with dZ.

    K[a, b] is multiplied with X[i + a, j + b] on the way to Z[i, j], so
    dL/dK[a, b] = sum over i, j of dZ[i, j] X[i + a, j + b] (LeCun and others, 1989).

    Parameters
    ----------
    X : ndarray of shape (n_images, height, width)
    dZ : ndarray of shape (n_images, rows, columns)
    """
    seen = patches(X, dZ.shape[-2:])  # (n, kernel_height, kernel_width, rows, columns)
    return np.einsum("nabij,nij->ab", seen, dZ)


def as_matrix(K: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Return the weights of the Dense layer that does the same to images of a size.

    Returns
    -------
    ndarray of shape (height * width, rows * columns)
        As a Dense layer's kernel: a column for each number of the feature map.
    """
    pixels = np.eye(int(np.prod(size))).reshape(-1, *size)  # one image for each pixel, alone lit
    return conv2d(pixels, K).reshape(len(pixels), -1)


def pooled(Z: np.ndarray, largest: bool = True) -> np.ndarray:
    """Return the largest, or the mean, of each 2×2 numbers of a map, shape (rows, columns).

    A row or column that is left over is not used, as in Keras.
    """
    rows, columns = Z.shape[0] // 2, Z.shape[1] // 2
    blocks = Z[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
    return blocks.max(axis=(1, 3)) if largest else blocks.mean(axis=(1, 3))


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Return how many pixels along a side one number of the last map depends on.

    Parameters
    ----------
    layers : sequence of tuple (kernel side, stride)
        From the first to the last; pooling of 2×2 is (2, 2).
    """
    field, step = 1, 1  # pixels, and pixels between neighbours of the map so far
    for side, stride in layers:
        field += (side - 1) * step
        step *= stride
    return field
