"""The knobs of a trainer: one table with one row each.

Whoever knows a knob reads its row: the trainer's attributes, its snapshots and marks, the words
on the loss curve, a panel's controls, the documentation. A new knob is a new row in ``KNOBS``, or,
where only some models have it, in what a function of ``_SOURCES`` returns.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lessons_lib._ground import turns
from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs_of_data import knobs_of_data
from lessons_lib.live._knobs_of_dials import knobs_of_dials
from lessons_lib.live._knobs_of_layers import ACTIVATIONS, checked_activation, knobs_of_layers
from lessons_lib.live._layers import checked_rate
from lessons_lib.live._optimizer import own_optimizer
from lessons_lib.live._tensorflow import keras

_LARGEST = float(np.finfo(np.float32).max)


class Mark(turns.Mark):
    """A turn of a trainer's knob: at which step, which, from where and to where."""

    @property
    def row(self) -> Knob:
        """The knob's row."""
        return row_of(self.name)

    @property
    def words(self) -> str:
        """What the loss curve says of it."""
        return self.row.label(self.new)

    @property
    def knob(self) -> str:
        """What the knob is called."""
        return self.row.words

    @property
    def change(self) -> str:
        """What a table says of it."""
        new = self.row.say(self.new)
        if not self.row.lasts:
            return new
        knob = "" if isinstance(self.new, tuple) else f"{self.knob} "  # else the words say all
        return f"{knob}{self.row.say(self.old)} → {new}"


def with_knobs(trainer_class: type) -> type:
    """Give a class an attribute for each row, and one that says whether its model has the knob.

    In its docstring the names of the rows replace ``{knobs}`` and ``{compiling}``.
    """
    for knob in KNOBS.values():
        turn = _turning(knob.name)
        setattr(trainer_class, knob.name, property(knob.read, turn, doc=knob.meaning))
        meaning = f"Whether the model has the knob {knob.name}."
        setattr(trainer_class, f"can_change_{knob.name}", property(knob.has, doc=meaning))
    for place, compiles in (("{knobs}", False), ("{compiling}", True)):
        names = ", ".join(knob.name for knob in KNOBS.values() if knob.compiles is compiles)
        trainer_class.__doc__ = (trainer_class.__doc__ or "").replace(place, names)
    return trainer_class


def _turning(name: str) -> Callable:
    return lambda trainer, value: trainer.turn(name, value)


def no_such_knob(name: str, rows: Mapping[str, Knob]) -> str:
    """Return a sentence on a name that is no knob's, with the one of `rows` that may be meant."""
    also = {word: knob.name for knob in rows.values() for word in (knob.name, knob.short)}
    near = difflib.get_close_matches(name.lower(), [word for word in also if word], n=1)
    meant = f"did you mean {also[near[0]]}? " if near else ""
    return f"A trainer has no knob {name!r}: {meant}It has {', '.join(rows)}."


# --- checks -----------------------------------------------------------------------------------


def checked_batch_size(value: int, n_samples: int) -> int:
    """Return a batch size the data can fill, or say what is wrong with `value`."""
    wanted = "batch_size counts samples, a whole number of at least 1"
    return min(whole_number("batch_size", value, 1, wanted=wanted, floats=True), n_samples)


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


def _checked_learning_rate(trainer, value) -> float:
    if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
        raise TypeError(
            "learning_rate is one number; for a schedule assign a new optimizer, such as "
            f"trainer.optimizer = keras.optimizers.SGD(schedule); received {shortened(value)}."
        )
    return _number("learning_rate", value)


def _checked_width(trainer, value) -> int:
    most = trainer.max_width
    wanted = f"width counts the units in use, from 1 to the {most} the model was built with"
    return whole_number("width", value, 1, most, wanted=wanted, floats=True)


def _checked_optimizer(trainer, value) -> keras.optimizers.Optimizer:
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
    return own_optimizer(named, learning_rate=trainer.learning_rate)


# --- what a turn does -------------------------------------------------------------------------


def _set_learning_rate(trainer, value: float) -> str | None:
    if trainer._network.set_learning_rate(value):
        return None
    return (
        "A fixed learning rate replaces the schedule; the weights stay and the optimizer's "
        "memory starts empty."
    )


def _set_width(trainer, width: int) -> None:
    smaller = width < trainer.width
    trainer._network.units.set_width(width)
    if smaller and trainer.updates == 0:
        trainer._network.start()


def _set_batch_size(trainer, size: int) -> str:
    trainer._batch_size = size
    trainer._run.anchor = (trainer._run.updates, trainer._run.position)
    return f"Batches of {size} from now on; weights and optimizer go on as they are."


