"""Judge a learner's model before training: each problem is one sentence with its cure."""

from collections.abc import Iterable

from numpy.typing import ArrayLike

from lessons_lib._ground.values import shortened
from lessons_lib.live._compiled import heads_of
from lessons_lib.live._data import array_of
from lessons_lib.live._tensorflow import keras, reason


def check_model(model: keras.Model, X: ArrayLike, needs_loss: bool = True) -> None:
    """Raise unless `model` can be trained live; build it from the shape of `X` if need be.

    Without `needs_loss` it may be compiled with an optimizer alone.

    Raises
    ------
    TypeError
        `model` is not a Keras model with a known wiring.
    ValueError
        `model` is not compiled, cannot be built from `X`, or has several inputs.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"LiveTrainer trains a Keras model, but received a {type(model).__name__}: build one "
            "with keras.Sequential([...])."
        )
    if not model.compiled:
        raise ValueError(
            f"The model {model.name!r} is not compiled, so it has no loss and no optimizer: call "
            "model.compile(optimizer=..., loss=...) first."
        )
    if model.loss is None and needs_loss:
        raise ValueError(
            f"The model {model.name!r} was compiled without a loss, so there is nothing to make "
            'smaller: call model.compile(optimizer=..., loss="mse"), for example.'
        )
    if model.loss is not None:
        _check_loss(model.loss)
    if isinstance(model.optimizer, keras.optimizers.MultiOptimizer):
        raise ValueError(
            "A MultiOptimizer has a learning rate for each group of layers, and here one knob "
            "turns one rate: compile the model with one optimizer, such as keras.optimizers.Adam()."
        )
    _build(model, X)
    if not getattr(model, "inputs", None):
        raise TypeError(
            f"The model {model.name!r} is written as a class, so its wiring cannot be seen: write "
            "it as keras.Sequential([...]) or keras.Model(inputs, outputs)."
        )
    if len(model.inputs) != 1:
        raise ValueError(
            f"LiveTrainer takes a model with one input; {model.name!r} has {len(model.inputs)}: "
            "join what it reads in one array X, and take it apart inside the model."
        )
    heads_of(model)
    if any(tensor.dtype == "string" for tensor in model.inputs):
        raise ValueError(_READS_TEXT.format(model.layers[0].name))
    stateful = [layer.name for layer in model.layers if getattr(layer, "stateful", False)]
    if stateful:
        raise ValueError(
            f"The layer {stateful[0]!r} is stateful: it carries its memory from one batch to the "
            "next, but here batches are shuffled and pictures ask in between: leave out stateful."
        )
    if not model.trainable_weights:
        raise ValueError(
            f"The model {model.name!r} has no weights to train: add a layer such as "
            "keras.layers.Dense(8), or set trainable = True."
        )


_READS_TEXT = (
    "The layer {!r} reads text, but training runs on numbers: turn the text into numbers once, as "
    "in X = layer(X), and begin the model with what follows that layer."
)


def _check_loss(loss) -> None:
    """Raise for what compile accepts as a loss and no training can use."""
    given = keras.tree.flatten(loss)
    for one in given:
        if one is None and len(given) > 1:  # which of several outputs, is said where they are known
            continue
        if isinstance(one, type):
            raise ValueError(
                f"The loss is the class {one.__name__}, not a loss made from it: write "
                f"loss=keras.losses.{one.__name__}(), with parentheses, in model.compile."
            )
        try:
            known = not isinstance(one, keras.Metric) and callable(keras.losses.get(one))
        except (ValueError, TypeError):
            known = False
        if not known:
            cure = (
                'use loss="binary_crossentropy" for two classes, "sparse_categorical_crossentropy" '
                'for several, or "mse" for numbers'
            )
            if one == "accuracy" or isinstance(one, keras.Metric):
                cure = f"measure it with metrics=[...], and {cure}: a loss must have a slope"
            raise ValueError(f"loss={shortened(one)} is no loss of Keras: {cure}.")
        if isinstance(one, keras.losses.Loss) and one.reduction in (None, "none"):
            raise ValueError(
                f"The loss {one.name} leaves one number per sample, and here one number is made "
                "smaller: leave out reduction, which takes the mean over the batch."
            )


def _build(model: keras.Model, X) -> None:
    if model.built and getattr(model, "inputs", None):
        return
    if isinstance(model, keras.Sequential):
        array = array_of(X, "X")
        first = model.layers[0] if model.layers else None
        if isinstance(first, keras.layers.TextVectorization | keras.layers.StringLookup):
            raise ValueError(_READS_TEXT.format(first.name))
        shape = array.shape
        try:
            model.build((None, *shape[1:]))
        except Exception as error:
            raise ValueError(
                f"The model {model.name!r} cannot be built for X of shape {shape}: {reason(error)}"
            ) from error


# What to do here in the place of each argument of Keras's fit.
FIT_ARGUMENTS = {
    "x": "the inputs are called X",
    "epochs": "make as many steps as you like: trainer.step(n) makes n updates, a panel's Play "
    "button goes on until Pause, and an epoch is len(X) / batch_size steps",
    "verbose": "leave it out: nothing is printed, and trainer.history has the numbers",
    "callbacks": "leave it out: between two calls of step() your own code can look at "
    "trainer.history, turn a knob, or stop",
    "validation_split": "split the data first, X, X_val, y, y_val = datasets.train_val_split(X, y)"
    ", and give validation_data=(X_val, y_val)",
    "shuffle": "leave it out: every epoch has a new order, which seed decides",
    "class_weight": "repeat the rows of the rarer class in X and y, which weighs much the same",
    "sample_weight": "repeat the rows that shall count more in X and y, which weighs much the same",
    "initial_epoch": "leave it out: trainer.snapshot() and restore() come back to any moment",
    "steps_per_epoch": "leave it out: trainer.step(n) makes n updates",
    "validation_steps": "leave it out: of the validation data the first 2,000 samples are measured",
    "validation_batch_size": "leave it out: the validation data are measured in one piece",
    "validation_freq": "leave it out: it is measured as often as that costs less than the training",
    "metrics": "give it to model.compile(metrics=...)",
    "loss": "give it to model.compile(loss=...)",
}


def refuse_arguments(names: Iterable[str], known: str) -> None:
    """Raise if there is an argument that a trainer does not take; `known` says which it takes."""
    for name in names:
        if name in FIT_ARGUMENTS:
            raise TypeError(f"{name}= belongs to Keras, not here: {FIT_ARGUMENTS[name]}.")
        raise TypeError(f"There is no setting {name!r} here. {known}")
