"""Transfer: what a network learnt on the digits 0 to 4, reused for 5 to 9 with few images.

Each digit stands somewhere on a sheet that is larger than itself. That a digit stays the same
wherever it stands is what the source can teach and a few images cannot.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib.lessons.beyond.many import ManyNets

if TYPE_CHECKING:
    import keras

    from lessons_lib import live

SHEET, DIGIT = 10, 8  # pixels along each side
PLACES = tuple(np.ndindex(SHEET - DIGIT + 1, SHEET - DIGIT + 1))
MIDDLE = (PLACES[len(PLACES) // 2],)
UNITS = (64, 64)  # of the body that is borrowed
COUNTS = (5, 20, 100)  # images of the target
SOURCES = ("digits 0–4", "labels shuffled", "where it stands")
WAYS = ("from scratch", "frozen body", "fine-tuned")
HEAD_RATE, BODY_RATE = 0.01, 0.005  # learning rates: of a new head, of all weights afterwards
UPDATES = 300
SLOWER = 5  # how many times smaller the rates are where one watches
N_BODIES = 4  # of each source, from different first weights


def on_sheet(images: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return each image on an empty sheet.

    Parameters
    ----------
    images : ndarray of shape (n, 8, 8, ...)
    at : array_like of shape (n, 2)
        Row and column of each image's upper left corner.

    Returns
    -------
    ndarray of shape (n, 100)
    """
    sheets = np.zeros((len(images), SHEET, SHEET), dtype=np.float32)
    for sheet, image, (row, column) in zip(sheets, images, at, strict=True):
        sheet[row : row + DIGIT, column : column + DIGIT] = image.reshape(DIGIT, DIGIT)
    return sheets.reshape(len(images), -1)


def everywhere(images: np.ndarray, places: tuple = PLACES) -> np.ndarray:
    """Return each image at each place: first all of them at the first place, and so on."""
    return np.concatenate([on_sheet(images, [place] * len(images)) for place in places])


def few(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int, places: tuple = PLACES
) -> tuple[np.ndarray, np.ndarray]:
    """Draw as many images of each of the digits 5 to 9, each at one place, for a training set.

    Parameters
    ----------
    images, labels : ndarray of shape (n, 8, 8, ...) and (n,)
        All digits.
    count : int
        How many images in all.
    seed : int
        Which ones, and where they stand.
    places : tuple
        Where they may stand.

    Returns
    -------
    X : ndarray of shape (count, 100)
    y : ndarray of shape (count,)
        0 for a 5, 1 for a 6, and so on.
    """
    rarest = min(np.sum(labels == digit) for digit in range(5, 10))
    if count % 5 or not 5 <= count <= 5 * rarest:
        raise ValueError(
            "count is how many images there are of five digits together, a multiple of 5 from 5 to "
            f"{5 * rarest}; received {count}."
        )
    rng = np.random.default_rng(seed)
    rows = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == digit))[: count // 5] for digit in range(5, 10)]
    )
    at = np.array(places)[rng.integers(len(places), size=count)]
    return on_sheet(images[rows], at), labels[rows] - 5


