"""The mechanics of a trainer: build the loop, advance it, stop it, wind it back."""

from dataclasses import dataclass

import numpy as np

from lessons_lib.live._compiler import suits_xla
from lessons_lib.live._copying import (
    check_copy,
    check_own_layers,
    current_weights,
    fresh_weights,
)
from lessons_lib.live._divergence import divergence_sentence
from lessons_lib.live._history import History
from lessons_lib.live._ids import check_ids
from lessons_lib.live._knobs import Knobs, checked_batch_size
from lessons_lib.live._loop import Loop, Outcome
from lessons_lib.live._network import Network, has_schedule
from lessons_lib.live._order import SampleOrder
from lessons_lib.live._outputs import doubt, last_activation
from lessons_lib.live._run import Run
from lessons_lib.live._structure import find_structure
from lessons_lib.live._task import find_task
from lessons_lib.live._tensorflow import keras, on_cpu, tf
from lessons_lib.live._validation import (
    Data,
    check_data,
    check_inputs,
    check_model,
    reason,
    refuse_arguments,
    whole_number,
)
from lessons_lib.live._views import Views

_PROBE_SAMPLES = 256


@dataclass(frozen=True)
class Snapshot:
    """A moment of a run, made by :meth:`LiveTrainer.snapshot`; opaque."""

    state: list[np.ndarray]
    initial: tuple[dict, bool, list]
    knobs: dict
    activation: str | None
    optimizer: keras.optimizers.Optimizer
    run: Run


