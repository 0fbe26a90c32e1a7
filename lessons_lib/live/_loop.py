"""The order of the samples, and the compiled loop: many updates in one call."""

from dataclasses import dataclass

import numpy as np

from lessons_lib.live._data import Data
from lessons_lib.live._network import Network, flat
from lessons_lib.live._programs import Program
from lessons_lib.live._run import Sums
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import tf

_MOST_UPDATES = 1024
_ORDER_ENTRIES = 1 << 17  # indices handed over at once: half a megabyte
# A block of epochs is shuffled in one NumPy call; one call per epoch would cost as much time
# as the training of a small network.
_BLOCK_SAMPLES = 1 << 15
# Measured rows pause the training, so a large validation set is measured on some of its rows.
MEASURED_SAMPLES = 2000


class SampleOrder:
    """An endless stream of sample indices: every epoch is a new permutation.

    Batches are cut from the stream one after the other. A batch may therefore hold the end of
    one epoch and the beginning of the next; each sample is still seen once per epoch, and all
    batches have the same size, which a compiled loop needs.
    The same seed gives the same stream.
    """

    def __init__(self, n_samples: int, seed: int):
        self.n_samples = n_samples
        self.seed = seed
        self._epochs = max(1, _BLOCK_SAMPLES // n_samples)
        self._blocks: dict[int, np.ndarray] = {}

    def take(self, start: int, count: int) -> np.ndarray:
        """Return the indices at stream positions ``start ... start + count - 1``, as int32."""
        size = self._epochs * self.n_samples
        first, last = start // size, (start + count - 1) // size
        stream = np.concatenate([self._block(b) for b in range(first, last + 1)])
        return stream[start - first * size :][:count]

    def _block(self, number: int) -> np.ndarray:
        if number not in self._blocks:
            if len(self._blocks) > 3:  # blocks are used in order: the oldest is done with
                self._blocks.pop(next(iter(self._blocks)))
            rng = np.random.default_rng([self.seed, number])
            epochs = np.tile(np.arange(self.n_samples, dtype=np.int32), (self._epochs, 1))
            self._blocks[number] = rng.permuted(epochs, axis=1).ravel()
        return self._blocks[number]


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    good: bool  # everything stayed finite; if not, nothing was changed
    updates: int  # made; or, if not good, how many losses were finite
    rows: np.ndarray  # (n_rows, 5): loss, hits, validation loss, validation hits, penalty
    sums: Sums


class Loop:
    """Up to ``capacity`` updates of a network per call, in one ``tf.function``.

    Samples, batch order and the number of updates are data and the knobs are variables, so the
    function is traced once, for all networks that are alike. Where XLA cannot compile it, the
    same function runs as a plain graph. Classifiers are also measured by their fraction of hits.
    """

    def __init__(
        self,
        network: Network,
        data: Data,
        validation: Data | None,
        task: Task,
        batch_size: int,
        order: SampleOrder,
        jit: bool,
    ):
        self._network, self._task = network, task
        self._samples = [tf.constant(data.X), tf.constant(data.y)]
        self.measured = 0
        if validation is not None:
            self.measured = min(len(validation), MEASURED_SAMPLES)
            self._samples += [
                tf.constant(v[:MEASURED_SAMPLES]) for v in (validation.X, validation.y)
            ]
        self._batch_size, self._order = batch_size, order
        self.capacity = int(np.clip(_ORDER_ENTRIES // batch_size, 16, _MOST_UPDATES))
        self._batches = tf.Variable(
            tf.zeros((self.capacity, batch_size), tf.int32), trainable=False, dtype=tf.int32
        )
        self._loaded: int | None = None  # stream position of the first loaded batch
        self.jit = jit
        signature = [tf.TensorSpec((5,), tf.int32), tf.TensorSpec((3,), tf.float32)]
        signature += [tf.TensorSpec(array.shape, array.dtype) for array in self._samples]
        self._program = Program(
            self._run, signature, self._variables, self._identity, jit, network.cautioned
        )

    @property
    def traced(self) -> bool:
        """Whether the loop is traced to the end."""
        return self._program.ready

    def room(self, position: int) -> int:
        """Return how many updates one call can make from a position in the sample order."""
        self._load(position)
        return self.capacity - (position - self._loaded) // self._batch_size

    def run(self, updates: int, position: int, to_row: int, gap: int, sums: Sums) -> Outcome:
        """Make `updates` updates, at most ``room(position)``, or none if one of them diverges.

        Rows of the history stand after `to_row` updates and then every `gap`; `sums` come from
        the call before.
        """
        self._load(position)
        offset = (position - self._loaded) // self._batch_size
        # Arrays, not numbers: TensorFlow keeps every Python number it has ever been given.
        counts = np.array([updates, offset, to_row, gap, sums.updates], np.int32)
        totals = np.array([sums.loss, sums.hits, sums.penalty], np.float32)
        made, good, finite_end, n_rows, rows, loss, hits, penalty, counted = self._program(
            tf.constant(counts), tf.constant(totals), *self._samples
        )
        made, good = int(made), bool(good) and bool(finite_end)
        return Outcome(
            good=good,
            updates=made,
            rows=rows.numpy()[: int(n_rows)],
            sums=Sums(float(loss), float(hits), float(penalty), int(counted)),
        )

    def _load(self, position: int) -> None:
        """Have the batches from `position` on in the loop's buffer."""
        size = self._batch_size
        ahead = -1 if self._loaded is None else position - self._loaded
        if ahead % size == 0 and 0 <= ahead < self.capacity * size:
            return
        indices = self._order.take(position, self.capacity * size)
        self._batches.assign(indices.reshape(self.capacity, size))
        self._loaded = position

    def _variables(self) -> list:
        """Return all variables that the program may use."""
        return [*self._network.captured, self._batches]

    def _identity(self) -> str | None:
        """Return what else than the signature decides what the program does."""
        network = self._network.identity
        return network and f"loop {self._task} {self.capacity} {self._batch_size} {network}"

    def _run(self, counts, totals, X, y, *measured):
        updates, offset, to_row, gap, counted = tf.unstack(counts)
        totals = tf.unstack(totals)
        state = [v.value for v in self._network.state]
        start = [tf.identity(v) for v in state]
        rows = tf.zeros((self.capacity + 1, 5), tf.float32)

        def until_row(i, good, to_row, n_rows, rows, *sums):
            stop = tf.minimum(i + to_row, updates)
            on_grid = tf.equal(stop, i + to_row)
            i, good, *sums = self._updates((X, y), i, stop, good, offset, sums)
            row = self._measure(measured, *sums)
            rows = tf.tensor_scatter_nd_update(rows, [[n_rows]], [row])
            sums = [tf.where(on_grid, tf.zeros_like(s), s) for s in sums]
            return i, good, gap, n_rows + 1, rows, *sums

        i, good, _, n_rows, rows, *sums = tf.while_loop(
            lambda i, good, *_: (i < updates) & good,
            until_row,
            (tf.constant(0), tf.constant(True), to_row, 0, rows, *totals, counted),
            parallel_iterations=1,
        )
        # Optimizer memory and moving averages too: an infinite one would never go away, and
        # weights divided by it would stand still with a finite loss.
        numbers = [v.value for v in self._network.state if v.value.dtype.is_floating]
        finite_end = tf.reduce_all(tf.math.is_finite(flat(numbers)))
        # One branch instead of one tf.where per variable: less for XLA to compile.
        end = [tf.identity(v) for v in state]
        kept = tf.cond(good & finite_end, lambda: end, lambda: start)
        for variable, value in zip(state, kept, strict=True):
            variable.assign(value)
        return i, good, finite_end, n_rows, rows, *sums

    def _updates(self, samples, i, stop, good, offset, sums):
        """Update until `stop`, or until a loss is not finite."""

        def body(i, good, loss_sum, hit_sum, penalty_sum, counted):
            # Not self._batches[offset + i]: XLA would compile again for each value of offset.
            batch = tf.gather(self._batches, offset + i)
            loss, hits, penalty = self._update(samples, batch)
            good = tf.math.is_finite(loss + penalty)
            sums = loss_sum + loss, hit_sum + hits, penalty_sum + penalty, counted + 1
            # The update that met the bad loss does not count as made.
            return i + tf.cast(good, tf.int32), good, *sums

        return tf.while_loop(
            lambda i, good, *_: (i < stop) & good, body, (i, good, *sums), parallel_iterations=1
        )

    def _update(self, samples, batch):
        """Make one update on the samples numbered `batch`, as ``train_on_batch`` would.

        Return the plain loss, the hits, and what the model's own layers add to the loss.
        """
        network = self._network
        model, optimizer = network.model, network.optimizer
        X, y = (tf.gather(values, batch) for values in samples)
        variables = model.trainable_variables
        with tf.GradientTape() as tape:
            predictions = model(X, training=True)
            loss, penalty = network.plain_loss(y, predictions), network.own_penalty()
            # Scaled for half precision; otherwise the same.
            scaled = optimizer.scale_loss(loss + tf.cast(penalty, loss.dtype))
        gradients = tape.gradient(scaled, [v.value for v in variables])
        optimizer.apply(self._with_penalty(gradients, variables), variables)
        return tf.cast(loss, tf.float32), self._hits(y, predictions), penalty

    def _with_penalty(self, gradients, variables):
        """Add the gradient of the penalties, 2 * l2 * W and l1 * sign(W), to each kernel's."""
        network = self._network
        kernels = {id(v) for v in network.kernels}
        price = network.optimizer.scale_loss(network.l1_weight)
        factor = network.optimizer.scale_loss(2 * network.l2_weight)

        def added(g, v):
            g = g + tf.cast(factor, g.dtype) * v.value
            return g + tf.cast(price, g.dtype) * tf.sign(v.value) if network.pays_l1 else g

        return [
            added(g, v) if id(v) in kernels and g is not None else g
            for g, v in zip(gradients, variables, strict=True)
        ]

    def _hits(self, y, predictions):
        if self._task.kind == "regression":
            return tf.constant(0.0)
        return self._task.hits(y, predictions)

    def _measure(self, measured, loss_sum, hit_sum, penalty_sum, counted):
        """Return one row: means since the row before, and the validation set without dropout."""
        n, network = tf.cast(counted, tf.float32), self._network
        train = loss_sum / n, hit_sum / n
        val = [0.0, 0.0]
        if measured:
            X, y = measured
            predictions = network.model(X, training=False)
            loss = tf.cast(network.plain_loss(y, predictions), tf.float32)
            val = [loss, self._hits(y, predictions)]
        return tf.stack([*train, *val, penalty_sum / n + network.penalty()])
