"""The sum of two digit images: read and add, or one network from the pixels to the sum."""

import numpy as np

from lessons_lib import nn
from lessons_lib.lessons.beyond.many import ManyNets

PAIRS = (50, 200, 1000, 5000, 20000)  # for training
WAYS = ("read, then add", "one network", "one network that adds")
READER = (64, 64, 10)  # pixels, hidden units, digits
DIRECT = (128, 64, 64, 19)  # pixels of both, hidden units, sums 0 to 18


def draw_pairs(
    images: np.ndarray, labels: np.ndarray, n_pairs: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw pairs of images; where there are more pairs than images, images come back.

    Parameters
    ----------
    images, labels : ndarray of shape (n, 8, 8, ...) and (n,)
        All digits.
    n_pairs, seed : int

    Returns
    -------
    X : ndarray of shape (n_pairs, 2, 64)
    digits : ndarray of shape (n_pairs, 2)
    """
    rows = np.random.default_rng(seed).integers(len(images), size=(n_pairs, 2))
    return images[rows].reshape(n_pairs, 2, -1), labels[rows]


def sum_slope(logits: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Return the derivative, by a reader's logits, of −ln of the probability of the right sum.

    Softmax minus what the reader has to believe of each digit once the sum is known (after
    Manhaeve and others, 2018, who learn such sums by logic).

    Parameters
    ----------
    logits : ndarray of shape (n_networks, 2 n_pairs, 10)
        First and second image in turn.
    sums : ndarray of shape (n_networks, n_pairs)
    """
    p = nn.softmax(logits).reshape(*sums.shape, 2, 10)
    rest = sums[..., None] - np.arange(10)  # what the other digit must be
    possible = (rest >= 0) & (rest <= 9)
    other = np.take_along_axis(p[..., ::-1, :], np.clip(rest, 0, 9)[..., None, :], axis=-1)
    joint = p * other * possible[..., None, :]
    believed = joint / (joint.sum(axis=-1, keepdims=True) + 1e-12)
    return ((p - believed) / sums.shape[1]).reshape(logits.shape)


def compare(
    training: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    n_seeds: int = 3,
) -> dict[str, np.ndarray]:
    """Return the fraction of right sums on the test set, by way: (len(PAIRS), n_seeds).

    Parameters
    ----------
    training, test : tuple (images, labels)
        All digits. Each seed draws other training pairs; the 2,000 test pairs are the same for
        all.
    n_seeds : int
    """
    X_test, digits_test = draw_pairs(*test, 2000, seed=0)
    right = digits_test.sum(axis=1)
    one_by_one, both_in_a_row = X_test.reshape(-1, 64), X_test.reshape(-1, 128)
    reached: dict = {way: [] for way in WAYS}
    for n_pairs in PAIRS:
        drawn = [draw_pairs(*training, n_pairs, seed) for seed in range(1, n_seeds + 1)]
        X, digits = (np.stack(part) for part in zip(*drawn, strict=True))
        sums = digits.sum(axis=2)
        reader, adder = (ManyNets(n_seeds, READER, seed) for seed in (1, 2))
        reader.train(X, digits, 400, 0.01, batch_size=32)
        adder.train(X, sums, 600, 0.003, batch_size=32, slope=sum_slope)
        direct = ManyNets(n_seeds, DIRECT, seed=3)
        updates = int(np.clip(n_pairs, 400, 2000))  # fewer pairs are learnt by heart sooner
        direct.train(X.reshape(n_seeds, n_pairs, -1), sums, updates, 0.005, batch_size=32)
        for way, said in (
            (WAYS[0], _added(reader.classes(one_by_one))),
            (WAYS[1], direct.classes(both_in_a_row)),
            (WAYS[2], _added(adder.classes(one_by_one))),
        ):
            reached[way].append(np.mean(said == right, axis=1))
    return {way: np.array(rows) for way, rows in reached.items()}


def _added(digits: np.ndarray) -> np.ndarray:
    """Return the sum of each two digits in a row, for each network."""
    return digits.reshape(len(digits), -1, 2).sum(axis=2)
