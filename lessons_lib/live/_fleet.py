"""The program that trains many models of one kind, where they start, and giving one back."""

from collections.abc import Mapping

import numpy as np

from lessons_lib.live._crowd import Orders
from lessons_lib.live._data import Data
from lessons_lib.live._giving_back import keras_model
from lessons_lib.live._lanes import LANES, Lanes, Models
from lessons_lib.live._network import Network
from lessons_lib.live._packing import Packing
from lessons_lib.live._rules import COEFFICIENTS, memory_of, rule_of
from lessons_lib.live._starts import set_dropout, starts
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import keras

_ANY_MOMENTUM = 0.9  # an optimizer with momentum remembers; how much, each model has for itself


class Fleet:
    """Many models like one network, each a row of a table.

    Parameters
    ----------
    model : keras.Model
        The learner's.
    network : Network
        Of it. Here it stands for one of the models after the other.
    data : Data
    validation : Data or None
    task : Task
    batch_size : int
    n_models : int
    seed : int
        Decides the order of the samples and the dropout noise.
    same_batches : bool
        Whether all models have the same.
    with_momentum : bool
        Whether any model trained with SGD has momentum.
    jit : bool

    Attributes
    ----------
    lanes : Lanes
    orders : Orders
    memory : int
        Updates that the learner's optimizer had made.
    with_momentum : bool
    """

    def __init__(
        self,
        model: keras.Model,
        network: Network,
        data: Data,
        validation: Data | None,
        task: Task,
        batch_size: int,
        n_models: int,
        seed: int,
        same_batches: bool,
        with_momentum: bool,
        jit: bool,
    ):
        self._model, self._network = model, network
        self.with_momentum = with_momentum
        if with_momentum and not network.optimizer.momentum:
            network.use_optimizer(network.optimizer_for(), momentum=_ANY_MOMENTUM)
            network.start()
        self._rule = rule_of(network.optimizer, with_momentum)
        self._slots = memory_of(network.optimizer, self._rule)
        own = {id(v): v for v in network.model.variables}
        self._packing = Packing([*own.values(), *self._slots])
        self.memory = int(network.optimizer.iterations)
        dropouts = len(network.structure.dropouts)
        self.orders = Orders(len(data), batch_size, seed, n_models, same_batches, dropouts)
        self.lanes = Lanes(
            network=network,
            packing=self._packing,
            rule=self._rule,
            data=data,
            validation=validation,
            task=task,
            batch_size=batch_size,
            own_batches=not same_batches,
            size=min(LANES, max(8, 1 << (n_models - 1).bit_length())),
            jit=jit,
        )

    @property
    def numbers_of_one(self) -> int:
        """How many numbers one model is."""
        return self._packing.n_numbers + self._packing.n_counts

    def begin(
        self, columns: Mapping[str, np.ndarray], seeds: np.ndarray | None, dropout: bool
    ) -> Models:
        """Return models at their start.

        Parameters
        ----------
        columns : dict of str to ndarray of shape (n_models,)
            Every setting.
        seeds : ndarray of shape (n_models,), or None
        dropout : bool
            Whether to give all Dropout layers of a model its rate, or leave them as built.
        """
        network, packing = self._network, self._packing
        widths = columns["width"] if network.structure.hidden else None
        numbers, counts = starts(network, packing, seeds, widths, columns["init_scale"])
        if dropout:
            set_dropout(network, packing, numbers, counts, columns["dropout"])
        coefficients = np.stack([columns[n] for n in COEFFICIENTS], axis=1).astype(np.float32)
        return Models(numbers, counts, coefficients, np.zeros((len(numbers), 4), np.float32))

    def set_column(self, models: Models, name: str, value: float) -> None:
        """Give all models one value of a coefficient, or one dropout rate."""
        if name == "dropout":
            rates = np.full(len(models.numbers), value)
            set_dropout(self._network, self._packing, models.numbers, models.counts, rates)
        else:
            models.coefficients[:, COEFFICIENTS.index(name)] = value

    def to_keras(
        self, models: Models, model: int, made: int, settings: Mapping[str, float], dropout: bool
    ) -> keras.Model:
        """Return a model that has made so many updates with these settings as Keras's own."""
        like = self._network
        one = Network(self._model, like.structure, seed=0, cautioned=like.cautioned)
        names = {"Adam": ["beta_1", "beta_2"], "SGD": ["momentum"]}[self._rule.name]
        changes = {name: settings[name] for name in ["learning_rate", *names]}
        one.use_optimizer(one.optimizer_for(), **changes)
        one.set_l1(settings["l1"])
        one.set_l2(settings["l2"])
        if dropout:
            one.set_dropout(settings["dropout"])
        if like.structure.hidden:
            one.units.set_width(int(settings["width"]))
        count, _, *slots = one.optimizer.variables
        count.assign(self.memory + made)
        values = self._packing.values(models.numbers[model], models.counts[model])
        own = {id(v): v for v in one.model.variables}.values()
        # Where it has no momentum, it has no memory either.
        for variable, value in zip([*own, *slots], values, strict=False):
            variable.assign(value)
        return keras_model(self._model, one)
