"""Small networks that read digits, and changed copies of the images that they learn from."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import ndimage

from lessons_lib import nn, optimizers

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def train_digits(
    X: np.ndarray, labels: np.ndarray, *, units: Sequence[int], epochs: int, learning_rate: float
) -> nn.Sequential:
    """Train a network of dense ReLU layers with a softmax layer of ten at its end.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_pixels)
        One image a row.
    labels : ndarray of shape (n_samples, 10)
        The wanted probabilities of the ten digits.
    units : sequence of int
        Units of each hidden layer.
    epochs : int
        How often all images are seen, in batches of 32.
    learning_rate : float
        Adam's.

    Returns
    -------
    Sequential
        Its `predict` gives probabilities, shape (n, 10).
    """
    sizes = [X.shape[1], *units, 10]
    stack: list[nn.Layer] = []
    for number, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        stack += [nn.Dense(n_in, n_out, seed=number), nn.ReLU()]
    network = nn.Sequential([*stack[:-1], nn.Softmax()])
    loss, adam = nn.CategoricalCrossentropy(), optimizers.Adam(learning_rate)
    network.fit(X.astype(float), labels, loss, adam, epochs=epochs)
    return network


def fraction_wrong(network: nn.Sequential, X: np.ndarray, y: np.ndarray) -> float:
    """Return the fraction of images, shape (n, n_pixels), whose digit ``y`` it does not find."""
    return float(np.mean(network.predict(X.astype(float)).argmax(axis=1) != y))


def scaled(image: np.ndarray, factor: float) -> np.ndarray:
    """Enlarge an image, shape (height, width), about its middle."""
    middle = np.array(image.shape) / 2 - 0.5
    return ndimage.affine_transform(image, np.eye(2) / factor, middle - middle / factor, order=1)


def rotated(image: np.ndarray, angle: float) -> np.ndarray:
    """Turn an image, shape (height, width), about its middle by an angle in degrees."""
    return ndimage.rotate(image, angle, reshape=False, order=1)


def blurred(image: np.ndarray, width: float) -> np.ndarray:
    """Blur an image, shape (height, width), by a bell of that width in pixels."""
    return ndimage.gaussian_filter(image, width)


def augmented(
    X: np.ndarray,
    labels: np.ndarray,
    changes: Mapping[str, Change],
    *,
    copies: int,
    seed: int,
    mixed: float = 0.2,
) -> tuple[np.ndarray, np.ndarray]:
    """Return images together with changed copies of them, some of these mixed with others.

    Parameters
    ----------
    X : ndarray of shape (n_samples, height * height)
        Square images, from 0 to 1, one a row.
    labels : ndarray of shape (n_samples, 10)
        Probabilities of the ten digits.
    changes : dict of str to callable
        Each takes an image and a random generator, and returns the changed image; each copy of an
        image gets one of them, drawn at random.
    copies : int
        Of each image.
    seed : int
        The same seed gives the same copies.
    mixed : float
        The fraction of the copies of which a fifth comes from another image, the label as well
        (mixup; Zhang et al., 2018).

    Returns
    -------
    X, labels : ndarray of shape (n_samples * (copies + 1), ...)
    """
    rng, side = np.random.default_rng(seed), round(X.shape[1] ** 0.5)
    drawn, images, targets = list(changes.values()), [X], [labels]
    for _ in range(copies):
        new = np.array([
            drawn[rng.integers(len(drawn))](image, rng).ravel()
            for image in X.reshape(-1, side, side)
        ])  # fmt: skip
        order, own = rng.permutation(len(new)), np.where(rng.random(len(new)) < mixed, 0.8, 1.0)
        own = own[:, None]
        images.append(np.clip(own * new + (1 - own) * new[order], 0, 1))
        targets.append(own * labels + (1 - own) * labels[order])
    return np.concatenate(images).astype(X.dtype), np.concatenate(targets)
