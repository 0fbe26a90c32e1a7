"""A contest on the red wines: a forest, a network to be steered, and a test set that is sealed."""

from __future__ import annotations

import functools
import weakref
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lessons_lib import datasets, panels

if TYPE_CHECKING:
    import keras

    from lessons_lib.live import LiveTrainer

BUDGET = 3000  # updates
_SPLIT = 1  # the seed of the split


class Opening(NamedTuple):
    """A look into the sealed test set: at which step of a run, and what it said.

    Attributes
    ----------
    step : int
        The run's updates.
    val_loss : float
        By which the run's state is known again.
    told : str
    """

    step: int
    val_loss: float
    told: str

    def __repr__(self):
        return self.told

    def is_of(self, step: int, val_loss: float) -> bool:
        """Whether this was a look at the same network."""
        return (self.step, self.val_loss) == (step, val_loss)


class Wines:
    """The different wines in three sets, and a forest trained on the first.

    Attributes
    ----------
    train, val, test : tuple (X, y)
        X of shape (n_samples, 11), standardised by the training set, and the quality.
    forest : sklearn.ensemble.RandomForestRegressor
    """

    def __init__(self):
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import train_test_split

        # Twins would tell on each other across the sets.
        wines = datasets.fetch_wine_quality(verbose=False).frame.drop_duplicates()
        # Few wines are very bad or very good, so the ends are taken together.
        cut = functools.partial(train_test_split, random_state=_SPLIT)
        ends = wines["quality"].clip(4, 7)
        train, rest = cut(wines, test_size=0.4, stratify=ends)
        val, test = cut(rest, test_size=0.5, stratify=ends[rest.index])
        scale = datasets.standardize(train.drop(columns="quality").to_numpy())
        self.train, self.val, self.test = (
            (
                scale(rows.drop(columns="quality").to_numpy()).astype(np.float32),
                rows["quality"].to_numpy(np.float32),
            )
            for rows in (train, val, test)
        )
        self.forest = RandomForestRegressor(n_estimators=200, random_state=0).fit(*self.train)


_wines = functools.cache(Wines)


class Contest:
    """A network against the forest, and who has looked into the sealed test set.

    Parameters
    ----------
    wines : Wines, optional

    Attributes
    ----------
    X_train, X_val : ndarray of shape (n_samples, 11)
        Standardised by the training set.
    y_train, y_val : ndarray of shape (n_samples,)
        Quality.
    n_test : int
        Wines in the test set, which nobody sees.
    openings : list of Opening
        In their order.
    """

    def __init__(self, wines: Wines | None = None):
        self._wines = wines or _wines()
        self.X_train, self.y_train = self._wines.train
        self.X_val, self.y_val = self._wines.val
        self.n_test = len(self._wines.test[1])
        self.openings: list[Opening] = []

    @property
    def forest_loss(self) -> float:
        """The forest's mean squared error on the validation set."""
        return float(np.mean((self._wines.forest.predict(self.X_val) - self.y_val) ** 2))

    def open(self, trainer: LiveTrainer) -> Opening:
        """Measure a network and the forest on the test set, once, and note it.

        The same network gets the same answer again. Another one is noted, and not measured.
        """
        if not trainer.updates:
            return Opening(0, np.nan, "No step has been made yet: the test set stays sealed.")
        now = trainer.updates, trainer.history["val_loss"][-1]
        for opening in self.openings:
            if opening.is_of(*now):
                return opening
        told = self._compared(trainer) if not self.openings else (
            f"The test set was opened at step {self.openings[0].step:,}, for another network.\n"
            "It tells nothing a second time: whoever looks, turns and looks again has\n"
            "a second validation set, and no test set."
        )  # fmt: skip
        self.openings.append(Opening(*now, told))
        return self.openings[-1]

    def _compared(self, trainer):
        X, y = self._wines.test
        network, forest = (
            (np.ravel(predict(X)) - y) ** 2
            for predict in (trainer.predict, self._wines.forest.predict)
        )
        ahead = forest - network
        lead, doubt = ahead.mean(), 2 * ahead.std() / np.sqrt(len(y))
        side = "ahead" if lead > 0 else "behind"
        weight = "more" if abs(lead) > doubt else "less"
        return (
            f"The test set, opened at step {trainer.updates:,}: network {network.mean():.3f}, "
            f"forest {forest.mean():.3f}.\n"
            f"The network is {side} by {abs(lead):.3f}. That is {weight} than two standard errors\n"
            f"of this difference, {doubt:.3f} on {len(y)} wines."
        )


_here = functools.cache(Contest)  # a kernel has one, however often its cells are run
_contests: weakref.WeakKeyDictionary[object, Contest] = weakref.WeakKeyDictionary()


def wine_contest() -> Contest:
    """Return the contest of this notebook; the same one each time, with its memory."""
    datasets.fetch_wine_quality()  # says once which data these are
    return _here()


def wine_network() -> keras.Model:
    """Return the network: 11 inputs, two hidden layers of 64 with dropout 0, and one output."""
    import keras

    draw = keras.initializers.GlorotNormal
    layers = [keras.Input((11,))]
    for seed in (3, 4):
        hidden = keras.layers.Dense(64, activation="relu", kernel_initializer=draw(seed))
        layers += [hidden, keras.layers.Dropout(0.0)]
    mean = keras.initializers.Constant(5.6)  # about the mean quality, as in lesson 5
    output = keras.layers.Dense(1, kernel_initializer=draw(5), bias_initializer=mean)
    model = keras.Sequential([*layers, output])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def contest_panel(wines: Contest) -> panels.LivePanel:
    """Return the panel in which the network is steered, at its start."""
    panel = panels.live(
        wine_network(),
        wines.X_train,
        wines.y_train,
        validation_data=(wines.X_val, wines.y_val),
        batch_size=32,
        views=["curves"],
        updates_per_frame=2,  # the whole budget in half a minute: time to turn something
    )
    _contests[panel.trainer] = wines
    return panel


def open_test(panel: panels.LivePanel) -> Opening:
    """Open the sealed test set for the network of `contest_panel`, as it stands.

    Parameters
    ----------
    panel : LivePanel
        It pauses.

    Returns
    -------
    Opening
        What the test set says, or that it has spoken already.

    Raises
    ------
    ValueError
        Where this is no panel of `contest_panel`.
    """
    wines = contest_of(panel)
    if wines is None:
        raise ValueError(
            "The sealed test set belongs to the panel of the wines: `open_test(wine_panel)`. "
            f"Received: {type(panel).__name__}."
        )
    panel.pause()
    return wines.open(panel.trainer)


def contest_of(panel_or_trainer: object) -> Contest | None:
    """Return the contest that a panel or trainer takes part in, or None."""
    trainer = getattr(panel_or_trainer, "trainer", panel_or_trainer)
    try:
        return _contests.get(trainer)
    except TypeError:  # nothing that could be a key
        return None
