"""Outside the window of the data, and the final league on the wine."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from lessons_lib import datasets, nn, optimizers

# Outside the window: a kiosk's cups of ice cream by the temperature of the day, invented by us.

COLDEST, HOTTEST = 8.0, 28.0  # degrees Celsius: the days that were measured
FROM, TO = -6.0, 44.0  # what can be asked
SEEDS = 8
ACTIVATIONS = ("tanh", "relu")


def truth(degrees: np.ndarray) -> np.ndarray:
    """Return how many cups are sold on average: in great heat people stay at home."""
    return 320 * np.exp(-(((np.asarray(degrees) - 31) / 10.5) ** 2))


def summer(seed: int = 1, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return the temperature and the cups sold of ``n`` days, both of shape (n,)."""
    rng = np.random.default_rng(seed)
    degrees = np.sort(rng.uniform(COLDEST, HOTTEST, n))
    return degrees, rng.poisson(truth(degrees)).astype(float)


class Answers(NamedTuple):
    """What is answered between `FROM` and `TO`.

    Attributes
    ----------
    degrees, cups : ndarray of shape (n_days,)
        The days that all have learned from.
    asked : ndarray of shape (n_asked,)
        Temperatures.
    forest : ndarray of shape (n_asked,)
        By a random forest.
    networks : dict of str to ndarray of shape (n_seeds, n_asked)
        By networks of each activation, which differ in their seed alone.
    """

    degrees: np.ndarray
    cups: np.ndarray
    asked: np.ndarray
    forest: np.ndarray
    networks: Mapping[str, np.ndarray]

    @property
    def inside(self) -> np.ndarray:
        """Which temperatures lie within those that were measured, shape (n_asked,)."""
        return (self.asked >= self.degrees.min()) & (self.asked <= self.degrees.max())

    def said(self, activation: str) -> np.ndarray:
        """Return the answers of the networks of one activation, shape (n_seeds, n_asked)."""
        if activation not in self.networks:
            names = ", ".join(f'"{name}"' for name in self.networks)
            raise ValueError(
                f"No networks of that activation were trained. Expected one of {names}; received "
                f"{activation!r}."
            )
        return self.networks[activation]

    def spread(self, activation: str) -> np.ndarray:
        """Return the standard deviation of the networks' answers, shape (n_asked,)."""
        return self.said(activation).std(axis=0)

    def limit(self, activation: str) -> float:
        """Return the largest spread inside the window: what is more is an alarm."""
        return float(self.spread(activation)[self.inside].max())