def _bring_batch_size_back(trainer, size: int) -> str | None:
    """Return to a size that there may be too few samples for by now."""
    return None if size == trainer._batch_size else _set_batch_size(trainer, size)


def _set_activation(trainer, name: str) -> str:
    network = trainer._network
    network.use_activations(dict.fromkeys(network.structure.activations, name))
    return f"Hidden layers use {name} from now on; weights and optimizer go on as they are."


def _bring_activations_back(trainer, names: Mapping[str, str]) -> str | None:
    if trainer._network.given_activations == names:
        return None
    trainer._network.use_activations(names)
    return "The snapshot's activation is back."


def _set_optimizer(trainer, optimizer: keras.optimizers.Optimizer) -> str:
    trainer._network.use_optimizer(optimizer)
    return (
        f"{trainer.optimizer} from now on, with learning rate {trainer.learning_rate:g}: the "
        "weights stay, and the optimizer's memory starts empty."
    )


def _bring_optimizer_back(trainer, optimizer: keras.optimizers.Optimizer) -> None:
    if not trainer._network.trains_like(optimizer):
        trainer.optimizer = optimizer


# --- the table --------------------------------------------------------------------------------

_RATES = (*(float(f"{m}e{p}") for p in range(-4, 1) for m in (1, 1.5, 2, 3, 5, 7)), 10.0)
_DROPOUTS = tuple(round(0.05 * n, 2) for n in range(19))
_PENALTIES = (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3)
_OPTIMIZERS = ("SGD", "RMSprop", "Adam", "Adagrad", "Adadelta")

_ROWS = (
    Knob(
        name="learning_rate",
        words="learning rate",
        short="lr",
        meaning="Step size of the optimizer, at least 0; a number replaces a schedule.",
        tooltip="how long each step is",
        read=lambda trainer: trainer._network.learning_rate,
        check=_checked_learning_rate,
        apply=_set_learning_rate,
        values=lambda trainer: _RATES,
        control="steps",
        keep=lambda trainer: (
            None if trainer._network.has_schedule else trainer._network.learning_rate
        ),
    ),
    Knob(
        name="width",
        meaning="""Units in use in every hidden Dense layer, 1 ... ``max_width``.

        A layer built with fewer units than ``width`` uses all it has. Before the first update, a
        smaller width also gives the initial weights the scale that suits it. It can be turned
        where a hidden Dense layer's units go, each by itself, to other Dense layers.
        """,
        tooltip="units in use in every hidden layer",
        read=lambda trainer: trainer._network.units.width,
        check=_checked_width,
        apply=_set_width,
        values=lambda trainer: range(1, trainer.max_width + 1),
        control="range",
        passing=lambda width, new: new <= width,  # units join at the scale that suits it then
        has=lambda trainer: bool(trainer._network.structure.hidden),
        lacking="This model has no hidden Dense layer whose units go, each by itself, to another "
        "Dense layer, so width cannot be turned: add keras.layers.Dense(16, activation='tanh') "
        "before the last layer and build the trainer again.",
    ),
    Knob(
        name="dropout",
        meaning="""Rate of the Dropout layers, 0 <= rate < 1; the largest where they differ.

        Assigning gives all of them the same rate. Without a Dropout layer it is 0.
        """,
        tooltip="fraction of the hidden units switched off in each step",
        read=lambda trainer: trainer._network.dropout,
        check=lambda trainer, value: checked_rate(_number("dropout", value)),
        apply=lambda trainer, rate: trainer._network.set_dropout(rate),
        values=lambda trainer: _DROPOUTS,
        control="steps",
        has=lambda trainer: bool(trainer._network.structure.dropouts),
        lacking="This model has no Dropout layer, so dropout cannot be turned: add "
        "keras.layers.Dropout(0.2) after a hidden layer and build the trainer again.",
        keep=lambda trainer: trainer._network.rates,
        bring_back=lambda trainer, rates: trainer._network.set_rates(rates),
    ),
    Knob(
        name="l1",
        meaning="Factor of the penalty ``l1 * sum(|W|)`` over all kernels, on top of the model's "
        "own.",
        tooltip="how much each weight is punished that is not 0",
        read=lambda trainer: trainer._network.l1,
        check=lambda trainer, value: _number("l1", value),
        apply=lambda trainer, factor: trainer._network.set_l1(factor),
        values=lambda trainer: _PENALTIES,
        control="steps",
        has=lambda trainer: trainer._network.pays_l1,
        lacking="This model has no L1 penalty, so l1 cannot be turned: give a hidden "
        "layer kernel_regularizer=keras.regularizers.L1(0.0) and build the trainer again.",
    ),
    Knob(
        name="l2",
        meaning="Factor of the penalty ``l2 * sum(W**2)`` over all kernels, on top of the model's "
        "own.",
        tooltip="how much large weights cost",
        read=lambda trainer: trainer._network.l2,
        check=lambda trainer, value: _number("l2", value),
        apply=lambda trainer, factor: trainer._network.set_l2(factor),
        values=lambda trainer: _PENALTIES,
        control="steps",
        has=lambda trainer: bool(trainer._network.structure.kernels),
        lacking="This model has no Dense or convolution layer, so l2 has no weights to keep small.",
    ),
    Knob(
        name="batch_size",
        words="batch size",
        short="batch",
        meaning="Samples per update; never more than there are.",
        tooltip="samples used for one step",
        read=lambda trainer: trainer._batch_size,
        check=lambda trainer, value: checked_batch_size(value, len(trainer.X)),
        apply=_set_batch_size,
        values=lambda t: {2**k for k in range(12) if 2**k < len(t.X)} | {len(t.X)},
        control="list",
        option=lambda trainer, n: f"{n} (all)" if n == len(trainer.X) else f"{n}",
        compiles=True,
        bring_back=_bring_batch_size_back,
    ),
    Knob(
        name="activation",
        short="",
        meaning="""Name of the hidden layers' activation; "mixed" where they differ.

        None where no hidden layer has one that can be exchanged.
        """,
        tooltip="what a hidden unit does with its sum",
        read=lambda trainer: trainer._network.activation,
        check=lambda trainer, value: checked_activation("activation", value),
        apply=_set_activation,
        values=lambda trainer: ACTIVATIONS,
        control="list",
        compiles=True,
        has=lambda trainer: bool(trainer._network.structure.activations),
        lacking="This model has no hidden layer whose activation could be turned.",
        keep=lambda trainer: trainer._network.given_activations,
        bring_back=_bring_activations_back,
    ),
    Knob(
        name="optimizer",
        short="",
        meaning="""Name of the optimizer's class, such as "SGD" or "Adam".

        Assign a name, which keeps the learning rate, or a ``keras.optimizers`` object, which
        brings its own.
        """,
        tooltip="how a gradient becomes a step",
        read=lambda trainer: type(trainer._network.optimizer).__name__,
        check=_checked_optimizer,
        apply=_set_optimizer,
        values=lambda trainer: _OPTIMIZERS,
        control="list",
        compiles=True,
        passing=lambda value, new: isinstance(value, str) or not isinstance(new, str),  # its rate
        keep=lambda trainer: trainer._network.kept_optimizer,
        bring_back=_bring_optimizer_back,
    ),
)
KNOBS: dict[str, Knob] = {knob.name: knob for knob in _ROWS}  # as they stand below the picture


