"""What the lesson's experiments are made of: rare points, small networks, painted images."""

import numpy as np

from lessons_lib import datasets, nn, optimizers

# What the drawing panel starts with: as narrow as most digits that the network has seen.
THREE = np.array(
    [
        [0, 0, 1, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 1, 1, 1, 0, 0, 0],
    ]
)


def rare_points(seed: int, common: int = 3000, rare: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return points of two clouds that overlap, with few of class 1.

    Parameters
    ----------
    seed : int
    common, rare : int
        How many points of class 0 and of class 1.

    Returns
    -------
    X : ndarray of shape (common + rare, 2)
    y : ndarray of shape (common + rare,)
        Classes, 0.0 and 1.0.
    """
    points, classes = datasets.make_gaussians(2 * common, noise=0.8, seed=seed)
    rows = np.r_[np.flatnonzero(classes == 0), np.flatnonzero(classes == 1)[:rare]]
    return points[rows], classes[rows]


def two_rare_kinds(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points whose rare class comes in two clouds, which no single line divides off well.

    Parameters
    ----------
    seed : int

    Returns
    -------
    X : ndarray of shape (3360, 2)
    y : ndarray of shape (3360,)
        Classes: 3,300 zeros in two clouds, 60 ones in two others.
    """
    rng = np.random.default_rng(seed)
    clouds = [((0, 0), 1.0, 3000), ((5, 0), 0.5, 300), ((2, 0), 0.6, 45), ((0, 3), 0.6, 15)]
    X = np.concatenate([rng.normal(centre, spread, (n, 2)) for centre, spread, n in clouds])
    return X, np.repeat([0, 0, 1, 1], [n for _, _, n in clouds])


def small_pictures(X: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """Return digits of 28×28 pixels without their frame, at half the size, around 0.

    Networks learn them in a tenth of the time. The 20×20 pixels in the middle become 10×10,
    each the mean of four; then mean and standard deviation of all pixels become 0 and 1.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 784)
    like : ndarray of shape (n_samples, 784), optional
        The training images, from which mean and standard deviation are taken; X itself if none.

    Returns
    -------
    ndarray of shape (n_samples, 100)
    """

    def shrunk(rows):
        middle = rows.reshape(-1, 28, 28)[:, 4:24, 4:24]
        return middle.reshape(-1, 10, 2, 10, 2).mean(axis=(2, 4)).reshape(-1, 100)

    measure = shrunk(X if like is None else like)
    return (shrunk(X) - measure.mean()) / measure.std()


def small_network(
    X: np.ndarray, y: np.ndarray, units: int, epochs: int, seed: int = 0
) -> nn.Sequential:
    """Train a NumPy network with one hidden ReLU layer on digits, and return it.

    Its ten outputs are logits; Adam at 0.01, batches of 32.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Digits, 0 to 9.
    units : int
        Width of the hidden layer.
    epochs : int
    seed : int

    Returns
    -------
    nn.Sequential
    """
    first = nn.Dense(X.shape[1], units, "he_normal", seed=seed)
    network = nn.Sequential([first, nn.ReLU(), nn.Dense(units, 10, seed=seed + 1)])
    loss = nn.CategoricalCrossentropy(from_logits=True)
    network.fit(X, y, loss, optimizers.Adam(0.01), 32, epochs)
    return network


def best_of(
    X: np.ndarray, y: np.ndarray, units: int, seeds: tuple[int, ...] = (0, 10, 20)
) -> nn.Sequential:
    """Train `small_network` from several starts; return the one with the lowest training loss.

    Narrow networks depend on luck, for instance on how many units begin dead. The training loss
    chooses, so that nothing which judges the network afterwards has been used.

    Parameters
    ----------
    X, y : ndarray
        As for `small_network`.
    units : int
    seeds : tuple of int

    Returns
    -------
    nn.Sequential
    """
    loss = nn.CategoricalCrossentropy(from_logits=True)
    networks = [small_network(X, y, units, 30, seed) for seed in seeds]
    return min(networks, key=lambda network: loss(y, network.predict(X)))


def accuracy(network: nn.Sequential, X: np.ndarray, y: np.ndarray) -> float:
    """Return the fraction of images that a network answers as the labels say.

    Parameters
    ----------
    network : nn.Sequential
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)

    Returns
    -------
    float
    """
    return float(np.mean(network.predict(X).argmax(axis=1) == y))


def wrong_at_random(y: np.ndarray, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return a wrong digit for each label, and when its turn comes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Digits, 0 to 9.
    seed : int

    Returns
    -------
    wrong : ndarray of shape (n_samples,)
        Another digit than `y`, each equally probable.
    turn : ndarray of shape (n_samples,)
        Between 0 and 1: at a fraction of noise above it the label is the wrong one.
    """
    rng = np.random.default_rng(seed)
    turn = rng.random(len(y))
    return (y + rng.integers(1, 10, len(y))) % 10, turn


def pen_stroke(drawing: np.ndarray) -> np.ndarray:
    """Turn a drawing of 8×8 cells into an image as the network knows them, of 28×28 pixels.

    A pen is wider than its line, so the neighbours of a painted cell get some ink.

    Parameters
    ----------
    drawing : ndarray of shape (8, 8)
        1 where a cell is painted, else 0.

    Returns
    -------
    ndarray of shape (28, 28)
        Values from 0 to 1.
    """
    padded = np.pad(np.asarray(drawing, dtype=float), 1)
    beside = padded[1:-1, :-2] + padded[1:-1, 2:]
    above = padded[:-2, 1:-1] + padded[2:, 1:-1]
    return datasets.enlarge(np.clip(drawing + 0.35 * beside + 0.2 * above, 0, 1))


def strange_drawings() -> dict[str, np.ndarray]:
    """Return drawings that are no digits: a plus, a frame, an X and noise, each of 8×8 cells.

    Returns
    -------
    dict of str to ndarray of shape (8, 8)
    """
    plus, frame, stroke = np.zeros((8, 8)), np.ones((8, 8)), np.eye(8)
    plus[3:5], plus[:, 3:5], frame[1:-1, 1:-1] = 1, 1, 0
    noise = (np.random.default_rng(0).random((8, 8)) > 0.6).astype(float)
    return {"plus": plus, "frame": frame, "X": np.maximum(stroke, stroke[::-1]), "noise": noise}


def mixed_up(y: np.ndarray, said: np.ndarray) -> list[tuple[int, int, int]]:
    """Count which two digits are mixed up, either way, the commonest pair first.

    Parameters
    ----------
    y, said : ndarray of shape (n_samples,)
        The labels, and the answers.

    Returns
    -------
    list of (digit, other digit, how often)
    """
    wrong = np.flatnonzero(y != said)
    pairs = np.sort(np.stack([y[wrong], said[wrong]], axis=1), axis=1)
    kinds, times = np.unique(pairs, axis=0, return_counts=True)
    order = np.argsort(-times, kind="stable")
    return [(int(kinds[k][0]), int(kinds[k][1]), int(times[k])) for k in order]
