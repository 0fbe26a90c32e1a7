"""LiveTrainer: a Keras model that trains in small pieces while its knobs are turned."""

import numpy as np

from lessons_lib.live._code import as_code
from lessons_lib.live._engine import Engine
from lessons_lib.live._giving_back import keras_model
from lessons_lib.live._history import Mark
from lessons_lib.live._tensorflow import keras, on_cpu
from lessons_lib.live._validation import whole_number


class LiveTrainer(Engine):
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
    y : array_like of shape (n_samples,), (n_samples, n_outputs) or of the outputs' shape
        For class numbers, and where the outputs' last axis has length 1, without that axis.
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

    Attributes
    ----------
    notice : str
        A sentence on what the last rebuild kept; at first on what cannot be turned, or taken
        over from the model, and the `caution`; or "".
    caution : str
        One sentence on why this loss cannot teach such outputs, or "". It trains as in Keras.
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
        penalties. Steps that a mask leaves out count in no accuracy, nor do those of an
        ``ignore_class``, which Keras's accuracy takes for mistakes. At most 512 rows: a long run
        keeps every second, fourth, ... row, with the training columns averaged.
        """
        return self._run.history.as_dict()

    @property
    def previous_history(self) -> dict[str, list] | None:
        """The history of the run before the last reset; None without one."""
        return None if self._previous is None else self._previous.as_dict()

    @property
    def marks(self) -> list[Mark]:
        """The last 500 turns of knobs: ``[(step, "learning_rate", old, new), ...]``."""
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
        """How many training loops this trainer has used: 1 after the first step, plus rebuilds.

        A loop that was compiled before, for this trainer or for one like it, is used again.
        """
        return self._traces + self._loop.traced

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
        k = whole_number(k, "k counts updates from 0, a whole number")
        if k < anchor:
            raise ValueError(
                f"The batch size changed at step {anchor}, so batches are known from there on; "
                f"received k={k}."
            )
        return self._order.take(position + (k - anchor) * self._batch_size, self._batch_size)

    @property
    def X(self) -> np.ndarray:
        """The training inputs as the model reads them, checked and of its own type."""
        return self._data.X

    @property
    def y(self) -> np.ndarray:
        """The training targets as the loss reads them."""
        return self._data.y

    # --- pictures ---------------------------------------------------------------------------

    def predict(self, X) -> np.ndarray:
        """Return the model's outputs for `X`, shape ``(n_samples, n_outputs)``, as Keras does."""
        return self._views.predict(self._inputs(X))

    def hidden(self, X) -> list[np.ndarray]:
        """Return what each hidden layer's units in use put out, ``(n_samples, ..., width)``.

        Measured where the next layer reads: after BatchNormalization and activation.
        """
        return self._views.hidden(self._inputs(X))

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
        with on_cpu():
            return keras_model(self._model, self._network, self._activation, self.l2)

    def code(self) -> str:
        """Return the present settings as Keras code that trains such a model on ``X, y``."""
        return as_code(
            self.to_keras(),
            batch_size=self._batch_size,
            epochs=max(1, round(self.updates * self._batch_size / len(self._data)) or 20),
            validation=self._validation is not None,
        )
