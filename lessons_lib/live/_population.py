"""Population: many variants of one Keras model that train side by side in one program."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground import memory
from lessons_lib._ground.turns import Replayed, Turn, anew, with_turn
from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.live._code import as_code
from lessons_lib.live._common import COMMON_KNOBS
from lessons_lib.live._compiled import heads_of
from lessons_lib.live._compiler import suits_xla
from lessons_lib.live._copying import leaves
from lessons_lib.live._crowd import Progress, advance
from lessons_lib.live._data import check_data, check_inputs, check_validation
from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._fleet import Fleet
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs import checked_batch_size
from lessons_lib.live._models import check_model
from lessons_lib.live._network import Network
from lessons_lib.live._rules import check_optimizer
from lessons_lib.live._run import MEASURED, History, measured_columns
from lessons_lib.live._structure import find_structure
from lessons_lib.live._task import doubt, find_task, last_activation
from lessons_lib.live._tensorflow import keras, on_cpu, tf
from lessons_lib.live._trial import check_copy, check_ids, check_own_layers
from lessons_lib.live._variants import SETTINGS, Variants, make_variants, own_value

if TYPE_CHECKING:
    from pandas import DataFrame

_ROOM_PER_NUMBER = 40  # bytes: the table, copies while a call runs, a panel's moments
_HISTORY_BYTES = 512 * 5 * 4
# Rows of the history stand so far apart that to measure costs a fraction of the training.
_LEAST_GAP, _GAP_OF_MEASURED = 8, 4
_STOPPED = "stopped"  # what `stop` is called among the turns


@dataclass(frozen=True)
class PopulationSnapshot:
    """A moment of many models, made by :meth:`Population.snapshot`; opaque."""

    progress: Any
    variants: Variants
    common: dict
    halving: int
    halved_at: int
    turns: tuple[Turn, ...]

    @cached_property
    def held(self) -> dict[int, int]:
        """Bytes that it keeps from being freed, by whose they are."""
        return self.progress.held

    def history(self, model: int) -> dict[str, list]:
        """Return the losses of one model by step, as `Population.history` does."""
        return self.progress.history_of(model)


class Population(Replayed):
    """Train many variants of one Keras model side by side, hundreds in the time of a few.

    Model ``i`` ends with the weights that :class:`LiveTrainer` gives for the same settings.

    Parameters
    ----------
    model : keras.Model
        As for `LiveTrainer`, compiled with SGD or Adam. It is copied and left as it is.
    X : array_like of shape (n_samples, ...)
    y : array_like of shape (n_samples,), (n_samples, n_outputs) or of the outputs' shape
    validation_data : tuple (X_val, y_val), optional
        Measured without dropout; of more than 2,000 samples the first 2,000.
    batch_size : int, default 32
    samples : list of dict, optional
        The settings of each model, by name; what a dict leaves out is the model's own. In the
        place of `settings`.
    seeds : int or sequence of int, optional
        Every model once for each seed, with other initial weights; an int counts them from 0.
        Without it all begin with the model's own weights.
    same_batches : bool, default True
        Whether all models see the same batches and the same dropout noise, which makes them
        comparable. Otherwise model ``i`` has those of a trainer with the seed ``seed + i``.
    seed : int, default 0
        Decides the order of the samples and the dropout noise.
    **settings
        One number for all models, or a sequence of which every combination is made, the first
        setting the slowest: ``learning_rate``, ``momentum``, ``beta_1``, ``beta_2``, ``l2``,
        ``l1``, ``dropout``, ``width``, and ``init_scale``, by which the initial kernels are
        multiplied.

    Attributes
    ----------
    notice : str
        What cannot be varied, or why this loss cannot teach such outputs; or "".

    Raises
    ------
    TypeError, ValueError
        With one sentence on what does not fit and what to change.

    Examples
    --------
    >>> population = Population(
    ...     model, X, y, learning_rate=np.geomspace(1e-3, 3, 16), l2=[0, 1e-4, 1e-2]
    ... )  # doctest: +SKIP
    >>> population.step(500)  # doctest: +SKIP
    500
    >>> population.settings.loc[population.loss.argmin()]  # doctest: +SKIP
    """

    def __init__(
        self,
        model: keras.Model,
        X: ArrayLike,
        y: ArrayLike,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        batch_size: int = 32,
        *,
        samples: Iterable[Mapping[str, Any]] | None = None,
        seeds: int | Iterable[int] | None = None,
        same_batches: bool = True,
        seed: int = 0,
        **settings: Any,
    ):
        check_model(model, X)
        heads = heads_of(model)
        if len(heads) > 1:
            raise ValueError(
                f"A population takes a model with one output; {model.name!r} has {len(heads)}, "
                f"{listed(head.name for head in heads)}: train it with live.LiveTrainer, or give "
                "keras.Model(inputs, one of them)."
            )
        stack = next((n for n, one in leaves(model).items() if isinstance(one, DenseStack)), None)
        if stack is not None:
            raise ValueError(
                f"The levels of the DenseStack {stack!r} run in a loop of their own, which cannot "
                "be run for many models at once: train it with live.LiveTrainer, or build the "
                "model of keras.layers.Dense."
            )
        self._data = check_data(model, X, y)
        self._validation = check_validation(model, validation_data)
        self._batch_size = checked_batch_size(batch_size, len(self._data))
        check_optimizer(model.optimizer, "learning_rate" in settings or samples is not None)
        self._model, self._optimizer = model, model.optimizer
        self._seed = whole_number("seed", seed, floats=True)
        self._same_batches = bool(same_batches)
        activation = last_activation(model)
        self._task = find_task(heads[0], self._data.y, activation)
        caution = doubt(heads[0], activation, self._data.y)
        self._common: dict[str, float] = {}
        self._halving = self._halved_at = 0
        self._turns: tuple[Turn, ...] = ()
        self._plain = False  # whether XLA cannot compile such models
        with on_cpu():
            structure = find_structure(model)
            check_own_layers(model)
            self._network = Network(model, structure, self._seed, cautioned=bool(caution))
            self._embeds = check_ids(self._network.model, self._data.X)
            check_copy(model, self._network.model, self._data.X)
            self._variants = make_variants(self, samples, seeds, settings)
            self._assemble()
            self._begin()
        self.notice = " ".join(filter(None, [caution, structure.notice, self._network.notice]))

    # --- running ----------------------------------------------------------------------------

    def __len__(self) -> int:
        return self.n_models

    @property
    def n_models(self) -> int:
        """How many models there are."""
        return self._variants.n_models

    def step(self, n: int = 1) -> int:
        """Make `n` updates of every model that trains.

        Parameters
        ----------
        n : int, default 1

        Returns
        -------
        int
            `n`, or fewer where no model is left that trains.
        """
        n = whole_number(
            "n", n, wanted="n counts the updates to make, a whole number of at least 0", floats=True
        )
        done = 0
        while done < n and self.training.any():
            wanted = n - done
            if self._halving:
                wanted = min(wanted, self._halved_at + self._halving - self.updates)
            with on_cpu():
                done += self._advance(wanted)
            if self._halving and self.updates == self._halved_at + self._halving:
                self._stop_worse_half()
        return done

    def stop(self, models: Sequence[int] | Sequence[bool]) -> None:
        """Let some models make no further update.

        Parameters
        ----------
        models : sequence of int, or of bool for all models
            Which ones.
        """
        chosen = tuple(self._chosen(models).tolist())
        self._progress.stopped[list(chosen)] = True
        self._turns = (*self._turns, Turn(self.updates, _STOPPED, chosen))

    def reset(self, seed: int | None = None) -> None:
        """Begin again: same initial weights, same order, same noise, knobs as they are turned.

        Parameters
        ----------
        seed : int, optional
            Draw other initial weights: all models those of this seed or, where they have seeds of
            their own, the first of them this seed and the others as far from it as before.
        """
        if seed is not None:
            seed = whole_number("seed", seed, floats=True)
            self._variants = self._variants.reseeded(seed)
        with on_cpu():
            self._begin()
        self._turns = anew([turn for turn in self._turns if turn.name != _STOPPED])

    def vary(
        self,
        samples: Iterable[Mapping[str, Any]] | None = None,
        seeds: int | Iterable[int] | None = None,
        **settings: Any,
    ) -> None:
        """Begin again with other settings of as many models; nothing is compiled for it.

        The arguments are those of the class. What all models had in common and nothing is said of
        stays as it was.

        Raises
        ------
        ValueError
            Also where they make another number of models.
        """
        variants = make_variants(self, samples, seeds, settings)
        if variants.n_models != self.n_models:
            raise ValueError(
                f"vary gives as many models other settings, and there are {self.n_models}; these "
                f"settings make {variants.n_models}: give as many, or make a new Population."
            )
        before = [name for name in self._variants.values if name not in self.varied]
        kept = {name: self.common(name) for name in before} | self._common
        self._common = {name: kept[name] for name in kept if name not in variants.values}
        self._variants = variants
        with on_cpu():
            if self._momentum and not self._fleet.with_momentum:
                self._assemble()
            self._begin()
        self._turns = ()

    def snapshot(self) -> PopulationSnapshot:
        """Return the present moment, to come back to with :meth:`restore`."""
        kept = self._variants, {**self._common}, self._halving, self._halved_at, self._turns
        return PopulationSnapshot(self._progress.copy(), *kept)

    def restore(self, snapshot: PopulationSnapshot) -> None:
        """Go back to a snapshot of this population: weights, settings, what comes next."""
        if not isinstance(snapshot, PopulationSnapshot):
            raise TypeError(
                "restore takes what population.snapshot() returned; received a "
                f"{type(snapshot).__name__}."
            )
        if snapshot.variants.n_models != self.n_models:
            raise ValueError(
                f"This snapshot is of another population, of {snapshot.variants.n_models} models; "
                f"here are {self.n_models}."
            )
        self._progress, self._variants = snapshot.progress.copy(), snapshot.variants
        self._common = {**snapshot.common}
        self._halving, self._halved_at = snapshot.halving, snapshot.halved_at
        self._turns = snapshot.turns
        self._first = None
        self._restarts += 1

    @property
    def compiled(self) -> bool:
        """Whether the next step begins at once, and not with the compiler."""
        return self._fleet.lanes.compiled

    def compile(self) -> None:
        """Compile the program now; the run stays as it is."""
        if not self.compiled:
            with on_cpu():
                self._fleet.lanes.warm_up()

    def compile_ahead(self) -> Callable[[], None] | None:
        """Trace the program; return what compiles it, which another thread may call."""
        try:
            return self._fleet.lanes.compile_ahead()
        except Exception:  # a model that cannot be traced: `compile` says why
            return None

    # --- settings ---------------------------------------------------------------------------

    @property
    def settings(self) -> "DataFrame":
        """What differs between the models, one row a model."""
        import pandas

        return pandas.DataFrame(self._variants.columns, index=pandas.RangeIndex(self.n_models))

    @property
    def grid(self) -> dict[str, np.ndarray] | None:
        """The values along each axis, the slowest first, where every combination was made."""
        grid = self._variants.grid
        return None if grid is None else {name: axis.copy() for name, axis in grid.items()}

    @property
    def varied(self) -> tuple[str, ...]:
        """The settings that differ, without the seed."""
        return self._variants.varied

    @property
    def knobs(self) -> dict[str, Knob]:
        """What can be turned for all models at once, by name."""
        return {name: knob for name, knob in COMMON_KNOBS.items() if knob.has(self)}

    @property
    def halving(self) -> int:
        """After how many updates the worse half is stopped; 0 for never."""
        return self._halving

    @property
    def max_width(self) -> int:
        """Units of the widest hidden Dense layer that can be turned; 0 without one."""
        return max((h.units for h in self._network.structure.hidden), default=0)

    def turn(self, name: str, value: Any, moment: float | None = None) -> None:
        """Turn a knob of all models, from the next update on.

        Parameters
        ----------
        name : str
        value : object
        moment : float, optional
            Noted with the turn, in seconds of the hand's clock.
        """
        if name == _STOPPED:  # as it is repeated
            return self.stop(value)
        knob = COMMON_KNOBS.get(name)
        if name in self.varied:
            raise ValueError(
                f"{name} differs between the models, so it is not turned for all of them: "
                f"population.vary({name}=...) gives them other values."
            )
        if knob is None:
            raise ValueError(
                f"A population has no knob {shortened(name)}: it has {listed(COMMON_KNOBS)}."
            )
        if not knob.has(self):
            raise ValueError(knob.lacking)
        old = knob.read(self)
        knob.apply(self, knob.check(self, value))
        turn = Turn(self.updates, name, knob.read(self), old, moment)
        self._turns = with_turn(self._turns, turn)

    def common(self, name: str) -> float:
        """Return what all models have of a setting that does not differ."""
        values = self._variants.values.get(name)
        own = own_value(self, name) if values is None else float(values[0])
        return self._common.get(name, own)

    # --- what happened ----------------------------------------------------------------------

    @property
    def updates(self) -> int:
        """Updates made since the last reset by the models that train."""
        return self._progress.updates

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns of knobs since the initial weights, as `replay` takes them."""
        return self._turns

    @property
    def model_updates(self) -> int:
        """Updates made by all models together: what the search has cost."""
        return int(self._progress.made.sum())

    @property
    def diverged(self) -> np.ndarray:
        """Which models have met a loss that is no number, bool of shape (n_models,)."""
        return self._progress.diverged.copy()

    @property
    def stopped(self) -> np.ndarray:
        """Which models were stopped, by halving or by :meth:`stop`."""
        return self._progress.stopped.copy()

    @property
    def training(self) -> np.ndarray:
        """Which models make further updates."""
        return self._progress.training

    @property
    def loss(self) -> np.ndarray:
        """Training loss at the latest step, shape (n_models,); diverged ones have inf.

        As in the history: the mean over the batches since the row before, dropout included.
        """
        return self._measured("loss")

    @property
    def val_loss(self) -> np.ndarray:
        """Validation loss at the latest step, shape (n_models,); diverged ones have inf."""
        return self._measured("val_loss")

    @property
    def accuracy(self) -> np.ndarray:
        """Fraction of right answers in training, shape (n_models,)."""
        return self._measured("accuracy")

    @property
    def val_accuracy(self) -> np.ndarray:
        """Fraction of right answers on the validation data, shape (n_models,)."""
        return self._measured("val_accuracy")

    def history(self, model: int) -> dict[str, list]:
        """Return the losses of one model by step, as :attr:`LiveTrainer.history` does."""
        return self._progress.history_of(self._one(model))

    @property
    def ended(self) -> str | None:
        """Why no further step is made, in one sentence; or None."""
        if self.training.any():
            return None
        diverged = int(self._progress.diverged.sum())
        if diverged == self.n_models:
            return "All models have diverged: take smaller learning rates, and begin again."
        return (
            f"No model trains any more: {diverged} diverged, {self.n_models - diverged} were "
            "stopped. Begin again to go on."
        )

    @property
    def task(self) -> str:
        """What the models are for: "regression", "binary" or "multiclass"."""
        return self._task.kind

    @property
    def threshold(self) -> float:
        """For a binary task, the prediction above which the second class is chosen."""
        return self._task.threshold

    @property
    def X(self) -> np.ndarray:
        """The training inputs as the models read them."""
        return self._data.X

    @property
    def y(self) -> np.ndarray:
        """The training targets as the loss reads them."""
        return self._data.y

    @property
    def validation_data(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The validation inputs and targets as `X` and `y` are; None without any."""
        return None if self._validation is None else (self._validation.X, self._validation.y)

    # --- looking and giving back --------------------------------------------------------------

    def predict(self, X: ArrayLike, models: Sequence[int] | None = None) -> np.ndarray:
        """Return the models' outputs for `X`, shape ``(n_models, n_samples, n_outputs)``.

        Parameters
        ----------
        X : array_like of shape (n_samples, ...)
        models : sequence of int, or of bool for all models, optional
            Which models; all without it.
        """
        X = self._inputs(X)
        return np.concatenate(
            [self._fleet.lanes.predict(some, X) for some in self._some(models)], axis=0
        )

    def evaluate(
        self, X: ArrayLike, y: ArrayLike, models: Sequence[int] | None = None
    ) -> np.ndarray:
        """Return the models' losses on samples, without dropout, shape (n_models,).

        Diverged ones have inf.
        """
        return self._judged(X, y, models)[0]

    def accuracy_on(
        self, X: ArrayLike, y: ArrayLike, models: Sequence[int] | None = None
    ) -> np.ndarray:
        """Return the models' fractions of right answers on samples, shape (n_models,)."""
        self._check_classifier()
        return self._judged(X, y, models)[1]

    def to_keras(self, model: int) -> keras.Model:
        """Return one of the models as an ordinary compiled Keras model of the units in use."""
        model, progress = self._one(model), self._progress
        settings = {name: float(column[model]) for name, column in self._columns().items()}
        made = int(progress.made[model])
        with on_cpu():
            return self._fleet.to_keras(progress.models, model, made, settings, self._sets_dropout)

    def code(
        self,
        model_number: int,
        data: str = "X, y",
        validation_data: str = "(X_val, y_val)",
        model: str = "model",
        taken: Collection[str] = (),
    ) -> str:
        """Return the settings of one model as Keras code that trains such a model.

        As :meth:`LiveTrainer.code`.
        """
        made = int(self._progress.made[self._one(model_number)])
        epochs = max(1, round(made * self._batch_size / len(self._data)))
        remarks = []
        if made == 0:
            remarks = ["No step has been made with these settings yet: choose the epochs."]
        checked = [] if self._validation is None else [f"validation_data={validation_data}"]
        settings = f"batch_size={self._batch_size}", f"epochs={epochs}", "verbose=0"
        return as_code(
            self.to_keras(model_number), [data, *checked, *settings], model, taken, remarks
        )

    # --- inside -----------------------------------------------------------------------------

    @property
    def _sets_dropout(self) -> bool:
        """Whether the Dropout layers have rates other than those they were built with."""
        return "dropout" in self._variants.values or "dropout" in self._common

    @property
    def _momentum(self) -> bool:
        """Whether any model trained with SGD has momentum."""
        return bool(self._columns()["momentum"].any())

    def _columns(self) -> dict[str, np.ndarray]:
        """Return every setting, one value a model."""
        given = self._variants.values
        return {
            name: np.full(self.n_models, self.common(name))
            if name not in self.varied
            else given[name]
            for name in SETTINGS
        }

    def _assemble(self) -> None:
        """Make the program that trains such models."""
        shape = (self._batch_size, *self._data.X.shape[1:])
        self._fleet = Fleet(
            model=self._model,
            network=self._network,
            data=self._data,
            validation=self._validation,
            task=self._task,
            batch_size=self._batch_size,
            n_models=self.n_models,
            seed=self._seed,
            same_batches=self._same_batches,
            with_momentum=self._momentum,
            jit=suits_xla(self._model, shape) and not self._plain,
        )
        self._check_room()

    def _check_room(self) -> None:
        """Raise where the models would not fit into memory."""
        each = self._fleet.numbers_of_one * _ROOM_PER_NUMBER + _HISTORY_BYTES
        wanted, free = self.n_models * each / 1e9, memory.free()
        if free is not None and wanted > free:
            raise ValueError(
                f"{self.n_models:,} models of {self._fleet.numbers_of_one:,} numbers need about "
                f"{wanted:.1f} GB of memory, and {free:.1f} GB is free: make fewer or smaller "
                f"models, or {memory.CLOSE}."
            )

    def _begin(self) -> None:
        """Forget the run so far."""
        models = self._fleet.begin(self._columns(), self._variants.seeds, self._sets_dropout)
        columns = measured_columns(
            {"": self._task.kind != "regression"}, self._validation is not None
        )
        measured = -(-self._fleet.lanes.measured // self._batch_size)
        history = History(columns, max(_LEAST_GAP, _GAP_OF_MEASURED * measured))
        self._progress, self._halved_at, self._first = Progress.at_start(models, history), 0, None
        self._restarts += 1

    def _advance(self, updates: int) -> int:
        """Make some updates, as a plain graph where XLA cannot compile the program."""
        fleet = self._fleet
        call = self._progress, updates, fleet.lanes, fleet.orders, fleet.memory
        try:
            return advance(*call)
        except tf.errors.OpError:
            if self._plain or self.compiled:
                raise
            self._plain = True
            self._assemble()
            fleet = self._fleet
            return advance(self._progress, updates, fleet.lanes, fleet.orders, fleet.memory)

    def _stop_worse_half(self) -> None:
        """Stop the worse half of those that train; at least one goes on."""
        training = np.flatnonzero(self.training)
        order = training[np.argsort(self.val_loss[training], kind="stable")]
        self._progress.stopped[order[-(-len(order) // 2) :]] = True
        self._halved_at = self.updates

    def set_common(self, name: str, value: float) -> None:
        """Give all models one value of a setting; `turn` has checked it."""
        self._common[name] = value
        self._fleet.set_column(self._progress.models, name, value)

    def set_halving(self, every: int) -> None:
        """Stop the worse half after so many updates from now on; `turn` has checked it."""
        self._halving, self._halved_at = every, self.updates

    def _measured(self, name: str) -> np.ndarray:
        if name.startswith("val_") and self._validation is None:
            raise ValueError(
                f"There is no {name} without validation data: give validation_data=(X_val, y_val)."
            )
        if "accuracy" in name:
            self._check_classifier()
        values = self._latest[MEASURED.index(name)].astype(float)
        return values if "accuracy" in name else np.where(self._progress.diverged, np.inf, values)

    @property
    def _latest(self) -> np.ndarray:
        """The latest row of each model; at the start it is measured as it stands."""
        if self.updates:
            return self._progress.row
        if self._first is None:
            self._first = np.zeros_like(self._progress.row)
            self._first[:2] = self._judged_some(self._data.X, self._data.y, None)
            if self._validation is not None:
                self._first[2:4] = self._judged_some(self._validation.X, self._validation.y, None)
        return self._first

    def _judged(self, X, y, models) -> np.ndarray:
        data = check_data(self._model, X, y)
        losses, hits = self._judged_some(self._inputs(data.X), data.y, models)
        chosen = self._chosen(models)
        return np.stack([np.where(self._progress.diverged[chosen], np.inf, losses), hits])

    def _judged_some(self, X, y, models) -> np.ndarray:
        with on_cpu():
            judged = [self._fleet.lanes.judge(some, X, y) for some in self._some(models)]
        return np.concatenate(judged, axis=1)

    def _some(self, models):
        """Yield the chosen models, as many at once as there are lanes."""
        chosen, size = self._chosen(models), self._fleet.lanes.size
        for start in range(0, len(chosen), size):
            yield self._progress.models[chosen[start : start + size]]

    def _chosen(self, models) -> np.ndarray:
        """Return which models are meant, by number."""
        if models is None:
            return np.arange(self.n_models)
        chosen = np.atleast_1d(np.asarray(models))
        if chosen.dtype == bool and chosen.shape == (self.n_models,):
            return np.flatnonzero(chosen)
        if chosen.size == 0:
            return np.zeros(0, int)
        return np.array([self._one(model) for model in chosen.ravel().tolist()])

    def _one(self, model: int) -> int:
        wanted = f"A model is named by its number, from 0 to {self.n_models - 1}"
        return whole_number("model", model, 0, self.n_models - 1, wanted=wanted, floats=True)

    def _check_classifier(self) -> None:
        if self._task.kind == "regression":
            raise ValueError("There is no accuracy here: these models predict numbers.")

    def _inputs(self, X) -> np.ndarray:
        X = check_inputs(self._model, X)
        if self._embeds:
            check_ids(self._network.model, X)
        return X