def answers(seeds: int = SEEDS) -> Answers:
    """Train a forest, and networks of two layers of 16 units, and ask them all."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor
    from threadpoolctl import threadpool_limits  # scikit-learn needs it, too

    degrees, cups = summer()
    asked = np.linspace(FROM, TO, 201)
    forest = RandomForestRegressor(100, min_samples_leaf=2, random_state=0)
    forest.fit(degrees[:, None], cups)
    X, y = datasets.standardize(degrees[:, None]), datasets.standardize(cups[:, None])
    level, unit = cups.mean(), cups.std()
    networks = {}
    for activation in ACTIVATIONS:
        said = []
        for seed in range(seeds):
            settings = {"hidden_layer_sizes": (16, 16), "activation": activation}
            settings |= {"solver": "lbfgs", "alpha": 0.01, "max_iter": 200, "random_state": seed}
            # On matrices this small a second thread costs many times what it saves.
            with warnings.catch_warnings(), threadpool_limits(1):
                # 200 steps are enough for the eye; scikit-learn would tell of the last digits.
                warnings.simplefilter("ignore", ConvergenceWarning)
                network = MLPRegressor(**settings)
                network.fit(X(degrees[:, None]), y(cups[:, None])[:, 0])
            said.append(network.predict(X(asked[:, None])) * unit + level)
        networks[activation] = np.array(said)
    return Answers(degrees, cups, asked, forest.predict(asked[:, None]), networks)


# The final league.

Model = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
TOGETHER = "average of three"
_FOLDS = 5
_SPLIT = 1  # the seed of the split


def _mean(X, y, X_new):
    return np.full(len(X_new), y.mean())


def _linear(X, y, X_new):
    from sklearn.linear_model import LinearRegression

    return LinearRegression().fit(X, y).predict(X_new)


def _nearest(X, y, X_new):
    from sklearn.neighbors import KNeighborsRegressor

    return KNeighborsRegressor(20, weights="distance").fit(X, y).predict(X_new)


def _forest(X, y, X_new):
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(50, min_samples_leaf=3, max_features=4, random_state=0)
    return forest.fit(X, y).predict(X_new)


def _boosting(X, y, X_new):
    from sklearn.ensemble import GradientBoostingRegressor

    shape = {"n_estimators": 80, "max_depth": 4, "min_samples_leaf": 5, "max_features": 4}
    boosted = GradientBoostingRegressor(**shape, learning_rate=0.06, subsample=0.5, random_state=0)
    return boosted.fit(X, y).predict(X_new)


def _network(X, y, X_new):
    layers = [
        nn.Dense(X.shape[1], 64, initializer="he_normal", l2=0.003, seed=1),
        nn.ReLU(),
        nn.Dropout(0.2, seed=2),
        nn.Dense(64, 1, l2=0.003, seed=3),
    ]
    network = nn.Sequential(layers)
    adam = optimizers.Adam(0.003)
    network.fit(X, y - y.mean(), nn.MeanSquaredError(), adam, batch_size=32, epochs=30, seed=0)
    return network.predict(X_new)[:, 0] + y.mean()


_PLAYERS: dict[str, Model] = {
    "always the mean": _mean,
    "linear model": _linear,
    "20 nearest neighbours": _nearest,
    "random forest": _forest,
    "gradient boosting": _boosting,
    "network, 64 units": _network,
}
THREE = ("random forest", "gradient boosting", "network, 64 units")


class Opened(NamedTuple):
    """What the sealed test set has said; shown as text."""

    told: str

    def __repr__(self):
        return self.told


class League:
    """Six models and an average of three on the different wines, and a sealed test set.

    A fifth of the wines is the test set. On the others, training set and validation set in one,
    every wine is judged once by a model that has not seen it: by 5 folds.

    Attributes
    ----------
    names : tuple of str
        Of the players.
    squared : dict of str to ndarray of shape (n_judged,)
        Each player's squared error on each wine of the folds.
    n_test : int
        Wines in the test set.
    """

    def __init__(self):
        from sklearn.model_selection import StratifiedKFold, train_test_split

        # Twins would tell on each other across the sets.
        wines = datasets.fetch_wine_quality(verbose=False).frame.drop_duplicates()
        X = wines.drop(columns="quality").to_numpy(float)
        y = wines["quality"].to_numpy(float)
        ends = np.clip(y, 4, 7)  # few wines are very bad or very good
        judged, sealed = train_test_split(
            np.arange(len(y)), test_size=0.2, stratify=ends, random_state=_SPLIT
        )
        self._judged, self._sealed = (X[judged], y[judged]), (X[sealed], y[sealed])
        self.n_test = len(sealed)
        self._opened: tuple[str, Opened] | None = None
        X, y = self._judged
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(X, ends[judged])
        said = {name: np.empty(len(y)) for name in (*_PLAYERS, TOGETHER)}
        for rows, aside in folds:
            for name, values in _all_say(X[rows], y[rows], X[aside]).items():
                said[name][aside] = values
        self.squared = {name: (values - y) ** 2 for name, values in said.items()}
        self.names = tuple(said)

    def loss(self, name: str) -> tuple[float, float]:
        """Return a player's mean squared error on the folds, and its standard error."""
        squared = self.squared[self._known(name)]
        return float(squared.mean()), float(squared.std() / np.sqrt(len(squared)))

    def lead(self, name: str, other: str) -> tuple[float, float]:
        """Return by how much one player is better than another, and the standard error of that.

        Both are judged on the same wines, so their difference is surer than either of them.
        """
        ahead = self.squared[self._known(other)] - self.squared[self._known(name)]
        return float(ahead.mean()), float(ahead.std() / np.sqrt(len(ahead)))

    @property
    def best(self) -> str:
        """Who has the lowest mean squared error on the folds."""
        return min(self.names, key=lambda name: self.loss(name)[0])

    def open(self, name: str) -> Opened:
        """Open the test set for one player, trained on all other wines: once.

        The same player gets the same answer again; for another one it stays closed.

        Parameters
        ----------
        name : str
            One of `names`.

        Raises
        ------
        ValueError
            If there is none of that name.
        """
        self._known(name)
        if self._opened is None:
            self._opened = name, Opened(self._told(name))
        first, told = self._opened
        if name == first:
            return told
        return Opened(
            f"The test set was opened for: {first}. It tells nothing a second time:\n"
            "whoever looks, and then takes another model, has chosen by the test set."
        )

    def _told(self, name):
        (X, y), (X_new, y_new) = self._judged, self._sealed
        said = _all_say(X, y, X_new)
        squared = (said[name] - y_new) ** 2
        plain = (said["always the mean"] - y_new) ** 2
        error = squared.std() / np.sqrt(len(y_new))
        return (
            f"The test set, {self.n_test} wines, opened for: {name}.\n"
            f"Mean squared error ≈ {squared.mean():.3f}, standard error ≈ {error:.3f}; "
            f"of always the mean ≈ {plain.mean():.3f}."
        )

    def _known(self, name: str) -> str:
        if name not in self.names:
            names = ", ".join(f'"{one}"' for one in self.names)
            raise ValueError(
                f"No model of that name plays in the league. Expected one of {names}; "
                f"received {name!r}."
            )
        return name


def _all_say(X: np.ndarray, y: np.ndarray, X_new: np.ndarray) -> dict[str, np.ndarray]:
    """Train every player on (X, y), and ask it; all get the columns on one scale."""
    scale = datasets.standardize(X)
    X, X_new = scale(X), scale(X_new)
    said = {name: player(X, y, X_new) for name, player in _PLAYERS.items()}
    said[TOGETHER] = np.mean([said[name] for name in THREE], axis=0)
    return said


_here = functools.cache(League)  # a kernel has one, however often its cells are run


def wine_league() -> League:
    """Return the league of this notebook; the same one each time, with its memory."""
    datasets.fetch_wine_quality()  # says once which data these are
    return _here()
