"""LiveTrainer: a Keras model that trains in small pieces while its knobs are turned."""

from dataclasses import dataclass

import numpy as np

from lessons_lib.live._code import as_code
from lessons_lib.live._copying import current_weights, fresh_weights
from lessons_lib.live._divergence import divergence_sentence
from lessons_lib.live._giving_back import keras_model
from lessons_lib.live._history import History, Mark
from lessons_lib.live._knobs import Knobs, checked_batch_size
from lessons_lib.live._loop import Loop, Outcome
from lessons_lib.live._network import Network, own_optimizer, settings
from lessons_lib.live._order import SampleOrder
from lessons_lib.live._run import Run
from lessons_lib.live._structure import find_structure, leaves
from lessons_lib.live._task import find_task
from lessons_lib.live._tensorflow import keras, tf
from lessons_lib.live._validation import Data, check_data, check_inputs, check_model, reason
from lessons_lib.live._views import Views

_PROBE_SAMPLES = 256


@dataclass(frozen=True)
class Snapshot:
    """A moment of a run, made by :meth:`LiveTrainer.snapshot`; opaque."""

    state: list[np.ndarray]
    initial: tuple[dict, bool]
    knobs: dict
    activation: str | None
    optimizer: keras.optimizers.Optimizer
    run: Run


