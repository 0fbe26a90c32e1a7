"""The order of the samples, and the compiled loop: many updates in one call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessons_lib.live._data import Data
from lessons_lib.live._network import Network, flat
from lessons_lib.live._programs import Program
from lessons_lib.live._run import judged, measured
from lessons_lib.live._task import Task
from lessons_lib.live._tensorflow import keras, on_cpu, reason, tf

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
    The same seed gives the same stream. The latest `kept` blocks of it are kept.
    """

    def __init__(self, n_samples: int, seed: int, kept: int = 4):
        self.n_samples, self._kept = n_samples, kept
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
            if len(self._blocks) >= self._kept:  # blocks are used in order: the oldest is done with
                self._blocks.pop(next(iter(self._blocks)))
            rng = np.random.default_rng([self.seed, number])
            epochs = np.tile(np.arange(self.n_samples, dtype=np.int32), (self._epochs, 1))
            self._blocks[number] = rng.permuted(epochs, axis=1).ravel()
        return self._blocks[number]


class Batches:
    """The batches to come, in one variable, from which a compiled program takes them by place."""

    def __init__(self, order: SampleOrder, batch_size: int):
        self._order, self._size = order, batch_size
        self.capacity = int(np.clip(_ORDER_ENTRIES // batch_size, 16, _MOST_UPDATES))
        self.variable = tf.Variable(
            tf.zeros((self.capacity, batch_size), tf.int32), trainable=False, dtype=tf.int32
        )
        self._loaded: int | None = None  # stream position of the first loaded batch

    def use(self, order: SampleOrder) -> None:
        """Cut the batches to come from this order."""
        if order is not self._order:
            self._order, self._loaded = order, None

    def place(self, position: int, count: int = 1) -> int:
        """Return where the batch at a position in the sample order stands.

        Those that follow it stand behind it, `count` of them in all or more: all are loaded if
        need be.
        """
        ahead = -1 if self._loaded is None else position - self._loaded
        if ahead % self._size or not 0 <= ahead <= (self.capacity - count) * self._size:
            indices = self._order.take(position, self.capacity * self._size)
            self.variable.assign(indices.reshape(self.capacity, self._size))
            self._loaded, ahead = position, 0
        return ahead // self._size

    def room(self, position: int, count: int = 1) -> int:
        """Return how many batches stand there from a position on, `count` of them or more."""
        return self.capacity - self.place(position, count)

    def __getitem__(self, place: tf.Tensor) -> tf.Tensor:
        """Return the samples of one batch by number, inside a program."""
        # Not variable[place]: XLA would compile again for each value of place.
        return tf.gather(self.variable, place)


@dataclass(frozen=True)
class Room:
    """For how many samples a program has room, so that it can go on with more or fewer."""

    trained: int
    measured: int | None = None  # None where they stay as many as they are
    adds_up: bool = False  # whether the loss of samples is their sum, and not their mean


def tensors_of(
    data: Data, validation: Data | None, room: Room | None = None
) -> tuple[list[tf.Tensor], int]:
    """Return inputs and targets as a compiled program reads them, and how many are measured.

    First those to train on, then, if there are any, those that are measured. What fills the `room`
    is in no batch, and counts in no measurement: weights of the samples measured stand at the end.
    """
    samples, measured = [data.X, *data.targets], 0
    if room is not None:
        samples = [_filled(values, room.trained) for values in samples]
    if validation is not None:
        count = min(len(validation), MEASURED_SAMPLES)
        checked = [v[:count] for v in (validation.X, *validation.targets)]
        measured = count
        if room is not None and room.measured is not None:
            measured = room.measured
            weights = np.zeros(measured, np.float32)
            weights[:count] = 1 if room.adds_up else measured / count
            checked = [*(_filled(values, measured) for values in checked), weights]
        samples += checked
    return [tf.constant(array) for array in samples], measured


def _filled(values: np.ndarray, count: int) -> np.ndarray:
    """Return `count` rows, of which those that are more than there are repeat the first."""
    return np.concatenate([values, np.repeat(values[:1], count - len(values), axis=0)])


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    good: bool  # everything stayed finite; if not, nothing was changed
    updates: int  # made; or, if not good, how many losses were finite
    rows: dict[str, np.ndarray]  # by column: see `measured`
    sums: np.ndarray  # since the last row on the history's grid, and of how many updates


class Loop:
    """Up to ``capacity`` updates of a network per call, in one ``tf.function``.

    Samples, batch order and the number of updates are data and the knobs are variables, so the
    function is traced once, for all networks that are alike. Where XLA cannot compile it, the
    same function runs as a plain graph. Classifiers are also measured by their fraction of hits.
    `tasks` are those of the outputs, `n_sums` says how many numbers are added up, and `room` how
    many samples there may be.
    """

    def __init__(
        self,
        network: Network,
        data: Data,
        validation: Data | None,
        tasks: Sequence[Task],
        batch_size: int,
        order: SampleOrder,
        jit: bool,
        room: Room | None = None,
    ):
        self._network, self._tasks, self._room = network, tasks, room
        outputs = [head.name for head in network.heads]
        self._columns = measured(outputs)
        self._samples, self.measured = tensors_of(data, validation, room)
        self._batch_size, self._batches = batch_size, Batches(order, batch_size)
        self.capacity = self._batches.capacity
        self.jit = jit
        self.n_sums = len(judged(outputs)) + 2  # the penalty, and of how many updates
        signature = [*[tf.TensorSpec((), tf.int32)] * 4, tf.TensorSpec((self.n_sums,), tf.float32)]
        signature += [tf.TensorSpec(array.shape, array.dtype) for array in self._samples]
        self._program = Program(
            self._call, signature, self._variables, self._identity, jit, network.cautioned
        )

    def use(self, data: Data, validation: Data | None, order: SampleOrder) -> None:
        """Go on with other samples, for which there is room, from the next call on."""
        self._samples, self.measured = tensors_of(data, validation, self._room)
        self._batches.use(order)

    @property
    def traced(self) -> bool:
        """Whether the loop is traced to the end."""
        return self._program.ready

    @property
    def compiled(self) -> bool:
        """Whether the next call begins at once."""
        return self._program.compiled

    def compile_ahead(self) -> Callable[[], None] | None:
        """Trace; return what compiles on any thread, or None where nothing is left to do there."""
        with on_cpu():
            none, sums = np.array(0, np.int32), np.zeros(self.n_sums, np.float32)
            nothing = [*[tf.constant(none)] * 4, tf.constant(sums)]
            return self._program.compile_ahead(*nothing, *self._samples)

    def room(self, position: int) -> int:
        """Return how many updates one call can make from a position in the sample order."""
        return self._batches.room(position)

    def run(self, updates: int, position: int, to_row: int, gap: int, sums: np.ndarray) -> Outcome:
        """Make `updates` updates, at most ``room(position)``, or none if one of them diverges.

        Rows of the history stand after `to_row` updates and then every `gap`; `sums` come from
        the call before.
        """
        first = self._batches.place(position)
        end, row_at = first + updates, first + to_row
        # Arrays, not numbers: TensorFlow keeps every Python number it has ever been given.
        counts = [np.array(count, np.int32) for count in (first, end, row_at, gap)]
        given = [*map(tf.constant, counts), tf.constant(sums.astype(np.float32))]
        last, finite_end, rows, sums = self._program(*given, *self._samples)
        last = int(last)
        rows = rows.numpy()[[*range(row_at, end, gap), end]]
        return Outcome(
            good=last >= 0 and bool(finite_end),
            updates=(last if last >= 0 else ~last) - first,
            rows=dict(zip(self._columns, rows.T, strict=True)),
            sums=sums.numpy(),
        )

    def _variables(self) -> list:
        """Return all variables that the program may use."""
        return [*self._network.captured, self._batches.variable]

    def _identity(self) -> str | None:
        """Return what else than the signature decides what the program does."""
        network = self._network.identity
        return network and f"loop {self._tasks} {self.capacity} {self._batch_size} {network}"

    def _call(self, first, end, row_at, gap, totals, *samples):
        """Run, and undo it unless all has stayed finite."""
        run = tf.function(self._run, jit_compile=self.jit, autograph=False)
        rows = tf.zeros((self.capacity + 1, len(self._columns)), tf.float32)
        return undone_unless_finite(
            self._network.state, lambda: run(first, end, row_at, gap, rows, totals, *samples)
        )

    def _run(self, first, end, row_at, gap, rows, totals, *samples):
        """Update with the batches from place `first` of the buffer up to `end`."""
        count = 1 + len(self._tasks)
        trained, measured = samples[:count], samples[count:]

        def update(place):
            judged, penalty = self._update(trained, self._batches[place])
            good = tf.math.is_finite(judged[0] + penalty)
            return tf.stack([*judged, penalty, 1.0]), good

        return run_loop(
            update,
            lambda sums: self._measure(measured, sums),
            (first, end, row_at, gap, rows, totals),
        )

    def _update(self, samples, batch):
        """Make one update on the samples numbered `batch`, as ``train_on_batch`` would.

        Return what is judged, and what the model's own layers add to the loss.
        """
        network = self._network
        model, optimizer = network.model, network.optimizer
        X, *targets = (tf.gather(values, batch) for values in samples)
        variables = model.trainable_variables
        with tf.GradientTape() as tape:
            predictions = model(X, training=True)
            losses, penalty = network.losses(targets, predictions), network.own_penalty()
            loss = network.sum_of(losses)
            # Scaled for half precision; otherwise the same.
            scaled = optimizer.scale_loss(loss + tf.cast(penalty, loss.dtype))
        gradients = tape.gradient(scaled, [v.value for v in variables])
        optimizer.apply(self._with_penalty(gradients, variables), variables)
        return self._judge(loss, losses, targets, predictions), penalty

    def _judge(self, loss, losses, targets, predictions, weights=None) -> list:
        """Return what is judged, in the order of `judged`, as float32 numbers."""
        trios = zip(self._tasks, targets, keras.tree.flatten(predictions), strict=True)
        numbers = [loss, *(task.hits(y, outputs, weights) for task, y, outputs in trios)]
        numbers += losses if len(losses) > 1 else []
        return [tf.cast(number, tf.float32) for number in numbers]

    def _with_penalty(self, gradients, variables):
        """Add the gradient of the penalties, 2 * l2 * W and l1 * sign(W), to each kernel's."""
        network = self._network
        priced = network.priced
        price = network.optimizer.scale_loss(network.l1_weight)
        factor = network.optimizer.scale_loss(2 * network.l2_weight)

        def added(g, weights):
            g = g + tf.cast(factor, g.dtype) * weights
            return g + tf.cast(price, g.dtype) * tf.sign(weights) if network.pays_l1 else g

        return [
            added(g, priced[id(v)]) if id(v) in priced and g is not None else g
            for g, v in zip(gradients, variables, strict=True)
        ]

    def _measure(self, measured, sums):
        """Return one row: means since the row before, and the validation set without dropout."""
        network = self._network
        *means, penalty = tf.unstack(sums[:-1] / sums[-1])
        val = [0.0] * len(means)
        if measured:
            X, *targets = measured[: 1 + len(self._tasks)]
            (weights,) = measured[1 + len(self._tasks) :] or (None,)
            predictions = network.model(X, training=False)
            losses = network.losses(targets, predictions, weights)
            val = self._judge(network.sum_of(losses), losses, targets, predictions, weights)
        return tf.stack([*means, *val, penalty + network.penalty()])


def undone_unless_finite(state: Sequence[keras.Variable], run: Callable) -> tuple:
    """Run inside a program, and give `state` its values back unless all has stayed finite.

    `run` returns what `run_loop` does. Returned is the place, whether all is good, rows and sums.
    What is done once a call is not worth XLA's time.
    """
    values = [v.value for v in state]
    start = [v.read_value() for v in values]
    place, rows, sums = run()
    # Optimizer memory and moving averages too: an infinite one would never go away, and
    # weights divided by it would stand still with a finite loss.
    numbers = [v.read_value() for v in values if v.dtype.is_floating]
    finite = (place >= 0) & tf.reduce_all(tf.math.is_finite(flat(numbers)))

    def undo():
        for variable, value in zip(values, start, strict=True):
            variable.assign(value)

    tf.cond(finite, lambda: None, undo)
    return place, finite, rows, sums


def run_once(
    run: Callable[[], Any], loop: Callable[[], Any], without_xla: Callable[[], None], who: str
) -> Any:
    """Run a compiled loop once, as a plain graph where XLA cannot compile it.

    Parameters
    ----------
    run : callable
        Runs the present loop.
    loop : callable
        Returns it: whether it is compiled with XLA, ``jit``, and ``traced`` to the end.
    without_xla : callable
        Puts a plain graph in its place.
    who : str
        Who cannot be run where tracing fails, as a sentence begins: ``"This model"``.
    """
    try:
        with on_cpu():
            return run()
    except tf.errors.OpError:
        if not loop().jit:
            raise
        without_xla()  # the program failed to compile, so nothing has run yet
        with on_cpu():
            return run()
    except Exception as error:
        if loop().traced:
            raise
        raise ValueError(
            f"{who} cannot run inside one compiled loop; a layer or loss of your own must use "
            f"keras.ops, not NumPy or Python side effects: {reason(error)}"
        ) from error


def up_to_the_last_good(advance: Callable[[int], Any], finite: int) -> int:
    """Repeat a call that diverged up to the last good update; return how many that is.

    The call changed nothing, and every call with the same beginning goes the same way. Of the
    `finite` losses the last one was measured on weights that its update may have spoiled.
    """
    updates = finite - 1
    while updates > 0 and not advance(updates).good:
        updates //= 2
    return max(updates, 0)


def run_loop(update: Callable, measure: Callable, start: tuple) -> tuple:
    """Update from one place to another inside a program; return the place, rows and sums.

    ``update(place)`` makes one update and returns what is added up, and whether it was finite; the
    place becomes negative where it was not. Rows, ``measure(sums)``, stand at the place
    ``row_at``, then every ``gap``, and at the end. `start` is ``(first, end, row_at, gap, rows,
    sums)``.

    Each kernel that XLA makes takes it as long as a whole network of numbers would, be it for one
    number: so a place also says that a loss was not finite and where a row stands, and sums are
    one vector.
    """
    first, end, row_at, gap, rows, sums = start
    # To scatter rows into a tensor is more to compile: XLA asks whether the places are in it.
    table = tf.TensorArray(tf.float32, rows.shape[0], element_shape=rows.shape[1:])

    def one(place, sums):
        added, good = update(place)
        # The update that met the bad loss does not count as made.
        return tf.where(good, place + 1, -1 - place), sums + added

    def until_row(place, row_at, rows, sums):
        stop = tf.minimum(row_at, end)
        place, sums = tf.while_loop(
            lambda place, _: (place >= 0) & (place < stop),
            one,
            (place, sums),
            parallel_iterations=1,
        )
        rows = rows.write(stop, measure(sums))
        return place, row_at + gap, rows, tf.where(stop == row_at, tf.zeros_like(sums), sums)

    place, _, rows, sums = tf.while_loop(
        lambda place, *_: (place >= 0) & (place < end),
        until_row,
        (first, row_at, table.unstack(rows), sums),
        parallel_iterations=1,
    )
    return place, rows.stack(), sums