# --- knobs that only some models have ---------------------------------------------------------

_FACTORS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def _loss_weights(trainer) -> list[Knob]:
    """Return a row for each of several outputs: how much its loss counts."""
    return [_loss_weight(output) for output in trainer._network.weights]


def _loss_weight(output: str) -> Knob:
    name = "weight_" + re.sub(r"\W", "_", output)
    return Knob(
        name=name,
        words=f"weight of {output}",
        short=f"{output} ×",
        meaning=f"Factor of the loss of the output {output!r} in the sum that is made smaller.",
        tooltip=f"how much the loss of {output} counts",
        read=lambda trainer: trainer._network.weights[output],
        check=lambda trainer, value: _number(name, value),
        apply=lambda trainer, weight: trainer._network.set_weight(output, weight),
        values=lambda trainer: _FACTORS,
        control="steps",
    )


_SOURCES = (_loss_weights, knobs_of_dials, knobs_of_data, knobs_of_layers)
_OF_MODELS: dict[str, Knob] = {}  # rows of whatever models there were, for who has but a name


def rows_for(trainer: Any) -> dict[str, Knob]:
    """Return the rows of the table, and those that the trainer's model brings with it."""
    rows = [knob for source in _SOURCES for knob in source(trainer)]
    own = {knob.name: knob for knob in rows}
    if len(own) < len(rows):
        twice = next(knob.name for knob in rows if own[knob.name] is not knob)
        raise ValueError(
            f"This model would have two knobs called {twice!r}, and one of them is a dial of a "
            f"layer: give the dial another name, as in self.my_{twice} = live.Dial(...)."
        )
    _OF_MODELS.update(own)
    return {**KNOBS, **own}


def row_of(name: str) -> Knob:
    """Return the row of a knob that some trainer has."""
    return KNOBS.get(name) or _OF_MODELS[name]
