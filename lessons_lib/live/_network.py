"""The model that trains: a live copy, its optimizer, and the weights it starts from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib.live._compiled import heads_of
from lessons_lib.live._copying import leaves
from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._dials import Dial, dials_of
from lessons_lib.live._features import FEATURES
from lessons_lib.live._layers import Dense
from lessons_lib.live._lesions import Lesions
from lessons_lib.live._optimizer import has_schedule, memory_of, own_optimizer, settings_of
from lessons_lib.live._programs import held_by, identity_of
from lessons_lib.live._structure import Structure
from lessons_lib.live._tensorflow import keras, tf
from lessons_lib.live._twin import (
    Weights,
    carry_state,
    counterparts,
    current_weights,
    fresh_weights,
    live_copy,
)
from lessons_lib.live._units import Units


class Network:
    """A live copy of a learner's model with an optimizer and the knobs of its own.

    Weights of units not in use are kept at zero, so that they count in no norm and no penalty.
    The learner's model, built and compiled, is not changed; `seed` is for dropout noise, and
    `cautioned` says that the trainer tells what Keras would warn of.

    Attributes
    ----------
    model : keras.Model
        The copy that trains.
    original : keras.Model
        The model that it is a copy of.
    initial : dict of str to list of ndarray
        Initial weights by layer path.
    units : Units
        Hidden units in use.
    l1, l2 : float
        Factors of the penalties, also in ``l1_weight`` and ``l2_weight``, which compiled programs
        read.
    pays_l1 : bool
        Whether a layer of the model was built with an L1 penalty, of any price.
    heads : tuple of Head
        The outputs, and what each is trained for.
    weights : dict of str to float
        Of the outputs' losses in their sum, where there are several outputs.
    dials : dict of str to list of Dial
        Of the model's layers, by name.
    rescales : bool
        Whether a smaller width gives the initial weights another scale.
    lesions : Lesions
        Units that are switched off.
    given_activations : dict of str to str
        By the layers that hold them: hidden layers' activations that they were not built with.
    notice : str
        What could not be taken over from the learner's model, or "".
    """

    def __init__(self, model: keras.Model, structure: Structure, seed: int, cautioned: bool):
        self.structure = structure
        self.cautioned = cautioned
        self.heads = heads_of(model)
        self.original, self._seed = model, seed
        several = self.heads if len(self.heads) > 1 else ()
        self.weights = {head.name: head.weight for head in several}
        self._factors = {h.name: tf.Variable(h.weight, trainable=False) for h in several}
        self._compiled = [
            {"loss": h.loss, "loss_weights": None if several else h.weight} for h in self.heads
        ]
        self.initial = current_weights(model)
        # Weights that have been trained already have the scale that training gave them.
        updates = int(model.optimizer.iterations)
        self.rescales = updates == 0
        self.units = Units(self)
        self.l1, self.l1_weight = 0.0, tf.Variable(0.0, trainable=False)
        self.l2, self.l2_weight = 0.0, tf.Variable(0.0, trainable=False)
        own = [getattr(layer, "kernel_regularizer", None) for layer in leaves(model).values()]
        kinds = keras.regularizers.L1 | keras.regularizers.L1L2
        self.pays_l1 = any(isinstance(penalty, kinds) for penalty in own)
        self.dials = dials_of(leaves(model))
        self.given_activations: dict[str, str] = {}
        self.lesions = Lesions(self)
        self._copy()
        self.use_optimizer(model.optimizer)
        self._memory = memory_of(model.optimizer, like=self._fresh_memory)
        self.notice = ""
        if updates and self._memory is self._fresh_memory:
            self.notice = (
                f"The optimizer has made {updates} updates, but of other weights than this "
                "model's, so its memory starts empty."
            )
        self.start()

    def _copy(self) -> None:
        """Make the copy that trains."""
        model = self.original
        self.model = live_copy(model, self.structure, self.given_activations, self._seed)
        # They add nothing to the losses that were compiled.
        outputs = [keras.Input(batch_shape=tensor.shape) for tensor in self.model.outputs]
        self._judges = [keras.Model(output, output) for output in outputs]
        for judge, settings in zip(self._judges, self._compiled, strict=True):
            judge.compile(**settings, jit_compile=False)
        self.layers = leaves(self.model)
        self._originals = model.trainable_variables
        self._trained = counterparts(model, self.model)
        carry_state(model, self.model)
        before, self.dials = self.dials, dials_of(self.layers)
        for name, dials in self.dials.items():
            for dial, former in zip(dials, before.get(name, ()), strict=False):
                dial.assign(former.value)
        weights = {id(v) for v in self.model.weights}
        rest = [v for v in self.model.variables if id(v) not in weights]
        self._seeds = [(v, v.numpy()) for v in rest]  # of noise that is not Dropout's

    # --- knobs ------------------------------------------------------------------------------

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate follows a schedule, and so is no variable."""
        return has_schedule(self.optimizer)

    @property
    def learning_rate(self) -> float:
        """The optimizer's present step size: the shortest number that means the same, 0.1."""
        return float(str(np.float32(self.optimizer.learning_rate.numpy())))

    def set_learning_rate(self, rate: float) -> bool:
        """Train at a fixed rate; return whether the optimizer is the same as before."""
        if self.has_schedule:
            self.use_optimizer(self.optimizer_for(), learning_rate=rate)
            return False
        self.optimizer.learning_rate = rate
        return True

    @property
    def dropout(self) -> float:
        """The largest rate of the Dropout layers, 0 without one."""
        return max((self.layers[path].rate for path in self.structure.dropouts), default=0.0)

    @property
    def rates(self) -> dict[str, float]:
        """The rate of each Dropout layer, by path."""
        return {path: self.layers[path].rate for path in self.structure.dropouts}

    def set_rates(self, rates: Mapping[str, float]) -> None:
        """Give each Dropout layer its rate."""
        for path, rate in rates.items():
            self.layers[path].rate = rate

    def set_dropout(self, rate: float) -> None:
        """Give all Dropout layers one rate."""
        for path in self.structure.dropouts:
            self.layers[path].rate = rate

    def set_l1(self, factor: float) -> None:
        """Punish kernels that are not 0 by this factor."""
        self.l1 = factor
        self.l1_weight.assign(factor)

    def set_l2(self, factor: float) -> None:
        """Punish large kernels by this factor."""
        self.l2 = factor
        self.l2_weight.assign(factor)

    def set_dial(self, name: str, value: float) -> None:
        """Turn all dials of a name."""
        self.set_dials(name, [value] * len(self.dials[name]))

    def set_dials(self, name: str, values: Sequence[float]) -> None:
        """Turn each dial of a name, to a value of its own."""
        for dial, value in zip(self.dials[name], values, strict=True):
            dial.assign(value)
        if name in self.switches:
            with self.lesions.whole():
                self.units.forget_features()

    @property
    def switches(self) -> tuple[str, ...]:
        """Names of the dials that switch input features whose weights come and go with them."""
        return tuple(FEATURES) if self.structure.features else ()

    @property
    def activation(self) -> str | None:
        """Name of the hidden layers' activation, "mixed" where they differ, None without any."""
        names = {self.activation_of(path) for path in self.structure.activations}
        return names.pop() if len(names) == 1 else "mixed" if names else None

    def activation_of(self, path: str) -> str:
        """Return the name of the activation that a layer holds."""
        activation = self.layers[path].activation
        return getattr(activation, "__name__", type(activation).__name__)

    def use_activations(self, names: Mapping[str, str]) -> None:
        """Give these layers activations, all others their own, in a new copy that goes on."""
        with self.lesions.whole():
            optimizer, memory = self.optimizer_for(), self._memory
            state = [v.numpy() for v in self.state]
            rates = self.rates
            self.given_activations = {**names}
            self._copy()
            self.use_optimizer(optimizer)
            self._memory = memory
            self.units.mask()
            self.lesions.mask()
            self.set_rates(rates)
            self.set_state(state)

    def use_optimizer(self, optimizer: keras.optimizers.Optimizer, **changes: Any) -> None:
        """Train as `optimizer` would train the learner's model; the memory starts empty."""
        with self.lesions.whole():
            self.optimizer = own_optimizer(optimizer, self._originals, self._trained, **changes)
            self.optimizer.build(self._trained)
            self._kept = None
            self._fresh_memory = self._memory = [v.numpy() for v in self.optimizer.variables]
            self._slots = {id(v): self._slots_of(v) for v in self._trained}

    def optimizer_for(
        self, variables: Sequence[keras.Variable] | None = None
    ) -> keras.optimizers.Optimizer:
        """Return a new optimizer with the present settings for a copy's trainable variables.

        Without `variables` for those of the learner's model, as `use_optimizer` takes it.
        """
        return own_optimizer(self.optimizer, self._trained, variables or self._originals)

    @property
    def kept_optimizer(self) -> keras.optimizers.Optimizer:
        """As `optimizer_for()`, with whatever fixed rate; made once, since that takes time."""
        if self._kept is None:
            self._kept = self.optimizer_for()
        return self._kept

    def trains_like(self, optimizer: keras.optimizers.Optimizer) -> bool:
        """Whether the present optimizer differs from `optimizer` in a fixed rate at most."""
        if optimizer is self._kept:
            return True
        both = self.kept_optimizer, optimizer
        mine, theirs = (settings_of(one, self._originals) for one in both)
        return mine == theirs

    @property
    def kernels(self) -> list[keras.Variable]:
        """Kernels of the Dense and convolution layers, as the penalties count them."""
        return [self.layers[path].kernel for path in self.structure.kernels]

    @property
    def priced(self) -> dict[int, tf.Tensor]:
        """What the penalties count of each kernel, by the identity of its variable."""
        layers = [self.layers[path] for path in self.structure.kernels]
        return {
            id(layer.kernel): layer.kernel_in_use
            if isinstance(layer, DenseStack)
            else layer.kernel.value
            for layer in layers
        }

    def penalty(self) -> tf.Tensor:
        """Return the kernels' price, l2 * sum(W**2) + l1 * sum(|W|), a float32 number."""
        if not self.kernels:
            return tf.constant(0.0)
        weights, l1, l2 = flat(self.priced.values()), self.l1_weight, self.l2_weight
        # Near a divergence a sum overflows, and 0 * infinity is not 0.
        price = l2 * tf.minimum(tf.tensordot(weights, weights, 1), tf.float32.max)
        if self.pays_l1:
            price += l1 * tf.minimum(tf.reduce_sum(tf.abs(weights)), tf.float32.max)
        return price

    def losses(
        self, targets: Any, predictions: Any, weights: tf.Tensor | None = None
    ) -> list[tf.Tensor]:
        """Return the loss of each output that the learner compiled, as Keras reports it.

        With `weights`, shape ``(n_samples,)``, each sample counts as Keras's ``sample_weight`` has
        it: their sum is `n_samples` where a mean is wanted.
        """
        pairs = map(keras.tree.flatten, (targets, predictions))
        return [
            judge.compute_loss(y=y, y_pred=y_pred, sample_weight=weights)
            for judge, y, y_pred in zip(self._judges, *pairs, strict=True)
        ]

    def sum_of(self, losses: Sequence[tf.Tensor]) -> tf.Tensor:
        """Return what is made smaller, of the outputs' losses: their sum, by their weights."""
        if not self._factors:
            return losses[0]
        pairs = zip(losses, self._factors.values(), strict=True)
        return tf.add_n([loss * tf.cast(factor, loss.dtype) for loss, factor in pairs])

    def plain_loss(self, targets: Any, predictions: Any) -> tf.Tensor:
        """Return the loss that the learner compiled, without what layers add to it."""
        return self.sum_of(self.losses(targets, predictions))

    def set_weight(self, output: str, weight: float) -> None:
        """Have the loss of an output count so much."""
        self.weights[output] = weight
        self._factors[output].assign(weight)

    def own_penalty(self) -> tf.Tensor:
        """Return what the model's own layers add to the loss, a float32 number.

        That is the price of regularizers, and what ``add_loss`` has been told in the last call of
        the model.
        """
        added = [tf.cast(keras.ops.sum(loss), tf.float32) for loss in self.model.losses]
        return tf.add_n(added) if added else tf.constant(0.0)

    @property
    def variables(self) -> list[keras.Variable]:
        """All that model and optimizer hold."""
        return [*self.model.variables, *self.optimizer.variables]

    @property
    def captured(self) -> list:
        """All that a compiled program may refer to, in an order that goes with `identity`."""
        numbers = [self.l1_weight, self.l2_weight, *self._factors.values()]
        return [*self.variables, *held_by(self.model), *numbers]

    @property
    def identity(self) -> str | None:
        """What the network computes, as text; None where that is the learner's own."""
        optimizer = settings_of(self.optimizer, self._trained)
        # A name may be the learner's.
        losses = [keras.tree.map_structure(keras.losses.get, head.loss) for head in self.heads]
        weights = [settings["loss_weights"] for settings in self._compiled]
        return identity_of(self.model, (losses, weights, optimizer))

    @property
    def state(self) -> list[keras.Variable]:
        """Everything an update may change: weights, statistics, counters, optimizer memory."""
        knobs = [self.optimizer.learning_rate]
        for path in self.structure.dropouts:
            knobs += self.layers[path].rate_weights
        knobs += [layer.mask for layer in self.layers.values() if isinstance(layer, Dense)]
        knobs += [dial for dials in self.dials.values() for dial in dials]
        known = {id(v) for v in knobs}
        unique = {id(v): v for v in self.variables}
        return [v for key, v in unique.items() if key not in known]

    def set_state(self, values: Sequence[np.ndarray]) -> None:
        """Go on where a network stood that had this `state` while its lesions were `whole`."""
        with self.lesions.whole():
            for variable, value in zip(self.state, values, strict=True):
                variable.assign(value)

    @property
    def beginning(self) -> tuple:
        """What `start` goes back to: initial weights, whether they suit the width, memory."""
        return self.initial, self.rescales, self._memory

    @beginning.setter
    def beginning(self, beginning: tuple) -> None:
        self.initial, self.rescales, self._memory = beginning

    def starts_from(self, weights: Weights) -> bool:
        """Whether these are the initial weights."""
        return weights.keys() == self.initial.keys() and all(
            np.array_equal(ours, array, equal_nan=True)
            for path, arrays in self.initial.items()
            for ours, array in zip(arrays, weights[path], strict=True)
        )

    def draw(self, seed: int) -> None:
        """Have initial weights drawn with a seed, and an empty memory at the start, from now on."""
        self.begin_with(fresh_weights(self.original, seed))

    def begin_with(self, weights: Weights) -> None:
        """Have other initial weights, and an empty memory at the start, from now on."""
        self.beginning = weights, True, self._fresh_memory

    def empty_memory(self) -> None:
        """Let the optimizer forget what it remembers."""
        self._remember(self._fresh_memory)

    def _remember(self, memory: Sequence[np.ndarray]) -> None:
        for variable, array in zip(self.optimizer.variables, memory, strict=True):
            if variable is not self.optimizer.learning_rate:
                variable.assign(array)

    def start(self) -> None:
        """Set the initial weights, suited to the widths in use, and the memory of the start."""
        with self.lesions.whole():
            for path, arrays in self.initial.items():
                for variable, array in zip(self.layers[path].weights, arrays, strict=False):
                    if not isinstance(variable, Dial):  # knobs stay as they are turned
                        variable.assign(array)
            for variable, array in self._seeds:
                variable.assign(array)
            self._remember(self._memory)
            for path in self.structure.dropouts:
                self.layers[path].counter.assign(0)
            self.units.start()

    def set_edge(self, path: str, source: int, unit: int, weight: float) -> None:
        """Set one weight of a layer; the optimizer remembers what it remembers."""
        kernel = self.layers[path].kernel
        copies = [slot for slot, initial in self._slots.get(id(kernel), ()) if initial is None]
        for variable in (kernel, *copies):
            array = variable.numpy()
            array[source, unit] = weight
            variable.assign(array)

    def memory_of(self, variable: keras.Variable) -> list[keras.Variable]:
        """Return the optimizer's memory of a weight, what has its shape."""
        return [slot for slot, _ in self._slots.get(id(variable), ())]

    def write(self, variable: keras.Variable, where: Any, values: ArrayLike) -> None:
        """Overwrite part of a weight and let the optimizer forget that part."""
        array = variable.numpy()
        array[where] = values
        variable.assign(array)
        for slot, initial in self._slots.get(id(variable), ()):
            memory = slot.numpy()
            # Some optimizers keep a second copy of the weight itself; it must follow.
            memory[where] = values if initial is None else initial[where]
            slot.assign(memory)

    def _slots_of(self, variable: keras.Variable) -> list[tuple[keras.Variable, np.ndarray | None]]:
        """Return the optimizer's memory of one weight, each with its initial content."""
        prefix = variable.path.replace("/", "_") + "_"
        return [
            (slot, None if initial.any() and np.array_equal(initial, variable.numpy()) else initial)
            for slot, initial in zip(self.optimizer.variables, self._fresh_memory, strict=True)
            if slot.shape == variable.shape and slot.name.startswith(prefix)
        ]


def flat(tensors: Iterable[tf.Tensor]) -> tf.Tensor:
    """Return all values in one float32 vector: one operation to compile instead of many."""
    return tf.concat([tf.reshape(tf.cast(t, tf.float32), [-1]) for t in tensors], axis=0)
