"""The knobs of a trainer: properties that check a value, apply it, and leave a mark."""

import numpy as np

from lessons_lib.live._layers import checked_rate
from lessons_lib.live._network import has_schedule, own_optimizer
from lessons_lib.live._structure import mixes_units
from lessons_lib.live._tensorflow import keras, on_cpu
from lessons_lib.live._validation import shortened, whole_number

_LARGEST = float(np.finfo(np.float32).max)


class Knobs:
    """Hyperparameters that can be turned while a model trains.

    ``learning_rate``, ``dropout``, ``width`` and ``l2`` take effect at the next update without a
    new trace. ``batch_size``, ``activation`` and ``optimizer`` need a loop of their own: each new
    combination is compiled once, at the next step, which takes about a second, and is there when
    it comes back; ``notice`` then says what was kept.

    Turning any knob also lets a diverged run go on from the weights it kept.
    """

    @property
    def learning_rate(self) -> float:
        """Step size of the optimizer, at least 0."""
        rate = self._network.optimizer.learning_rate.numpy()
        return float(str(np.float32(rate)))  # the shortest number that means the same: 0.1

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
            raise TypeError(
                "learning_rate is one number; for a schedule assign a new optimizer, such as "
                f"trainer.optimizer = keras.optimizers.SGD(schedule); received "
                f"{shortened(value)}."
            )
        value = _number("learning_rate", value)
        old, optimizer = self.learning_rate, self._network.optimizer
        if has_schedule(optimizer):
            with on_cpu():
                self._network.use_optimizer(self._network.optimizer_for(), learning_rate=value)
            self._rebuild("A fixed learning rate replaces the schedule; the weights stay and the "
                          "optimizer's memory starts empty.")  # fmt: skip
        else:
            optimizer.learning_rate = value
        self._turned("learning_rate", old, value)

    @property
    def can_change_dropout(self) -> bool:
        """Whether the model has a Dropout layer."""
        return bool(self._structure.dropouts)

    @property
    def dropout(self) -> float:
        """Rate of the Dropout layers, 0 <= rate < 1; the largest where they differ.

        Assigning gives all of them the same rate. Without a Dropout layer it is 0.
        """
        return max((self._network.layers[p].rate for p in self._structure.dropouts), default=0.0)

    @dropout.setter
    def dropout(self, value: float) -> None:
        if not self.can_change_dropout:
            raise ValueError(
                "This model has no Dropout layer, so dropout cannot be turned: add "
                "keras.layers.Dropout(0.2) after a hidden layer and build the trainer again."
            )
        old, value = self.dropout, checked_rate(_number("dropout", value))
        for path in self._structure.dropouts:
            self._network.layers[path].rate = value
        self._turned("dropout", old, value)

    @property
    def can_change_width(self) -> bool:
        """Whether a hidden Dense layer's units go, each by itself, to other Dense layers."""
        return bool(self._structure.hidden)

    @property
    def max_width(self) -> int:
        """Units of the widest hidden Dense layer that can be turned; 0 without one."""
        return max((h.units for h in self._structure.hidden), default=0)

    @property
    def width(self) -> int:
        """Units in use in every hidden Dense layer, 1 ... ``max_width``.

        A layer built with fewer units than ``width`` uses all it has. Before the first update, a
        smaller width also gives the initial weights the scale that suits it.
        """
        return self._width

    @width.setter
    def width(self, value: int) -> None:
        if not self.can_change_width:
            raise ValueError(
                "This model has no hidden Dense layer whose units go, each by itself, to another "
                "Dense layer, so width cannot be turned: add keras.layers.Dense(16, "
                "activation='tanh') before the last layer and build the trainer again."
            )
        most = self.max_width
        wanted = f"width counts the units in use, from 1 to the {most} the model was built with"
        value = whole_number(value, wanted, at_least=1, at_most=most)
        old, self._width = self._width, value
        self._network.set_width(self._width)
        if self.updates == 0 and self._width < old:
            self._network.start()
        self._turned("width", old, self._width)

    @property
    def can_change_l2(self) -> bool:
        """Whether the model has a Dense or convolution layer."""
        return bool(self._structure.kernels)

    @property
    def l2(self) -> float:
        """Factor of the penalty ``l2 * sum(W**2)`` over all kernels, on top of the model's own."""
        return self._l2_value

    @l2.setter
    def l2(self, value: float) -> None:
        if not self.can_change_l2:
            raise ValueError(
                "This model has no Dense or convolution layer, so l2 has no weights to keep small."
            )
        old, self._l2_value = self._l2_value, _number("l2", value)
        self._l2.assign(self._l2_value)
        self._turned("l2", old, self._l2_value)

    @property
    def batch_size(self) -> int:
        """Samples per update; never more than there are."""
        return self._batch_size

    @batch_size.setter
    def batch_size(self, value: int) -> None:
        value = checked_batch_size(value, len(self._data))
        if value == self._batch_size:
            return
        old, self._batch_size = self._batch_size, value
        self._run.anchor = (self.updates, self._run.position)
        self._rebuild(f"Batches of {value} from now on; weights and optimizer go on as they are.")
        self._turned("batch_size", old, value)

    @property
    def can_change_activation(self) -> bool:
        """Whether the model has a hidden layer with an exchangeable activation."""
        return bool(self._structure.activations)

    @property
    def activation(self) -> str | None:
        """Name of the hidden layers' activation; "mixed" where they differ, None without any."""
        names = {
            _activation_name(self._network.layers[path]) for path in self._structure.activations
        }
        return names.pop() if len(names) == 1 else "mixed" if names else None

    @activation.setter
    def activation(self, name: str) -> None:
        if not self.can_change_activation:
            raise ValueError("This model has no hidden layer whose activation could be turned.")
        try:
            function = keras.activations.get(name) if isinstance(name, str) else None
        except ValueError:
            function = None
        if function is None or mixes_units(function):
            raise ValueError(
                "activation takes the name of a function that works on each unit by itself, such "
                f"as 'relu', 'tanh' or 'sigmoid'; received {shortened(name)}."
            )
        old = self.activation
        if name == old:
            return
        self._replace_activation(
            name,
            f"Hidden layers use {name} from now on; weights and optimizer go on as they are.",
        )
        self._turned("activation", old, name)

    @property
    def optimizer(self) -> str:
        """Name of the optimizer's class, such as "SGD" or "Adam".

        Assign a name, which keeps the learning rate, or a ``keras.optimizers`` object, which
        brings its own.
        """
        return type(self._network.optimizer).__name__

    @optimizer.setter
    def optimizer(self, value) -> None:
        old = self.optimizer
        with on_cpu():
            self._network.use_optimizer(self._new_optimizer(value))
        self._rebuild(
            f"{self.optimizer} from now on, with learning rate {self.learning_rate:g}: the weights "
            "stay, and the optimizer's memory starts empty."
        )
        self._turned("optimizer", old, self.optimizer)

    def _new_optimizer(self, value) -> keras.optimizers.Optimizer:
        if isinstance(value, keras.optimizers.Optimizer):
            return value
        try:
            named = keras.optimizers.get(value) if isinstance(value, str) else None
        except ValueError:
            named = None
        if named is None:
            raise ValueError(
                "optimizer takes a name such as 'sgd', 'rmsprop' or 'adam', or an object such as "
                f"keras.optimizers.SGD(0.1, momentum=0.9); received {shortened(value)}."
            )
        return own_optimizer(named, learning_rate=self.learning_rate)

    def _turned(self, name: str, old, new) -> None:
        self._run.marks.add(self.updates, name, old, new)
        self._run.diverged = None


def checked_batch_size(value: int, n_samples: int) -> int:
    """Return a batch size the data can fill, or say what is wrong with `value`."""
    wanted = "batch_size counts samples, a whole number of at least 1"
    return min(whole_number(value, wanted, at_least=1), n_samples)


def _number(name: str, value: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is a number; received {shortened(value)}.") from None
    if not 0 <= number <= _LARGEST:  # nan is neither
        raise ValueError(
            f"{name} is a finite number of at least 0 that float32 can hold; received "
            f"{shortened(value)}."
        )
    return number


def _activation_name(layer) -> str:
    return getattr(layer.activation, "__name__", type(layer.activation).__name__)
