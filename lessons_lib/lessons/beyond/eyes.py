"""Three eyes on one digit: images moved aside or shuffled, and how networks answer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import keras

SHIFTS = range(-3, 4)  # pixels to the right
_SIDE = 8  # pixels of a digit


def moved(images: np.ndarray, right: int) -> np.ndarray:
    """Return images moved sideways: what leaves is lost, and what is left behind is blank.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, ...)
        Blank where they are 0.
    right : int
        By how many pixels; below 0 to the left.
    """
    moved_ones = np.zeros_like(images)
    width = images.shape[2]
    right = max(-width, min(width, right))
    kept = slice(max(0, -right), min(width, width - right))
    moved_ones[:, :, max(0, right) : width + min(0, right)] = images[:, :, kept]
    return moved_ones


def shuffled(images: np.ndarray, order: ArrayLike) -> np.ndarray:
    """Return images with their pixels in another order, the same for all.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, 1)
    order : array-like of shape (height * width,)
        Which pixel comes to each place, counted row by row: a permutation.

    Raises
    ------
    ValueError
        If the order does not name every pixel once.
    """
    images, order = np.asarray(images), np.asarray(order)
    pixels = int(np.prod(images.shape[1:]))
    if order.shape != (pixels,) or not np.array_equal(np.sort(order), np.arange(pixels)):
        raise ValueError(
            f"order names each of the {pixels} pixels once, as rng.permutation({pixels}) does; "
            f"received {len(np.unique(order))} different values in shape {order.shape}."
        )
    return images.reshape(len(images), pixels)[:, order].reshape(images.shape)


def moved_at_random(images: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Return each image moved sideways by a number of pixels drawn from -most ... most."""
    by = np.random.default_rng(seed).integers(-most, most + 1, len(images))
    return np.concatenate(
        [moved(image[None], right) for image, right in zip(images, by, strict=True)]
    )


def accuracy_by_shift(
    predict: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray,
    labels: np.ndarray,
    sees: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> np.ndarray:
    """Return the accuracy on images moved by each of `SHIFTS`, shape (7,).

    Parameters
    ----------
    predict : callable
        Takes images and returns the probability of each class.
    images : ndarray of shape (n, height, width, 1)
    labels : ndarray of shape (n,)
    sees : callable
        What becomes of an image, once it is moved, before the network reads it.
    """
    together = sees(np.concatenate([moved(images, right) for right in SHIFTS]))
    answers = np.argmax(predict(together), axis=-1).reshape(len(SHIFTS), len(labels))
    return np.mean(answers == labels, axis=1)


def over_seeds(
    trainer: Any,
    steps: int,
    seeds: Sequence[int],
    images: np.ndarray,
    labels: np.ndarray,
    sees: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> np.ndarray:
    """Train from several seeds, and return `accuracy_by_shift` of each, shape (n_seeds, 7).

    Parameters
    ----------
    trainer : lessons_lib.live.LiveTrainer
        The network. It is begun anew for each seed.
    steps : int
        Updates from each seed.
    seeds : sequence of int
        Of the initial weights.
    images, labels, sees
        As for `accuracy_by_shift`.
    """
    scores = []
    for seed in seeds:
        trainer.reset(seed)
        trainer.step(steps)
        scores.append(accuracy_by_shift(trainer.predict, images, labels, sees))
    return np.array(scores)


def who_suffers(steps: int = 400) -> dict[str, float]:
    """Return how much accuracy shuffled pixels cost on digits moved by one pixel, by network.

    Parameters
    ----------
    steps : int
        Updates of each network.
    """
    from keras import layers

    from lessons_lib import datasets
    from lessons_lib.live import LiveTrainer

    digits = datasets.load_digits()
    X, X_new = (part.reshape(-1, _SIDE, _SIDE, 1) for part in (digits.X_train, digits.X_test))
    order = np.random.default_rng(8).permutation(_SIDE**2)
    bodies = {
        "dense": lambda: [layers.Flatten(), layers.Dense(12, activation="relu")],
        "convolution": lambda: [
            layers.Conv2D(24, 5, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
        ],
    }
    cost = {}
    for name, body in bodies.items():
        scores = []
        for sees in (np.asarray, partial(shuffled, order=order)):
            trainer = LiveTrainer(_model(body()), sees(X), digits.y_train, batch_size=8)
            trainer.step(steps)
            by_shift = accuracy_by_shift(trainer.predict, X_new, digits.y_test, sees)
            scores.append(by_shift[SHIFTS.index(1)])
        cost[name] = float(scores[0] - scores[1])
    return cost


def _model(body: list) -> keras.Model:
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((_SIDE, _SIDE, 1)), *body, keras.layers.Dense(10, activation="softmax")]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model
