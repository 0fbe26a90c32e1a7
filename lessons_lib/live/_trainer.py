"""LiveTrainer: a Keras model that trains in small pieces while its knobs are turned."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.turns import Replayed, Turn, anew
from lessons_lib._ground.values import whole_number
from lessons_lib.live._bent import bend_of
from lessons_lib.live._chain import Chain, chain_of
from lessons_lib.live._code import as_code, optimizer_as_code
from lessons_lib.live._compiled import packed
from lessons_lib.live._compiler import suits_xla
from lessons_lib.live._data import Data, check_inputs
from lessons_lib.live._depth import Depth
from lessons_lib.live._giving_back import keras_model
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs import (
    Mark,
    checked_batch_size,
    no_such_knob,
    row_of,
    rows_for,
    with_knobs,
)
from lessons_lib.live._knobs_of_data import data_first
from lessons_lib.live._knobs_of_layers import layers_first
from lessons_lib.live._loop import Loop, Outcome, SampleOrder, run_once, up_to_the_last_good
from lessons_lib.live._models import refuse_arguments
from lessons_lib.live._moments import Moments, Snapshot
from lessons_lib.live._network import Network
from lessons_lib.live._path import Path, with_present
from lessons_lib.live._rescue import values_of
from lessons_lib.live._ruin import Watch
from lessons_lib.live._run import History, Ruin, Run, Spent, measured_columns
from lessons_lib.live._slice import Slice
from lessons_lib.live._source import Source, source_of
from lessons_lib.live._structure import find_structure
from lessons_lib.live._tensorflow import keras, on_cpu
from lessons_lib.live._training_set import TrainingSet
from lessons_lib.live._trial import check_copy, check_ids, check_own_layers
from lessons_lib.live._views import Views

_PROBE_SAMPLES = 256


@with_knobs
class LiveTrainer(Replayed):
    """Train a Keras model in small pieces, with hyperparameters that can change in between.

    The model is copied; the one passed in is left as it is. The copy trains in one compiled
    loop, thousands of updates per call, and gives the same weights as Keras's own
    ``train_on_batch`` on the same batches.

    Parameters
    ----------
    model : keras.Model
        Compiled, Sequential or functional, with one input and one or several outputs. Its present
        weights are the initial weights; a model that is not built yet is built from `X`.
    X : array_like of shape (n_samples, ...)
    y : array_like of shape (n_samples,), (n_samples, n_outputs) or of the outputs' shape
        For class numbers, and where the outputs' last axis has length 1, without that axis. For
        several outputs a list of such in their order, or a dict by their names.
    validation_data : tuple (X_val, y_val), optional
        Measured without dropout; of more than 2,000 samples the first 2,000.
    batch_size : int, default 32
        Samples per update; at most `n_samples`.
    seed : int, default 0
        Decides the order of the samples and the dropout noise.
    jit_compile : bool, optional
        Compile with XLA. By default the trainer chooses by layers, shapes and batch size: XLA
        where that works, but for large convolutions a plain graph, which trains them several
        times as fast. A plain graph also makes its first update after about a third of the time.
    data : callable, sequence of callable, or dict of str to callable, optional
        In the place of `X`, `y` and `validation_data`: what makes them, called as
        ``make(n_samples, noise=0.1, seed=seed)``, such as ``datasets.make_spirals``, or several to
        choose from. There are knobs then for ``noise``, ``samples``, the ``share`` to train on,
        the ``draw`` and, of several, ``data``; the rest of the samples is the validation data.

    Attributes
    ----------
    {knobs}
        Knobs, the rows of ``KNOBS``: turning one takes effect at the next update, and lets a
        diverged run go on from the weights it kept. Whether the model has a knob is said by
        ``can_change_width`` and the like.
    {compiling}
        Knobs for which a loop has to be compiled: each new combination once, at the next step,
        which takes about a second; it is there when the combination comes back. `notice` then
        says what was kept.
    weight_<output> : float
        Where there are several outputs, a knob for each: how much its loss counts in the sum.
    lesions : tuple of tuple (layer, unit)
        Hidden units that are switched off, counted from 1: ``trainer.lesions = ((1, 4),)``. A
        unit puts out 0 then, learns nothing, and goes on where it was when it is on again.
    edge : tuple (layer, source, unit, weight)
        Sets one weight of a chain of Dense layers, as if the run had come upon it by itself. All
        are counted from 1; the output's layer is the last. It reads as the latest of the run.
    notice : str
        A sentence on what the last rebuild kept; at first on what cannot be turned, or taken
        over from the model, and the `caution`; or "".
    caution : str
        One sentence on why this loss cannot teach such outputs, or "". It trains as in Keras.

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

    notice = ""
    caution = ""
    _keeps_path = False

    def __init__(
        self,
        model: keras.Model,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        batch_size: int = 32,
        seed: int = 0,
        jit_compile: bool | None = None,
        data: Any = None,
        **others: Any,
    ):
        refuse_arguments(
            others,
            "A trainer takes validation_data, batch_size, seed, jit_compile and data; its knobs "
            "are turned afterwards, as in trainer.learning_rate = 0.1.",
        )
        seed = _checked_seed(seed)
        source = source_of(data, seed, X=X, y=y, validation_data=validation_data)
        self._set = TrainingSet(model, X, y, validation_data, source)
        self._data, self._validation = self._set.data, self._set.validation
        self._batch_size = checked_batch_size(batch_size, len(self._data))
        self._model, self._optimizer = model, model.optimizer
        self._tasks, self.caution = self._set.tasks, self._set.caution
        self._order = SampleOrder(len(self._data), seed)
        self._traces = 0
        self._jit = None if jit_compile is None else bool(jit_compile)
        with on_cpu():
            structure = find_structure(model)
            self._depth = Depth(model, structure, seed)
            check_own_layers(model)
            self._network = Network(model, structure, seed, cautioned=bool(self.caution))
            self._embeds = check_ids(self._network.model, self._data.X)
            self._rows = rows_for(self)
            if self._embeds and self._validation is not None:
                check_ids(self._network.model, self._validation.X, "validation ")
            check_copy(model, self._network.model, self._data.X)
            self._use_network()
        self._begin()
        notices = [self.caution, structure.notice, self._network.notice]
        self.notice = " ".join(filter(None, notices))

    def __getattr__(self, name: str) -> Any:
        """Return the value of a knob that this model brings with it."""
        row = self.__dict__.get("_rows", {}).get(name)
        if row is None:
            raise AttributeError(f"A {type(self).__name__} has no attribute {name!r}.", name=name)
        return row.read(self)

    def __setattr__(self, name: str, value) -> None:
        if name.startswith("_") or hasattr(type(self), name):
            super().__setattr__(name, value)
        elif name in self._rows:
            self.turn(name, value)
        else:
            raise AttributeError(no_such_knob(name, self._rows))

    # --- running ----------------------------------------------------------------------------

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
        n = _counting("n", n, "n counts the updates to make, a whole number of at least 0")
        done = 0
        while done < n and self._run.failed is None:
            if self._moments.due(self._run.updates):
                self._keep_moment()
            self._run.keep_weights(lambda: self._slice.weights)
            some = min(
                n - done,
                self._loop.room(self._run.position),
                self._run.room,
            )
            outcome = self._advance(some)
            made = outcome.updates if outcome.good else self._stop_before(outcome.updates)
            self._spent = self._spent.after(made)
            done += made
        if n and self._run.failed is not None:
            self._spent = self._spent.ruined(Ruin(self._run.updates, values_of(self)))
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
        drawn = self.start_seed if seed is None else _checked_seed(seed)
        if self._batch_size > len(self._data):
            self.turn("batch_size", len(self._data))
        turns = self._turns_anew()
        with on_cpu():
            if seed is not None:
                self._network.begin_with(self._depth.weights(self._hidden_layers, drawn))
            self._network.start()
        self._begin()
        self._run.turns, self._run.seed = turns, drawn

    def snapshot(self) -> Snapshot:
        """Return the present moment, to come back to with :meth:`restore`."""
        with self._network.lesions.whole():
            return self._moment([v.numpy() for v in self._network.state], (*self._moments,))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this trainer: weights, knobs, history, what comes next."""
        if not isinstance(snapshot, Snapshot):
            raise TypeError(
                "restore takes what trainer.snapshot() returned; received a "
                f"{type(snapshot).__name__}."
            )
        self._moments = Moments()  # whose start no turn is kept for
        with on_cpu():
            # Backwards: an optimizer brings a learning rate with it.
            for name, kept in reversed(snapshot.knobs.items()):
                if (notice := self._rows[name].restore(self, kept)) is not None:
                    self._rebuild(notice)
            self._network.beginning = snapshot.beginning
            self._network.set_state(snapshot.state)
        self._run, self._watch = snapshot.run.copy(), Watch()
        self._run.path = self._run.path or self._new_path()
        self._restarts += 1
        self._spent = self._spent.joined(snapshot.spent)
        self._moments = Moments(snapshot.moments)

    def replay(self, turns: Sequence[Turn], step: int) -> None:
        """Go on to a step as a run did, with those `turns` that have not been made yet.

        Nothing is spent by that. What was turned at that very step is left out, unless it is 0.
        """
        spent = self._spent
        try:
            super().replay(turns, step)
        finally:
            self._spent = spent

    @property
    def way_back(self) -> int | None:
        """The step that ruined weights can go back to, before they were ruined; or None.

        It is known once `ended` or `trouble` was asked.
        """
        rescue = self._watch.rescue
        return None if rescue is None or rescue.back is None else rescue.back.step

    def go_back(self) -> None:
        """Go back to the step `way_back`: weights, knobs and history as they were then.

        Raises
        ------
        ValueError
            If there is no way back, which is so unless the weights are ruined.
        """
        if self.way_back is None:
            raise ValueError(
                "There is nothing to go back from: the weights of this run are not ruined."
            )
        rescue, moments = self._watch.rescue, [*self._moments]
        self.restore(rescue.back)
        self._moments = Moments([m for m in moments if m.step <= self.updates])
        self._watch.went_back(self.updates, rescue)

    @property
    def compiled(self) -> bool:
        """Whether the next step begins at once, and not with the compiler."""
        return self._loop.compiled

    def compile(self) -> None:
        """Compile the training loop now; the run stays as it is."""
        if not self.compiled:
            self._run_loop(0)

    def compile_ahead(self) -> Callable[[], None] | None:
        """Trace the training loop; return what compiles it, which another thread may call.

        None if that is not needed, or cannot be done so: then `compile` has to.
        """
        try:
            return self._loop.compile_ahead()
        except Exception:  # a model that cannot be traced: `compile` says why
            return None

    # --- knobs ------------------------------------------------------------------------------

    def turn(self, name: str, value: Any, moment: float | None = None) -> None:
        """Turn a knob: ``turn("width", 4)`` is ``trainer.width = 4``.

        Parameters
        ----------
        name : str
        value : object
        moment : float, optional
            When a hand turned it, in seconds of any clock. What a hand turns within a second, as
            it drags a slider, is one mark.

        Raises
        ------
        TypeError, ValueError
            With one sentence on a name that is no knob, a knob that the model does not have, or
            a value that it cannot take. It keeps its old value then.
        """
        knob = self._rows.get(name)
        if knob is None:
            raise ValueError(no_such_knob(name, self._rows))
        if not knob.has(self):
            raise ValueError(knob.lacking)
        with on_cpu():
            given, value, old = value, knob.check(self, value), knob.read(self)
            if knob.compiles and value == old:
                return
            if self._moments.new(self._run.updates) and self._run.failed is None:
                self._keep_moment()
            notice, new = knob.apply(self, value), knob.read(self)
        if knob.compiles or notice is not None:
            self._rebuild(notice or f"{knob.words.capitalize()} {new} from now on.")
        if not self.updates:
            self._run.history.gap = self._gap  # as if it had begun so
        if isinstance(given, keras.optimizers.Optimizer):
            new = self._network.kept_optimizer  # the learner's may change
        self._run.turned(name, old, new, moment, knob.passing)

    @property
    def knobs(self) -> dict[str, Knob]:
        """The knobs of this trainer's model that have more than one value, by name."""
        return {
            name: knob
            for name, knob in self._rows.items()
            if not knob.quiet and knob.control and knob.has(self) and len(knob.offers(self)) > 1
        }

    @property
    def more_knobs(self) -> dict[str, Knob]:
        """Those that have a control where it is asked for, or none, by name."""
        return {
            name: knob
            for name, knob in self._rows.items()
            if (knob.quiet or not knob.control) and knob.has(self)
        }

    @property
    def max_width(self) -> int:
        """Units of the widest hidden Dense layer that can be turned; 0 without one."""
        return max((h.units for h in self._network.structure.hidden), default=0)

    # --- what happened ----------------------------------------------------------------------

    @property
    def starts_as_model(self) -> bool:
        """Whether a new trainer of the model that was given would start as this one does.

        It would not if the model was trained since, or compiled anew.
        """
        same = self._model.optimizer is self._optimizer
        return same and self._network.starts_from(
            self._depth.weights(self._hidden_layers, self.start_seed)
        )

    @property
    def start_seed(self) -> int | None:
        """The seed of the `reset` that has drawn the initial weights; None for the model's own."""
        return self._run.seed

    @property
    def updates(self) -> int:
        """Parameter updates made since the last reset."""
        return self._run.updates

    @property
    def spent(self) -> int:
        """Updates made since the last reset, those before a `restore` or `go_back` included.

        Those take steps back from `updates`, history and marks, and from nothing here: who has
        tried two ways from one snapshot has spent both.
        """
        return self._spent.updates

    @property
    def ruins(self) -> tuple[Ruin, ...]:
        """Where the loss became no number since the last reset: ``step`` and ``knobs``."""
        return self._spent.ruins

    @property
    def history(self) -> dict[str, list]:
        """Losses by step, like Keras's: ``{"step": [...], "loss": [...], "val_loss": [...]}``.

        Of several outputs ``loss`` is the sum, by their weights; ``digit_loss`` and, for a
        classifier, ``digit_accuracy`` are those of the output ``digit``, whatever its weight.

        ``loss`` (and, for classifiers, ``accuracy``) is the mean over the batches since the row
        before, dropout included, as Keras reports it; ``val_loss`` is measured at that step
        without dropout. The last row is always the present step. Both are plain losses: where
        weights have a price, be it the knobs' or that of the model's own regularizers, it stands
        beside them as ``penalty``. Keras's own losses are ``loss + penalty`` and ``val_loss +
        penalty``. Steps that a mask leaves out count in no accuracy, nor do those of an
        ``ignore_class``, which Keras's accuracy takes for mistakes. At most 512 rows: a long run
        keeps every second, fourth, ... row, with the training columns averaged.
        """
        return self._run.history.as_dict()

    @property
    def marks(self) -> list[Mark]:
        """The last 500 turns of knobs: ``[(step, "learning_rate", old, new), ...]``."""
        return [Mark(*turn) for turn in self._run.marks]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns of knobs since the initial weights, as `replay` takes them."""
        return self._run.turns

    @property
    def ended(self) -> str | None:
        """What ended the run, in one sentence, or None: what every panel asks its runner.

        A run ends where the loss is no number any more. The sentence says at which step, which
        knobs did it, where to go back to, and which values have been tried from there and train;
        that takes a moment when it is asked for the first time. The weights before that step are
        kept. Turning a knob lets the run go on from them, which seldom helps; `go_back()` returns
        to a step before they were ruined, and `reset()` begins again.
        """
        return self._watch.ended(self, self._run.failed)

    @property
    def diverged(self) -> str | None:
        """The same as `ended`: a trainer ends in no other way."""
        return self.ended

    @property
    def trouble(self) -> str:
        """One sentence on why a run that goes on learns nothing, and what to try, or "".

        Said of weights pulled to zero, of dead or saturated units, of a loss that stays above
        that of the start, of a network too slow, too narrow or with too much dropout; and of
        weights that were ruined and not taken back. Each piece of advice has been tried.
        """
        return "" if self._run.failed is not None else self._watch.trouble(self)

    @property
    def trace_count(self) -> int:
        """How many training loops this trainer has used: 1 after the first step, plus rebuilds.

        A loop that was compiled before, for this trainer or for one like it, is used again.
        """
        return self._traces + self._loop.traced

    @property
    def jit_compile(self) -> bool:
        """Whether the loop is compiled with XLA, or runs as a plain graph."""
        return self._loop.jit

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the model's outputs."""
        return tuple(head.name for head in self._network.heads)

    @property
    def task(self) -> str | list[str] | dict[str, str]:
        """What the model is for: "regression", "binary" or "multiclass".

        For several outputs in the form in which the model gives them, as `predict` and `y`.
        """
        return packed(self._model, [task.kind for task in self._tasks])

    @property
    def threshold(self) -> float | list[float] | dict[str, float]:
        """For a binary task, the prediction above which the second class is chosen."""
        return packed(self._model, [task.threshold for task in self._tasks])

    def batch_indices(self, k: int) -> np.ndarray:
        """Return which samples update `k` (counted from 0) is made on, shape ``(batch_size,)``.

        Known for updates since batch size or data were last changed, and for those to come.
        """
        anchor, position = self._run.anchor
        k = _counting("k", k, "k counts updates from 0, a whole number")
        if k < anchor:
            raise ValueError(
                f"The batch size or the data changed at step {anchor}, so batches are known from "
                f"there on; received k={k}."
            )
        return self._order.take(position + (k - anchor) * self._batch_size, self._batch_size)

    @property
    def X(self) -> np.ndarray:
        """The training inputs as the model reads them, checked and of its own type.

        Those painted in stand behind those that were given.
        """
        return self._data.X

    @property
    def y(self) -> np.ndarray | list[np.ndarray] | dict[str, np.ndarray]:
        """The training targets as the loss reads them."""
        return packed(self._model, self._data.targets)

    @property
    def given(self) -> tuple:
        """The training inputs and targets before a hand has edited them, as `X` and `y` are."""
        data = self._set.given.data
        return data.X, packed(self._model, data.targets)

    @property
    def numbers(self) -> np.ndarray:
        """What ``painted`` calls each training sample, shape ``(n_samples,)``: see the knob."""
        return self._set.numbers

    @property
    def source(self) -> Source | None:
        """What makes the samples: its ``name``, ``maker``, ``seed``, ``choice``; None if given."""
        return self._set.source

    @property
    def validation_data(self) -> tuple | None:
        """The validation inputs and targets as `X` and `y` are; None without any."""
        data = self._validation
        return None if data is None else (data.X, packed(self._model, data.targets))

    # --- pictures ---------------------------------------------------------------------------

    def predict(self, X: ArrayLike) -> np.ndarray | list[np.ndarray] | dict[str, np.ndarray]:
        """Return the model's outputs for `X`, shape ``(n_samples, n_outputs)``, as Keras does.

        Of several outputs a list or dict, as the model was made with.
        """
        return packed(self._model, self._views.predict(self._inputs(X)))

    def hidden(self, X: ArrayLike) -> list[np.ndarray]:
        """Return what each hidden layer's units in use put out, ``(n_samples, ..., width)``.

        Measured where the next layer reads: after BatchNormalization and activation.
        """
        return self._views.hidden(self._inputs(X))

    @property
    def can_bend(self) -> bool:
        """Whether `bent` can be asked: a classifier with a hidden layer before a last Dense."""
        return self._bend is not None

    def bent(self, X: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the samples as the last Dense layer reads them, its kernel and its bias.

        There a border between two classes is straight: of a binary classifier it lies where
        ``H @ kernel + bias`` is 0, of several classes where two have the same such score.

        Returns
        -------
        H : ndarray of shape (n_samples, width)
            Of the units in use.
        kernel : ndarray of shape (width, n_outputs)
        bias : ndarray of shape (n_outputs,)
            Less the score at which a binary classifier chooses the second class, mostly 0.

        Raises
        ------
        ValueError
            If the model is no such classifier; see `can_bend`.
        """
        if self._bend is None:
            raise ValueError(
                "Only a classifier with a hidden layer before a last Dense layer bends space: end "
                "the model with keras.layers.Dense(1, activation='sigmoid'), or softmax for "
                "several classes, after a hidden layer."
            )
        return self._bend(self._inputs(X))

    def keep_path(self) -> None:
        """Keep the weights along the run from now on, for `path`."""
        if not self._keeps_path:
            self._keeps_path = True
            self._run.path = self._new_path()

    @property
    def path(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps, shape ``(k,)``, and the trained weights there, shape ``(k, n_weights)``.

        The first is that of `keep_path` or a later `reset`, the last the present one; between them
        at most 128, evenly. They are part of the run: `restore` and `replay` bring the same.
        """
        return with_present(self._run.path, self.updates, self._slice.weights)

    @property
    def can_slice(self) -> bool:
        """Whether `slice` can be asked: the model has from 2 to 50,000 trained weights."""
        return self._slice.possible

    def slice(
        self,
        directions: ArrayLike,
        reach: float,
        side: int = 25,
        samples: ArrayLike | None = None,
    ) -> np.ndarray:
        """Return the loss, penalties included, on a plane through the present weights.

        It is measured without dropout, all in one compiled call, and changes nothing.

        Parameters
        ----------
        directions : array_like of shape (2, n_weights)
            What leads to the right and upwards, in the order of `path`.
        reach : float
            How often the directions are gone at most, both ways.
        side : int, default 25
            Places along each side, at most 31; the middle of an odd number are the present
            weights.
        samples : array_like of int, optional
            Numbers of the training samples on which it is measured; the first 1,000 of an epoch's
            order by default, and of a large model fewer.

        Returns
        -------
        ndarray of shape (side, side)
            Row by row upwards.
        """
        samples = self._measured_samples() if samples is None else samples
        return self._slice.on_plane(directions, reach, side, self._data, samples)

    def gradient(self, samples: ArrayLike | None = None) -> np.ndarray:
        """Return the gradient of the loss by the trained weights, in the order of `path`.

        Of the samples that `slice` takes, without dropout; penalties are included.
        """
        samples = self._measured_samples() if samples is None else samples
        return self._slice.gradient(self._data, samples)

    def kernels(self) -> dict[str, np.ndarray]:
        """Return the weights between units in use, by layer name."""
        return self._views.kernels()

    def chain(self) -> Chain | None:
        """Return the network as a drawing needs it: units, edges, and what each unit puts out.

        None unless the model reads rows of numbers and is a chain of Dense layers, with what
        treats each unit by itself between them.
        """
        return chain_of(self._network, lambda points: self._views.along(self._inputs(points)))

    def first_kernels(self) -> np.ndarray | None:
        """Return the first layer's weights as images, ``(height, width, channels, units)``.

        A convolution has them so; a Dense layer's get the shape that the images have before
        Flatten or Reshape makes rows of them. Those of units not in use are nan. None if the
        first layer with weights reads no images.
        """
        return self._views.first_kernels()

    def gradient_norms(self) -> dict[str, float]:
        """Return the length of the loss gradient, by layer name.

        Measured without dropout on the same 256 samples (or all) every time.
        """
        return self._views.gradient_norms()

    # --- giving back ------------------------------------------------------------------------

    def to_keras(self) -> keras.Model:
        """Return an ordinary compiled Keras model with the present knobs.

        It has the units in use only, without those that are switched off.
        """
        with on_cpu():
            return keras_model(self._network.original, self._network)

    def code(
        self,
        data: str = "X, y",
        validation_data: str = "(X_val, y_val)",
        model: str = "model",
        taken: Collection[str] = (),
    ) -> str:
        """Return the present settings as Keras code that trains such a model.

        It trains for the epochs that were made here with these settings, at least 1.

        Parameters
        ----------
        data, validation_data : str
            What ``fit`` is given, as it is to be written.
        model : str
            What the model is called that the trainer was made from. Only what has no name of its
            own inside it, such as a lambda, is taken from there.
        taken : collection of str
            Names that the code must not give to anything.
        """
        since = max((mark.step for mark in self.marks), default=0)
        epochs = round((self.updates - since) * self._batch_size / len(self._data))
        remarks = []
        if since == self.updates:
            remarks = ["No step has been made with these settings yet: choose the epochs."]
        elif since:
            remarks = [
                f"Knobs were turned on the way, the last one at step {since:,}:",
                "these are the epochs made since then, by a network that begins anew.",
            ]
        checked = [] if self._validation is None else [f"validation_data={validation_data}"]
        settings = f"batch_size={self._batch_size}", f"epochs={max(1, epochs)}", "verbose=0"
        return as_code(self.to_keras(), [data, *checked, *settings], model, taken, remarks)

    def optimizer_code(self, optimizer: keras.optimizers.Optimizer) -> tuple[str, list[str]]:
        """Return an optimizer that `turns` has as code, and the lines that stand above.

        Those are imports, and comments on what cannot be written.
        """
        return optimizer_as_code(optimizer, self._network.original.trainable_variables)

    # --- inside -----------------------------------------------------------------------------

    def _inputs(self, X) -> np.ndarray:
        """Return `X` as the model takes it, or say what does not fit."""
        X = check_inputs(self._model, X)
        if self._embeds:
            check_ids(self._network.model, X)
        return X

    def _moment(self, state: Sequence, moments: tuple[Snapshot, ...] = ()) -> Snapshot:
        """Return the present moment with its `state`."""
        return Snapshot(
            state=state,
            beginning=self._network.beginning,
            knobs={name: knob.kept(self) for name, knob in self._rows.items()},
            run=self._run.copy(),
            spent=self._spent,
            moments=moments,
        )

    def _keep_moment(self) -> None:
        """Keep the present moment to go back to."""
        with on_cpu(), self._network.lesions.whole():
            self._moments.keep(self._moment([v.value.read_value() for v in self._network.state]))

    def _begin(self) -> None:
        """Forget the run so far; the weights are the caller's business."""
        validated = self._validation is not None
        kinds = [task.kind != "regression" for task in self._tasks]
        columns = measured_columns(dict(zip(self.outputs, kinds, strict=True)), validated)
        self._run = Run(History(columns, self._gap), np.zeros(self._loop.n_sums))
        self._run.path = self._new_path()
        self._moments, self._watch = Moments(), Watch()
        self._spent = Spent()
        self._restarts += 1

    def _measured_samples(self) -> np.ndarray:
        return self._order.take(0, min(self._slice.samples, len(self._data)))

    def _new_path(self) -> Path | None:
        """Return a path of the weights that begins here, where one is kept."""
        return Path() if self._keeps_path else None

    def _turns_anew(self) -> tuple[Turn, ...]:
        """Return the turns of a run that begins with the knobs as they are turned."""
        lasting = [turn for turn in self._run.turns if row_of(turn.name).lasts]
        turns = data_first(self, layers_first(self, anew(lasting)))
        if any(turn.name == "optimizer" and isinstance(turn.value, str) for turn in turns):
            # It has kept the rate of one before it, which these turns need not know.
            first = next((turn.old for turn in turns if turn.name == "learning_rate"), None)
            rate = self._network.learning_rate
            turns = tuple(turn for turn in turns if turn.name != "learning_rate")
            turns += (Turn(0, "learning_rate", rate, rate if first is None else first),)
        return turns

    @property
    def _hidden_layers(self) -> int:
        return len(self._network.structure.hidden)

    def _use_layers(self, hidden: int) -> str:
        """Go on with so many hidden layers; return what is told of it."""
        begun = self.updates > 0
        self._network, notice = self._depth.network(self._network, hidden, self.start_seed, begun)
        self._rows = rows_for(self)
        return notice

    @property
    def _gap(self) -> int:
        """Updates between two rows at first: measuring never takes longer than they do."""
        return max(1, -(-self._loop.measured // self._batch_size))

    def _advance(self, updates: int) -> Outcome:
        """Run the loop once; record what it measured if all stayed finite."""
        outcome = self._run_loop(updates)
        if outcome.good:
            self._run.advance(updates, self._batch_size, outcome.rows, outcome.sums)
        return outcome

    def _run_loop(self, updates: int) -> Outcome:
        """Run the loop once, as a plain graph where XLA cannot compile it."""
        run = self._run
        call = (updates, run.position, run.steps_to_next_row, run.history.gap, run.sums)
        return run_once(
            lambda: self._loop.run(*call), lambda: self._loop, self._without_xla, "This model"
        )

    def _without_xla(self) -> None:
        self._jit = False
        self._rebuild(
            "XLA cannot compile this model here, so it runs as a plain graph: the same results, "
            "more slowly."
        )

    def _stop_before(self, finite: int) -> int:
        """Stop before the update that diverged; return how many good ones were made."""
        failed = self._run.updates + finite + 1
        made = up_to_the_last_good(self._advance, finite)
        self._run.failed = failed
        return made

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
            tasks=self._tasks,
            batch_size=self._batch_size,
            order=self._order,
            jit=jit,
            room=self._set.room,
        )
        self._views = Views(self._network, self._probe())
        self._bend = bend_of(self._network, self._tasks)
        self._slice = Slice(self._network, self._data, self._set.room, jit)

    def _probe(self) -> Data:
        """Return the samples on which the network is judged."""
        chosen = self._order.take(0, min(_PROBE_SAMPLES, len(self._data)))
        X, *targets = (values[chosen] for values in (self._data.X, *self._data.targets))
        return Data(X, tuple(targets))

    def _use_data(self) -> None:
        """Go on with the samples as they are by now, from the next update on."""
        self._data, self._validation = self._set.data, self._set.validation
        if len(self._data) != self._order.n_samples:
            self._order = SampleOrder(len(self._data), self._order.seed)
        self._loop.use(self._data, self._validation, self._order)
        self._views.judge_on(self._probe())
        self._run.anchor = (self._run.updates, self._run.position)


def _checked_seed(seed: int) -> int:
    return _counting("seed", seed, "seed is a whole number of at least 0")


def _counting(name: str, value: int, wanted: str) -> int:
    return whole_number(name, value, wanted=wanted, floats=True)
