"""Straight lines that are best by three losses."""

import numpy as np


def squared_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return slope and intercept with the least mean squared error (Legendre, 1805).

    ``x`` and ``y`` have shape (n_samples,), here and below; the result has shape (2,).
    """
    return _weighted_line(x, y, np.ones(len(x)))


def absolute_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return slope and intercept with the least mean absolute error.

    A best line goes through two of the points (Boscovich, 1757; Bloomfield and Steiger, 1983),
    so all lines through two points are tried.
    """
    first, second = np.triu_indices(len(x), k=1)
    apart = x[first] != x[second]
    first, second = first[apart], second[apart]
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    intercepts = y[first] - slopes * x[first]
    errors = np.abs(y - slopes[:, None] * x - intercepts[:, None]).mean(axis=1)
    best = errors.argmin()
    return np.array([slopes[best], intercepts[best]])


def huber_line(x: np.ndarray, y: np.ndarray, delta: float, rounds: int = 200) -> np.ndarray:
    """Return slope and intercept with the least mean Huber loss (Huber, 1964).

    An error e costs e²/2 up to ``delta``, and delta · (|e| − delta/2) beyond. Each round is a
    weighted least-squares fit, in which a point counts delta/|e| where that is below 1.
    """
    line = squared_line(x, y)
    for _ in range(rounds):
        errors = np.abs(y - line[0] * x - line[1])
        new = _weighted_line(x, y, delta / np.maximum(errors, delta))
        if np.allclose(new, line, rtol=0, atol=1e-9):
            break
        line = new
    return line


def _weighted_line(x, y, weights):
    """Return slope and intercept of the least-squares line whose points count by weight."""
    x_mean, y_mean = np.average(x, weights=weights), np.average(y, weights=weights)
    slope = np.sum(weights * (x - x_mean) * (y - y_mean)) / np.sum(weights * (x - x_mean) ** 2)
    return np.array([slope, y_mean - slope * x_mean])