class LiveTrainer(Knobs):
    """Train a Keras model in small pieces, with hyperparameters that can change in between.

    The model is copied; the one passed in is left as it is. The copy trains in one compiled
    loop, thousands of updates per call, and gives the same weights as Keras's own
    ``train_on_batch`` on the same batches.

    Parameters
    ----------
    model : keras.Model
        Compiled, Sequential or functional, with one input and one output. Its present weights
        are the initial weights; a model that is not built yet is built from `X`.
    X : array_like of shape (n_samples, ...)
    y : array_like of shape (n_samples,) or (n_samples, n_outputs)
    validation_data : tuple (X_val, y_val), optional
        Measured without dropout; of more than 2,000 samples the first 2,000.
    batch_size : int, default 32
        Samples per update; at most `n_samples`.
    seed : int, default 0
        Decides the order of the samples and the dropout noise.
    jit_compile : bool, optional
        Compile with XLA. By default wherever that works, and as a plain graph elsewhere.

    Attributes
    ----------
    notice : str
        One sentence on what the last rebuild kept, or on what cannot be turned; or "".
    task : {"regression", "binary", "multiclass"}
        What the model is for, from its loss, last activation and targets.
    threshold : float
        For a binary task: predictions above it count as the second class.

    Raises
    ------
    TypeError, ValueError
        With one sentence on what does not fit and what to change.

    Examples
    --------
    >>> trainer = LiveTrainer(model, X, y, batch_size=10)  # doctest: +SKIP
    >>> trainer.step(500)  # doctest: +SKIP
    500
    >>> trainer.learning_rate = 0.01  # doctest: +SKIP
    """

    def __init__(self, model, X, y, validation_data=None, batch_size=32, seed=0, jit_compile=None):
        check_model(model, X)
        self._data = check_data(model, X, y)
        self._validation = _checked_validation(model, validation_data)
        self._batch_size = checked_batch_size(batch_size, len(self._data))
        self._model, self._seed = model, int(seed)
        self._task = find_task(model, self._data)
        self._order = SampleOrder(len(self._data), self._seed)
        self._activation: str | None = None
        self._previous: History | None = None
        self._traces = 0
        with _on_cpu():
            self._l2, self._l2_value = tf.Variable(0.0, trainable=False), 0.0
            self._structure = find_structure(model)
            # Weights that have been trained already have the scale that training gave them.
            untrained = int(model.optimizer.iterations) == 0
            self._network = self._new_network(current_weights(model), rescale=untrained)
            self._use_network(_default_jit(model) if jit_compile is None else bool(jit_compile))
        self._width = self.max_width
        self._begin()
        self.notice = _fixed_width_notice(self._structure.fixed_width)

    # --- training ---------------------------------------------------------------------------

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

        Parameters
        ----------
        seed : int, optional
            Draw other initial weights with the layers' own initializers; they are the initial
            weights from then on.
        """
        if len(self._run.history):
            self._previous = self._run.history
        with _on_cpu():
            if seed is not None:
                self._network.initial = fresh_weights(self._model, seed)
                self._network.rescale = True
            self._network.start()
        self._begin()

    def snapshot(self) -> Snapshot:
        """Return the present moment, to come back to with :meth:`restore`."""
        names = ["learning_rate", "batch_size"]
        names += [n for n in ("dropout", "width", "l2") if getattr(self, f"can_change_{n}")]
        return Snapshot(
            state=[v.numpy() for v in self._network.state],
            initial=(self._network.initial, self._network.rescale),
            knobs={name: getattr(self, name) for name in names},
            activation=self._activation,
            optimizer=own_optimizer(self._network.optimizer),
            run=self._run.copy(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this trainer: weights, knobs, history, what comes next."""
        if self._activation != snapshot.activation:
            self._replace_activation(snapshot.activation)
        if settings(self._network.optimizer) != settings(snapshot.optimizer):
            self.optimizer = snapshot.optimizer
        self._network.initial, self._network.rescale = snapshot.initial
        for name, value in snapshot.knobs.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
        for variable, value in zip(self._network.state, snapshot.state, strict=True):
            variable.assign(value)
        self._run = snapshot.run.copy()

    # --- what happened ----------------------------------------------------------------------

    @property
    def updates(self) -> int:
        """Parameter updates made since the last reset."""
        return self._run.updates

    @property
    def history(self) -> dict[str, list]:
        """Losses by step, like Keras's: ``{"step": [...], "loss": [...], "val_loss": [...]}``.

        ``loss`` (and, for classifiers, ``accuracy``) is the mean over the batches since the row
        before, dropout included, as Keras reports it; ``val_loss`` is measured at that step
        without dropout. The last row is always the present step. Both losses include the
        penalties. At most 512 rows: a long run keeps every second, fourth, ... row, with the
        training columns averaged.
        """
        return self._run.history.as_dict()

    @property
    def previous_history(self) -> dict[str, list] | None:
        """The history of the run before the last reset; None without one."""
        return None if self._previous is None else self._previous.as_dict()

    @property
    def marks(self) -> list[Mark]:
        """Which knob was turned when: ``[(step, "learning_rate", old, new), ...]``."""
        return self._run.marks.as_list()

    @property
    def diverged(self) -> str | None:
        """None, or one sentence: at which step the loss stopped being a number, and what to try.

        The weights before that step are kept. Turning a knob lets the run go on from them;
        ``reset()`` begins again.
        """
        return self._run.diverged

    @property
    def trace_count(self) -> int:
        """How often the training loop was traced: 1 after the first step, plus rebuilds."""
        return self._traces + self._loop.traces

    @property
    def jit_compile(self) -> bool:
        """Whether the loop is compiled with XLA, or runs as a plain graph."""
        return self._loop.jit

    @property
    def task(self) -> str:
        """What the model is for: "regression", "binary" or "multiclass"."""
        return self._task.kind

    @property
    def threshold(self) -> float:
        """For a binary task, the prediction above which the second class is chosen."""
        return self._task.threshold

    def batch_indices(self, k: int) -> np.ndarray:
        """Return which samples update `k` (counted from 0) is made on, shape ``(batch_size,)``.

        Known for updates since the batch size was last changed, and for those to come.
        """
        anchor, position = self._run.anchor
        if k < anchor:
            raise ValueError(
                f"The batch size changed at step {anchor}, so batches are known from there on; "
                f"received k={k}."
            )
        return self._order.take(position + (k - anchor) * self._batch_size, self._batch_size)

    # --- pictures ---------------------------------------------------------------------------

    def predict(self, X) -> np.ndarray:
        """Return the model's outputs for `X`, shape ``(n_samples, n_outputs)``, as Keras does."""
        return self._views.predict(check_inputs(self._model, X))

    def hidden(self, X) -> list[np.ndarray]:
        """Return what each hidden layer's units in use put out, ``(n_samples, ..., width)``.

        Measured where the next layer reads: after BatchNormalization and activation.
        """
        return self._views.hidden(check_inputs(self._model, X))

    def kernels(self) -> dict[str, np.ndarray]:
        """Return the weights between units in use, by layer name."""
        return self._views.kernels()

    def gradient_norms(self) -> dict[str, float]:
        """Return the length of the loss gradient, by layer name.

        Measured without dropout on the same 256 samples (or all) every time.
        """
        return self._views.gradient_norms()

    # --- giving back ------------------------------------------------------------------------

    def to_keras(self) -> keras.Model:
        """Return an ordinary compiled Keras model of the units in use, with the present knobs."""
        with _on_cpu():
            return keras_model(self._model, self._network, self._activation, self.l2)

    def code(self) -> str:
        """Return the present settings as Keras code that trains such a model on ``X, y``."""
        return as_code(
            self.to_keras(),
            batch_size=self._batch_size,
            epochs=max(1, round(self.updates * self._batch_size / len(self._data)) or 20),
            validation=self._validation is not None,
        )

    # --- inside -----------------------------------------------------------------------------

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
            with _on_cpu():
                outcome = self._loop.run(*call)
        except tf.errors.OpError:
            if not self._loop.jit:
                raise
            # The program failed to compile, so nothing has run yet.
            self._rebuild("XLA cannot compile this model here, so it runs as a plain graph: the "
                          "same results, more slowly.", jit=False)  # fmt: skip
            with _on_cpu():
                outcome = self._loop.run(*call)
        except Exception as error:
            if self._loop.traced:
                raise
            raise ValueError(
                "This model cannot run inside one compiled loop; a layer of your own must use "
                f"keras.ops, not NumPy or Python side effects: {reason(error)}"
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
        return Network(self._model, self._structure, initial, rescale, self._activation, self._seed)

    def _replace_activation(self, name: str | None) -> None:
        self._activation, old = name, self._network
        with _on_cpu():
            self._network = self._new_network(old.initial, old.rescale)
            self._network.take_over(old)

    def _rebuild(self, notice: str, jit: bool | None = None) -> None:
        """Make a new loop for the present network and settings."""
        self._traces += self._loop.traces
        with _on_cpu():
            self._use_network(self._loop.jit if jit is None else jit)
        self.notice = notice

    def _use_network(self, jit: bool) -> None:
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


def _on_cpu():
    """Networks this small wait longer for a GPU than they compute."""
    return tf.device("CPU")


def _checked_validation(model: keras.Model, validation_data) -> Data | None:
    if validation_data is None:
        return None
    if not isinstance(validation_data, list | tuple) or len(validation_data) != 2:
        raise ValueError(
            "validation_data is a pair (X_val, y_val); received "
            f"{type(validation_data).__name__} of length {len(validation_data)}."
        )
    return check_data(model, *validation_data, what="validation ")


def _default_jit(model: keras.Model) -> bool:
    return all(getattr(layer, "supports_jit", True) for layer in leaves(model).values())


def _fixed_width_notice(layers: tuple[str, ...]) -> str:
    if not layers:
        return ""
    names = ", ".join(map(repr, layers))
    return f"The width of {names} stays as built: what reads these layers is not a Dense layer."