class Engine(Knobs):
    """What :class:`LiveTrainer` does; see there for the parameters."""

    def __init__(
        self, model, X, y, validation_data=None, batch_size=32, seed=0, jit_compile=None, **others
    ):
        refuse_arguments(
            others,
            "A trainer takes validation_data, batch_size, seed and jit_compile; its knobs are "
            "turned afterwards, as in trainer.learning_rate = 0.1.",
        )
        check_model(model, X)
        self._data = check_data(model, X, y)
        self._validation = _checked_validation(model, validation_data)
        self._batch_size = checked_batch_size(batch_size, len(self._data))
        self._model, self._seed = model, _checked_seed(seed)
        activation = last_activation(model)
        self._task = find_task(model, self._data, activation)
        self.caution = doubt(model, activation, self._data.y)
        self._order = SampleOrder(len(self._data), self._seed)
        self._activation: str | None = None
        self._previous: History | None = None
        self._traces = 0
        with on_cpu():
            self._l2, self._l2_value = tf.Variable(0.0, trainable=False), 0.0
            self._structure = find_structure(model)
            check_own_layers(model)
            # Weights that have been trained already have the scale that training gave them.
            untrained = int(model.optimizer.iterations) == 0
            self._network = self._new_network(current_weights(model), rescale=untrained)
            self._embeds = check_ids(self._network.model, self._data.X)
            if self._embeds and self._validation is not None:
                check_ids(self._network.model, self._validation.X, "validation ")
            check_copy(model, self._network.model, _few(model, self._data.X))
            self._jit = None if jit_compile is None else bool(jit_compile)
            self._use_network()
        self._width = self.max_width
        self._begin()
        notices = [self.caution, _fixed_width_notice(self._structure.fixed_width)]
        if self._network.starts_empty and not untrained:
            notices.append(
                f"The optimizer has made {int(model.optimizer.iterations)} updates, but of other "
                "weights than this model's, so its memory starts empty."
            )
        self.notice = " ".join(filter(None, notices))

    def step(self, n: int = 1) -> int:
        """Make `n` parameter updates.

        Parameters
        ----------
        n : int, default 1

        Returns
        -------
        int
            Updates made: `n`, or fewer if the run diverged on the way, 0 if it had before.
        """
        n = whole_number(n, "n counts the updates to make, a whole number of at least 0")
        done = 0
        while done < n and self._run.diverged is None:
            some = min(
                n - done,
                self._loop.room(self._run.position),
                self._run.history.steps_to_thinning(self._run.updates),
            )
            outcome = self._advance(some)
            done += outcome.updates if outcome.good else self._stop_before(outcome.updates)
        return done

    def reset(self, seed: int | None = None) -> None:
        """Begin again: same initial weights, same order, same noise, knobs as they are turned.

        A model that was trained before starts where the trainer found it: its optimizer's memory
        and the place in its schedule come back with the weights.

        Parameters
        ----------
        seed : int, optional
            Draw other initial weights with the layers' own initializers; they are the initial
            weights from then on, and the optimizer starts with them: memory empty, schedule at
            its beginning. Adapted and frozen layers stay as they are.
        """
        seed = None if seed is None else _checked_seed(seed)
        if len(self._run.history):
            self._previous = self._run.history
        with on_cpu():
            if seed is not None:
                self._network.initial = fresh_weights(self._model, seed)
                self._network.rescale = True
                self._network.forget()
            self._network.start()
        self._begin()

    def snapshot(self) -> Snapshot:
        """Return the present moment, to come back to with :meth:`restore`."""
        optimizer = self._network.optimizer_for()
        names = ["batch_size"] if has_schedule(optimizer) else ["learning_rate", "batch_size"]
        names += [n for n in ("dropout", "width", "l2") if getattr(self, f"can_change_{n}")]
        return Snapshot(
            state=[v.numpy() for v in self._network.state],
            initial=(self._network.initial, self._network.rescale, self._network.memory),
            knobs={name: getattr(self, name) for name in names},
            activation=self._activation,
            optimizer=optimizer,
            run=self._run.copy(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this trainer: weights, knobs, history, what comes next."""
        if not isinstance(snapshot, Snapshot):
            raise TypeError(
                "restore takes what trainer.snapshot() returned; received a "
                f"{type(snapshot).__name__}."
            )
        if self._activation != snapshot.activation:
            self._replace_activation(
                snapshot.activation,
                "The snapshot's activation is back.",
            )
        if not self._network.trains_like(snapshot.optimizer):
            self.optimizer = snapshot.optimizer
        network = self._network
        network.initial, network.rescale, network.memory = snapshot.initial
        for name, value in snapshot.knobs.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
        for variable, value in zip(self._network.state, snapshot.state, strict=True):
            variable.assign(value)
        self._run = snapshot.run.copy()

    def _inputs(self, X) -> np.ndarray:
        """Return `X` as the model takes it, or say what does not fit."""
        X = check_inputs(self._model, X)
        if self._embeds:
            check_ids(self._network.model, X)
        return X

    def _begin(self) -> None:
        """Forget the run so far; the weights are the caller's business."""
        columns, gap = ["loss"], 1
        if self._task.kind != "regression":
            columns.append("accuracy")
        if self._validation is not None:
            columns += [f"val_{name}" for name in columns]
            # So that measuring never takes longer than the updates in between.
            gap = -(-self._loop.measured // self._batch_size)
        self._run = Run(History(columns, gap))

    def _advance(self, updates: int) -> Outcome:
        """Run the loop once; record what it measured if all stayed finite."""
        run, gap = self._run, self._run.history.gap
        to_row = run.history.steps_to_next_row(run.updates)
        call = (updates, run.position, to_row, gap, run.sums)
        try:
            with on_cpu():
                outcome = self._loop.run(*call)
        except tf.errors.OpError:
            if not self._loop.jit:
                raise
            # The program failed to compile, so nothing has run yet.
            self._jit = False
            self._rebuild("XLA cannot compile this model here, so it runs as a plain graph: the "
                          "same results, more slowly.")  # fmt: skip
            with on_cpu():
                outcome = self._loop.run(*call)
        except Exception as error:
            if self._loop.traced:
                raise
            raise ValueError(
                "This model cannot run inside one compiled loop; a layer or loss of your own must "
                f"use keras.ops, not NumPy or Python side effects: {reason(error)}"
            ) from error
        if outcome.good:
            ends = [*range(run.updates + to_row, run.updates + updates, gap), run.updates + updates]
            used = 1 if self._task.kind == "regression" else 2
            for step, row in zip(ends, outcome.rows, strict=True):
                train, validation = row[:used], row[2 : 2 + used]
                measured = [] if self._validation is None else validation
                run.history.add(step, [*train, *measured])
            run.advance(updates, self._batch_size)
            run.sums = outcome.sums
        return outcome

    def _stop_before(self, finite_losses: int) -> int:
        """Repeat a call that diverged up to the last good update; return how many that is.

        The call changed nothing, and every call with the same beginning goes the same way. The
        loss after the last finite one was measured on weights that had gone wrong already.
        """
        step = self._run.updates + finite_losses + 1
        sentence = divergence_sentence(
            step,
            self.learning_rate,
            self.l2,
            float(np.abs(self._data.X).max()),
            float(np.abs(self._data.y).max()),
        )
        updates = finite_losses - 1
        while updates > 0 and not self._advance(updates).good:
            updates //= 2
        self._run.diverged = sentence
        return max(updates, 0)

    def _new_network(self, initial: dict, rescale: bool) -> Network:
        return Network(
            self._model,
            self._structure,
            initial,
            rescale,
            self._activation,
            self._seed,
            cautioned=bool(self.caution),
        )

    def _replace_activation(self, name: str | None, notice: str) -> None:
        """Go on with a new network, and a new loop around it."""
        self._activation, old = name, self._network
        with on_cpu():
            self._network = self._new_network(old.initial, old.rescale)
            self._network.take_over(old)
        self._rebuild(notice)

    def _rebuild(self, notice: str) -> None:
        """Make a new loop for the present network and settings."""
        self._traces += self._loop.traced
        with on_cpu():
            self._use_network()
        self.notice = notice

    def _use_network(self) -> None:
        jit = self._jit
        if jit is None:
            jit = suits_xla(self._model, (self._batch_size, *self._data.X.shape[1:]))
        self._loop = Loop(
            network=self._network,
            data=self._data,
            validation=self._validation,
            task=self._task,
            l2=self._l2,
            batch_size=self._batch_size,
            order=self._order,
            jit=jit,
        )
        chosen = self._order.take(0, min(_PROBE_SAMPLES, len(self._data)))
        probe = Data(self._data.X[chosen], self._data.y[chosen])
        self._views = Views(self._network, probe, self._l2)


def _few(model: keras.Model, X: np.ndarray) -> np.ndarray:
    """Return a few samples, as many as the model takes at a time."""
    return np.resize(X, (model.inputs[0].shape[0] or 8, *X.shape[1:]))


def _checked_seed(seed: int) -> int:
    return whole_number(seed, "seed is a whole number of at least 0")


def _checked_validation(model: keras.Model, validation_data) -> Data | None:
    if validation_data is None:
        return None
    if not isinstance(validation_data, list | tuple) or len(validation_data) != 2:
        raise ValueError(
            f"validation_data is a pair (X_val, y_val); received a {type(validation_data).__name__}"
            + (f" of {len(validation_data)}." if hasattr(validation_data, "__len__") else ".")
        )
    return check_data(model, *validation_data, what="validation ")


def _fixed_width_notice(layers: tuple[str, ...]) -> str:
    if not layers:
        return ""
    names = ", ".join(map(repr, layers))
    return (
        f"The width of {names} stays as built: it can be turned only where a plain Dense layer's "
        "units go, each by itself, to other plain Dense layers."
    )
