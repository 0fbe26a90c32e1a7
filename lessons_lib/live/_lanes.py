"""The compiled program of many models: so many lanes, and in each of them a model trains."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lessons_lib.live._data import Data
from lessons_lib.live._loop import tensors_of
from lessons_lib.live._mapped import Mapped
from lessons_lib.live._network import Network
from lessons_lib.live._packing import Packing
from lessons_lib.live._programs import Program
from lessons_lib.live._rules import COEFFICIENTS, Rule
from lessons_lib.live._stack import Stack, chain_of
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import on_cpu, tf

# So many models side by side stay in the processor's cache while they train, and fill its
# vectors. Hundreds of models are several calls of one program.
LANES = 64
MOST_ROWS = 32  # of the history in one call
_BATCH_ENTRIES = 1 << 17  # indices handed over at once: half a megabyte


@dataclass
class Models:
    """Some models, one a row.

    Attributes
    ----------
    numbers : ndarray of shape (n_models, n_numbers)
        Weights, memory and other values of the network's variables, as a Packing has them.
    counts : ndarray of shape (n_models, n_counts)
    coefficients : ndarray of shape (n_models, len(COEFFICIENTS))
    sums : ndarray of shape (n_models, 4)
        Loss, hits, penalty and updates since the last row on the history's grid.
    """

    numbers: np.ndarray
    counts: np.ndarray
    coefficients: np.ndarray
    sums: np.ndarray

    def __getitem__(self, chosen) -> "Models":
        """Return copies of some of them."""
        return Models(*(np.array(table[chosen]) for table in self.tables))

    def __setitem__(self, chosen, models: "Models") -> None:
        for table, values in zip(self.tables, models.tables, strict=True):
            table[chosen] = values

    @property
    def tables(self) -> tuple[np.ndarray, ...]:
        """All that is known of them."""
        return self.numbers, self.counts, self.coefficients, self.sums

    @property
    def finite(self) -> np.ndarray:
        """Which of them hold nothing but numbers."""
        return np.isfinite(self.numbers).all(axis=1)


@dataclass(frozen=True)
class Stretch:
    """Which updates one call makes, and where rows of the history stand."""

    updates: int
    made: int  # before
    to_row: int  # updates until the first row
    gap: int  # and between rows

    @property
    def steps(self) -> list[int]:
        """The steps of the rows: on the grid, and at the end."""
        end = self.made + self.updates
        return [*range(self.made + self.to_row, end, self.gap), end]


class Lanes:
    """Advances up to ``size`` models in one ``tf.function``, all by the same number of updates.

    All that differs between models is data, so the program is traced once for all populations
    that are alike. A model whose loss is no number any more makes no further update; nor does
    one in the call past its limit.

    Parameters
    ----------
    network : Network
    packing : Packing
        Of its variables: the model's own first, then what the optimizer remembers.
    rule : Rule
    data : Data
    validation : Data or None
    task : Task
    batch_size : int
    own_batches : bool
        Whether each model has its own batches and noise.
    size : int
    jit : bool
    """

    def __init__(
        self,
        network: Network,
        packing: Packing,
        rule: Rule,
        data: Data,
        validation: Data | None,
        task: Task,
        batch_size: int,
        own_batches: bool,
        size: int,
        jit: bool,
    ):
        self._network, self._packing, self._rule, self.size = network, packing, rule, size
        chain = chain_of(network)

        def kernels_of(compiled: bool):
            if chain is None:
                return Mapped(network, packing, task, compiled, own_batches)
            return Stack(network, packing, task, chain, compiled, own_batches)

        self._many, self._plain = kernels_of(jit), kernels_of(False)
        self.own_batches, self._jit = own_batches, jit
        self._batch_size = batch_size
        entries = batch_size * (size if own_batches else 1)
        self.capacity = int(np.clip(_BATCH_ENTRIES // entries, 16, 1024))
        with on_cpu():
            self._samples, self.measured = tensors_of(data, validation)
        self._task = task
        self._train = self._program(self._call, [*self._signature(), *self._specs()], jit)
        X = network.model.inputs[0]
        inputs = tf.TensorSpec((None, *X.shape[1:]), X.dtype)
        y = self._samples[1]
        targets = tf.TensorSpec((None, *y.shape[1:]), y.dtype)
        tables = self._signature()[:2]
        self._predict = self._program(self._outputs, [*tables, inputs], jit=False)
        self._evaluate = self._program(self._judged, [*tables, inputs, targets], jit=False)

    def _signature(self) -> list[tf.TensorSpec]:
        size, packing = self.size, self._packing
        batches = (self.capacity, self._batch_size)
        dropouts = len(self._network.structure.dropouts)
        return [
            tf.TensorSpec((size, packing.n_numbers), tf.float32),
            tf.TensorSpec((size, packing.n_counts), tf.int64),
            tf.TensorSpec((size, len(COEFFICIENTS)), tf.float32),
            tf.TensorSpec((size, 4), tf.float32),
            tf.TensorSpec((size,), tf.int32),  # limits
            tf.TensorSpec((size, dropouts), tf.uint32),  # keys
            *[tf.TensorSpec((), tf.int32)] * 5,
            tf.TensorSpec((size, *batches) if self.own_batches else batches, tf.int32),
        ]

    def _specs(self) -> list[tf.TensorSpec]:
        return [tf.TensorSpec(array.shape, array.dtype) for array in self._samples]

    def _program(self, function: Callable, signature: list, jit: bool) -> Program:
        network = self._network

        def identity() -> str | None:
            kind = f"{function.__name__} {self._rule} {self._task} {self.own_batches}"
            return network.identity and f"lanes {kind} {network.identity}"

        return Program(
            function, signature, lambda: network.captured, identity, jit, network.cautioned
        )

    # --- calls ------------------------------------------------------------------------------

    @property
    def compiled(self) -> bool:
        """Whether the next call begins at once."""
        return self._train.compiled

    @property
    def traced(self) -> bool:
        """Whether the program is traced."""
        return self._train.ready

    def compile_ahead(self) -> Callable[[], None] | None:
        """Trace; return what compiles on any thread, or None where nothing is left to do there."""
        with on_cpu():
            none = [tf.zeros(spec.shape, spec.dtype) for spec in self._signature()]
            return self._train.compile_ahead(*none, *self._samples)

    def warm_up(self) -> None:
        """Compile now."""
        none = [tf.zeros(spec.shape, spec.dtype) for spec in self._signature()]
        self._train(*none, *self._samples)

    def run(
        self,
        models: Models,
        limits: np.ndarray,
        stretch: Stretch,
        batches: np.ndarray,
        keys: np.ndarray,
        memory: int,
    ) -> tuple[Models, np.ndarray, np.ndarray]:
        """Advance some models.

        Parameters
        ----------
        models : Models
            At most ``size``.
        limits : ndarray of shape (n_models,)
            How many updates of the stretch each may make.
        stretch : Stretch
        batches : ndarray of shape (updates, batch_size) or (n_models, updates, batch_size)
            Samples by number.
        keys : ndarray of shape (n_models, n_dropouts)
        memory : int
            Updates that the optimizer had made before the run.

        Returns
        -------
        models : Models
            After their updates; not all of them are finite.
        made : ndarray of shape (n_models,)
            How many updates each has made; fewer than allowed where a loss was not finite.
        rows : ndarray of shape (n_rows, 5, n_models)
            Loss, hits, validation loss, validation hits and penalty at the stretch's steps.
        """
        n_models = len(models.numbers)
        counts = stretch.updates, stretch.to_row, stretch.gap, stretch.made, memory
        padded = [_padded(t, self.size) for t in (*models.tables, limits.astype(np.int32), keys)]
        time = batches.ndim - 2
        batches = _padded(batches, self.capacity, axis=time)
        batches = _padded(batches, self.size) if self.own_batches else batches
        # Arrays, not numbers: TensorFlow keeps every Python number it has ever been given.
        counts = [np.array(count, np.int32) for count in counts]
        given = [tf.constant(a) for a in (*padded, *counts, batches)]
        *tables, made, rows = (t.numpy() for t in self._train(*given, *self._samples))
        numbers, whole, sums = (table[:n_models] for table in tables)
        after = Models(numbers, whole, models.coefficients, sums)
        return after, made[:n_models], rows[: len(stretch.steps), :, :n_models]

    def predict(self, models: Models, X: np.ndarray) -> np.ndarray:
        """Return each model's outputs, ``(n_models, n_samples, ...)``, without dropout."""
        return self._predict(*self._filled(models), tf.constant(X)).numpy()[: len(models.numbers)]

    def judge(self, models: Models, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return each model's loss and hits, ``(2, n_models)``, without dropout."""
        judged = self._evaluate(*self._filled(models), tf.constant(X), tf.constant(y))
        return judged.numpy()[:, : len(models.numbers)]

    def _filled(self, models: Models) -> list[tf.Tensor]:
        return [tf.constant(_padded(t, self.size)) for t in (models.numbers, models.counts)]

    # --- the programs -----------------------------------------------------------------------

    def _outputs(self, numbers, counts, X):
        return self._plain.outputs(self._packing.unpack(numbers, counts), X)

    def _judged(self, numbers, counts, X, y):
        return tf.stack(self._plain.judge(self._packing.unpack(numbers, counts), X, y))

    def _call(self, *arguments):
        run = tf.function(self._run, jit_compile=self._jit, autograph=False)
        return run(*arguments)

    def _run(
        self, numbers, counts, coefficients, sums, limits, keys, end, to_row, gap, made_before,
        memory, batches, X, y, *measured,
    ):  # fmt: skip
        """Update all lanes `end` times, with rows after `to_row` updates and then every `gap`."""
        layout = self._many.layout
        values = [layout.inside(v) for v in self._packing.unpack(numbers, counts)]
        update = _Update(
            self, (X, y), batches, keys, limits,
            made_before, memory,
            dict(zip(COEFFICIENTS, tf.unstack(coefficients, axis=1), strict=True)),
        )  # fmt: skip
        table = tf.TensorArray(tf.float32, MOST_ROWS, element_shape=(5, self.size))
        table = table.unstack(tf.zeros((MOST_ROWS, 5, self.size)))

        def until_row(place, row_at, row, rows, state):
            stop = tf.minimum(row_at, end)
            place, state = tf.while_loop(
                lambda place, _: place < stop, update, (place, state), parallel_iterations=1
            )
            values, alive, made, sums, noise = state
            rows = rows.write(row, self._measure(values, update.coefficients, sums, measured))
            sums = tf.where(tf.equal(stop, row_at), tf.zeros_like(sums), sums)
            return place, row_at + gap, row + 1, rows, (values, alive, made, sums, noise)

        state = (
            values, limits > 0, tf.zeros_like(limits), tf.transpose(sums),
            update.noise(tf.constant(0)),
        )  # fmt: skip
        *_, rows, (values, _, made, sums, _) = tf.while_loop(
            lambda place, *_: place < end,
            until_row,
            (tf.constant(0), to_row, tf.constant(0), table, state),
            parallel_iterations=1,
        )
        numbers, counts = self._packing.pack([layout.outside(v) for v in values], self.size)
        return numbers, counts, tf.transpose(sums), made, rows.stack()

    def _measure(self, values, coefficients, sums, measured):
        """Return one row: means since the row before, and the validation set without dropout."""
        losses, hits, penalties = tf.unstack(tf.math.divide_no_nan(sums[:3], sums[3]))
        val = [tf.zeros_like(losses)] * 2
        if measured:
            val = self._many.judge(values, *measured)
        penalties += self._price(values, coefficients)
        return tf.stack([losses, hits, *val, penalties])

    def _price(self, values, coefficients):
        """Return what each model's kernels cost, l2 * sum(W**2) + l1 * sum(|W|)."""
        layout, most = self._many.layout, tf.float32.max
        price = tf.zeros_like(coefficients["l2"])
        for kernel in self._network.kernels:
            W = values[self._packing.number(kernel)]
            # Near a divergence a sum overflows, and 0 * infinity is not 0.
            price += coefficients["l2"] * tf.minimum(layout.sum_of(tf.square(W)), most)
            price += coefficients["l1"] * tf.minimum(layout.sum_of(tf.abs(W)), most)
        return price


class _Update:
    """One update of all lanes: the body of the loop."""

    def __init__(
        self, lanes: Lanes, samples, batches, keys, limits, made_before, memory, coefficients
    ):
        self._many, self._rule = lanes._many, lanes._rule
        packing, network = lanes._packing, lanes._network
        self._samples, self._batches, self._keys = samples, batches, keys
        self._limits, self.coefficients = limits, coefficients
        self._made_before, self._memory = made_before, memory
        self._trained = [packing.number(v) for v in network.model.trainable_variables]
        self._kernels = {packing.number(v) for v in network.kernels}
        self._n_own = len(packing.variables) - lanes._rule.n_slots * len(self._trained)

    def __call__(self, place, state):
        values, alive, made, sums, noise = state
        batch = tf.gather(self._batches, place, axis=len(self._batches.shape) - 2)
        X, y = (tf.gather(array, batch) for array in self._samples)
        number = self._made_before + place + 1
        losses, hits, penalties, gradients, own = self._many.update(
            values[: self._n_own], X, y, noise
        )
        alive &= tf.math.is_finite(losses + penalties) & (place < self._limits)
        new = self._stepped(
            [*own, *values[self._n_own :]], gradients, tf.cast(number + self._memory, tf.float32)
        )
        layout = self._many.layout
        kept = [
            n if n is old else tf.where(layout.per_model(alive, n), n, old)
            for n, old in zip(new, values, strict=True)
        ]
        row = tf.stack([losses, hits, penalties, tf.ones_like(losses)])
        sums += tf.where(alive, row, 0.0)
        made += tf.cast(alive, tf.int32)
        return place + 1, (kept, alive, made, sums, self.noise(place + 1))

    def noise(self, place: tf.Tensor) -> list[tf.Tensor]:
        """Return the noise of the update at a place."""
        number, batch_size = self._made_before + place + 1, self._batches.shape[-1]
        return self._many.noise(number, self._keys, batch_size)

    def _stepped(self, values, gradients, number):
        """Return the values after an update, whatever they are."""
        rule, layout = self._rule, self._many.layout
        for order, (place, gradient) in enumerate(zip(self._trained, gradients, strict=True)):
            weight = values[place]

            def of_model(name, weight=weight):
                return layout.per_model(self.coefficients[name], weight)

            if place in self._kernels:
                gradient += 2 * of_model("l2") * weight + of_model("l1") * tf.sign(weight)
            slots = slice(*(self._n_own + rule.n_slots * o for o in (order, order + 1)))
            values[place], values[slots] = rule.apply(
                weight, values[slots], gradient, number, of_model
            )
        return values


def _padded(table: np.ndarray, size: int, axis: int = 0) -> np.ndarray:
    """Return `table` with zeros behind its rows, `size` of them in all."""
    missing = size - table.shape[axis]
    if not missing:
        return table
    widths = [(0, missing if a == axis else 0) for a in range(table.ndim)]
    return np.pad(table, widths)
