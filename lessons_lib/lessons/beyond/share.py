"""Two tasks on one body: digits that few people have read, and boxes they were sorted in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import keras

    from lessons_lib.live import LiveTrainer

NOT_READ = -1  # stands where a digit has not been read: the loss leaves it out
BOXES = ("0–1", "2–3", "4–5", "6–7", "8–9")
UNITS = 16  # of the body


class Labels(NamedTuple):
    """What is known of some images.

    Attributes
    ----------
    digit : ndarray of shape (n_samples,)
        The digit, `NOT_READ` where nobody has read it.
    box : ndarray of shape (n_samples,)
        The box in which it was found, 0 to 4.
    """

    digit: np.ndarray
    box: np.ndarray


def labels_of(digits: np.ndarray, read: int, related: float, seed: int = 0) -> Labels:
    """Return labels as they come from practice.

    Parameters
    ----------
    digits : ndarray of shape (n_samples,)
        Which digits they are.
    read : int
        How many of them have been read.
    related : float
        Which fraction lies in the box of its digit; the others lie anywhere.
    seed : int
        Which are read, and which lie anywhere. Those that lie right with a small fraction also do
        with a larger one.
    """
    rng = np.random.default_rng(seed)
    digits, n = np.asarray(digits), len(digits)
    known = np.isin(np.arange(n), rng.permutation(n)[:read])
    right, anywhere = rng.random(n) < related, rng.integers(0, len(BOXES), n)
    return Labels(np.where(known, digits, NOT_READ), np.where(right, digits // 2, anywhere))


def network(box_weight: float | None, seed: int = 0) -> keras.Model:
    """Return a compiled network of one body, with a head for the digit and one for the box.

    Parameters
    ----------
    box_weight : float or None
        Factor of the second loss; None for a network without the second head.
    seed : int
        Of the initial weights. Body and first head begin alike with the second head or without.
    """
    import keras

    def dense(units: int, activation: str, name: str) -> keras.layers.Dense:
        drawn = keras.initializers.GlorotUniform(seed * 3 + ("body", "digit", "box").index(name))
        return keras.layers.Dense(units, activation, kernel_initializer=drawn, name=name)

    inputs = keras.Input((8, 8, 1))
    body = dense(UNITS, "relu", "body")(keras.layers.Flatten()(inputs))
    heads = [dense(10, "softmax", "digit")(body)]
    losses = [keras.losses.SparseCategoricalCrossentropy(ignore_class=NOT_READ)]
    weights = None
    if box_weight is not None:
        heads += [dense(len(BOXES), "softmax", "box")(body)]
        losses += ["sparse_categorical_crossentropy"]
        weights = [1.0, float(box_weight)]
    several = len(heads) > 1
    model = keras.Model(inputs, heads if several else heads[0])
    model.compile(keras.optimizers.Adam(0.01), losses if several else losses[0], weights)
    return model


def trainer(
    box_weight: float | None,
    images: np.ndarray,
    labels: Labels,
    validation: tuple[np.ndarray, np.ndarray] | None = None,
    seed: int = 0,
) -> LiveTrainer:
    """Return a trainer of such a network.

    Parameters
    ----------
    box_weight, seed
        As for `network`.
    images : ndarray of shape (n_samples, 8, 8, 1)
    labels : Labels
    validation : tuple (images, digits), optional
    """
    from lessons_lib import live

    def of(labels: Labels) -> np.ndarray | list[np.ndarray]:
        return labels.digit if box_weight is None else [*labels]

    checked = None
    if validation is not None:
        checked = validation[0], of(labels_of(validation[1], len(validation[1]), 1.0))
    return live.LiveTrainer(
        network(box_weight, seed), images, of(labels), checked, batch_size=100, seed=seed
    )


def gains(
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    related: float,
    box_weight: float,
    draws: int,
    read: int = 30,
    steps: int = 200,
) -> np.ndarray:
    """Return how much a second head adds to the fraction of test digits that are read right.

    Parameters
    ----------
    train, test : tuple (images, digits)
    related, read
        As for `labels_of`.
    box_weight : float
        Factor of the second loss.
    draws : int
        How often: each time other digits are read, and the weights begin elsewhere.
    steps : int
        Updates of each training.

    Returns
    -------
    ndarray of shape (draws, 2)
        The fraction without the second head, and the fraction with it. Both trainings of a draw
        begin with the same weights and see the same batches; without the head its weight is 0.
    """
    found = []
    for draw in range(draws):
        pair = trainer(0.0, train[0], labels_of(train[1], read, related, draw), seed=draw)
        for weight in (0.0, box_weight):
            pair.reset()
            pair.turn("weight_box", weight)
            pair.step(steps)
            found.append(np.mean(pair.predict(test[0])[0].argmax(axis=1) == test[1]))
    return np.reshape(found, (draws, 2))
