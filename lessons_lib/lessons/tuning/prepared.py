"""Data that take a while to prepare, and how long something takes."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd


def distances_to_digits(images: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """Measure how far each image is from the nearest other one of each digit.

    The other image may be moved by one pixel in any direction; the distance is the root of the
    mean squared difference of pixels.

    Parameters
    ----------
    images : ndarray of shape (n_samples, 64)
        Images of 8×8 pixels.
    labels : ndarray of shape (n_samples,)
        Digits, 0 to 9.

    Returns
    -------
    DataFrame of shape (n_samples, 11)
        Columns ``to_0`` to ``to_9`` in single precision, and ``digit``.
    """
    framed = np.pad(images.reshape(-1, 8, 8), [(0, 0), (1, 1), (1, 1)])
    nearest = np.full((len(images), len(images)), np.inf, dtype=np.float32)
    own = np.sum(images**2, axis=1)[:, None]
    for down in range(3):
        for right in range(3):
            moved = framed[:, down : down + 8, right : right + 8].reshape(len(images), 64)
            squared = own + np.sum(moved**2, axis=1) - 2 * images @ moved.T
            np.minimum(nearest, squared, out=nearest)
    np.fill_diagonal(nearest, np.inf)
    nearest = np.sqrt(np.maximum(nearest, 0) / 64)
    columns = {f"to_{digit}": nearest[:, labels == digit].min(axis=1) for digit in range(10)}
    return pd.DataFrame(columns | {"digit": labels.astype(np.uint8)})


def seconds(action: Callable, times: int = 5) -> float:
    """Return the shortest time that a call takes, in seconds.

    Parameters
    ----------
    action : callable
        Takes no arguments.
    times : int
        How often it is called; what disturbs the computer makes a call longer, never shorter.

    Returns
    -------
    float
    """
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)
