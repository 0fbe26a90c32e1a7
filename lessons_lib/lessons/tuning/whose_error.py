"""Digits as a bad camera takes them, and how sure an error is that was counted on few of them."""

import math

import numpy as np
from scipy import ndimage


def photographed(images: np.ndarray, blur: float, turn: float = 0.0) -> np.ndarray:
    """Return images as a camera takes them that is turned and out of focus.

    Parameters
    ----------
    images : ndarray of shape (n_images, 784)
        Images of 28×28 pixels, from 0 (background) to 1 (full ink).
    blur : float
        Standard deviation in pixels of the bell curve with which each point is spread out.
    turn : float
        By how many degrees the images are turned, counter-clockwise.

    Returns
    -------
    ndarray of shape (n_images, 784)
    """
    taken = np.asarray(images).reshape(-1, 28, 28)
    if turn:
        taken = ndimage.rotate(taken, turn, axes=(2, 1), reshape=False, order=1)
    if blur:
        taken = ndimage.gaussian_filter(taken, (0, blur, blur))
    return taken.reshape(len(taken), -1)


def interval(wrong: int, count: int) -> tuple[float, float]:
    """Return between which ends an error rate lies, of which ``wrong`` in ``count`` were seen.

    Wilson's interval of 95 % (1927): the rates from which what was seen is no further away than
    1.96 standard deviations. It stays within 0 and 1, and is honest where nothing was wrong.

    Parameters
    ----------
    wrong, count : int
        Mistakes, and all that was judged, 1 or more.
    """
    z = 1.96
    rate, width = wrong / count, z**2 / count
    middle = (rate + width / 2) / (1 + width)
    half = z * math.sqrt(rate * (1 - rate) / count + width / (4 * count)) / (1 + width)
    low, high = (0.0 if wrong == 0 else middle - half), (1.0 if wrong == count else middle + half)
    return low, high