def source_task(
    source: str, images: np.ndarray, labels: np.ndarray, seed: int, places: tuple = PLACES
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the body to be borrowed is trained on, all made of the digits 0 to 4.

    Parameters
    ----------
    source : str
        One of ``SOURCES``. "labels shuffled" gives each digit the label of another one; "where it
        stands" asks for the place, whatever the digit is.
    images, labels : ndarray of shape (n, 8, 8, ...) and (n,)
        All digits.
    seed : int
        Of what is shuffled.
    places : tuple
        Where they stand, all of them.

    Returns
    -------
    X : ndarray of shape (n_places * n_images, 100), each digit 0 to 4 at each place
    y : ndarray of shape (n_places * n_images,)
        The digit, the label drawn for it, or the number of its place.
    """
    if source not in SOURCES:
        raise ValueError(f"source is one of {', '.join(SOURCES)}; received {source!r}.")
    of_source = labels < 5
    images, y = images[of_source], labels[of_source]
    if source == "labels shuffled":
        y = np.random.default_rng(seed).permutation(y)
    elif source == "where it stands":
        return everywhere(images, places), np.repeat(np.arange(len(places)), len(images))
    return everywhere(images, places), np.tile(y, len(places))


def train_sources(
    source: str, images: np.ndarray, labels: np.ndarray, places: tuple = PLACES
) -> ManyNets:
    """Train a few networks on a source; their bodies can be borrowed.

    Parameters
    ----------
    source, images, labels, places
        As for `source_task`.
    """
    tasks = [source_task(source, images, labels, seed, places) for seed in range(N_BODIES)]
    X, y = (np.stack(part) for part in zip(*tasks, strict=True))
    nets = ManyNets(N_BODIES, (SHEET**2, *UNITS, int(y.max()) + 1), seed=1)
    nets.train(X, y, 800, 0.005, batch_size=40)
    return nets


def compare(
    bodies: Mapping[str, ManyNets],
    training: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    n_seeds: int = 12,
    places: tuple = PLACES,
) -> dict[str, dict[str, np.ndarray]]:
    """Train in each of the three ways, with each number of images and many seeds.

    Each seed draws other images, places and weights; the three ways have the same images.

    Parameters
    ----------
    bodies : dict of str to ManyNets
        What `train_sources` returned, by source.
    training, test : tuple (images, labels)
        All digits; of the test set 5 to 9 are used, each at every place.
    n_seeds : int
        Networks of each kind.
    places : tuple
        Where a digit may stand.

    Returns
    -------
    dict of dict of ndarray of shape (len(COUNTS), n_seeds)
        By source and way the accuracy on the test set.
    """
    images, labels = test
    X_test = everywhere(images[labels >= 5], places)
    y_test = np.tile(labels[labels >= 5] - 5, len(places))
    reached: dict = {source: {way: [] for way in WAYS} for source in bodies}
    for count in COUNTS:
        drawn = [few(*training, count, seed, places) for seed in range(n_seeds)]
        X, y = (np.stack(part) for part in zip(*drawn, strict=True))
        scratch = ManyNets(n_seeds, (SHEET**2, *UNITS, 5), seed=2)
        scratch.train(X, y, UPDATES, HEAD_RATE)
        without = scratch.accuracy(X_test, y_test)
        for source, body in bodies.items():
            nets = ManyNets(n_seeds, (SHEET**2, *UNITS, 5), seed=3)
            nets.borrow(body)
            nets.train(X, y, UPDATES // 2, HEAD_RATE, frozen=len(UNITS))
            frozen = nets.accuracy(X_test, y_test)
            nets.train(X, y, UPDATES // 2, BODY_RATE)
            tuned = nets.accuracy(X_test, y_test)
            for way, accuracy in zip(WAYS, (without, frozen, tuned), strict=True):
                reached[source][way].append(accuracy)
    return {
        source: {way: np.array(rows) for way, rows in ways.items()}
        for source, ways in reached.items()
    }


def three_ways(
    images: int,
    source: str,
    seed: int = 0,
    *,
    bodies: Mapping[str, ManyNets],
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
) -> "dict[str, live.LiveTrainer]":
    """Return three networks that are about to learn the digits 5 to 9, by what they begin with.

    They learn more slowly than those of `compare`, so that it can be watched. The fine-tuned one
    has its first phase behind it: its new head has been trained on the frozen body.

    Parameters
    ----------
    images : int
        Training images, one of ``COUNTS``. They are repeated to 100 rows, so that one compiled
        program serves any number.
    source : str
        Whose body is borrowed.
    seed : int
        Which images, which body of the source, which first weights.
    bodies : dict of str to ManyNets
        What `train_sources` returned, by source.
    training, validation : tuple (images, labels)
        All digits; of the validation set 5 to 9 are used, each at two places.
    """
    from lessons_lib import live

    X, y = few(*training, images, seed)
    repeated = np.tile(X, (max(COUNTS) // images, 1)), np.tile(y, max(COUNTS) // images)
    of_target = np.tile(np.flatnonzero(validation[1] >= 5), 2)
    held, held_y = (part[of_target] for part in validation)
    at = np.random.default_rng(0).integers(SHEET - DIGIT + 1, size=(len(held), 2))
    judged = on_sheet(held, at), held_y - 5

    def trainer(body, rate, frozen=False):
        model = _network(body, rate / SLOWER, seed, frozen)
        return live.LiveTrainer(model, *repeated, validation_data=judged, batch_size=20, seed=seed)

    body = bodies[source].weights_of(seed)[:-2]
    with_head = ManyNets(1, (SHEET**2, *UNITS, 5), seed)
    with_head.borrow(bodies[source], seed)
    with_head.train(X[None], y[None], UPDATES // 2, HEAD_RATE, frozen=len(UNITS))
    return {
        WAYS[0]: trainer([], HEAD_RATE),
        WAYS[1]: trainer(body, HEAD_RATE, frozen=True),
        WAYS[2]: trainer(with_head.weights_of(0), BODY_RATE),
    }


def _network(weights: list[np.ndarray], rate: float, seed: int, frozen: bool) -> "keras.Model":
    """Return a network whose first weights are given, compiled with Adam at this rate."""
    import keras

    keras.utils.set_random_seed(seed)
    body = [keras.layers.Dense(units, activation="relu") for units in UNITS]
    head = keras.layers.Dense(5, activation="softmax")
    model = keras.Sequential([keras.Input((SHEET**2,)), *body, head])
    model.set_weights([*weights, *model.get_weights()[len(weights) :]])
    for layer in body:
        layer.trainable = not frozen
    adam = keras.optimizers.Adam(rate)
    model.compile(adam, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
