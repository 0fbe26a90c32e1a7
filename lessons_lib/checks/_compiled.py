"""What a learner's Keras model was compiled with: told by what it does, not by its name."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

_STEPS = (*range(0, 501, 25), 750, 5000)  # at which the learning rate is looked at


def loss_is(
    model: "keras.Model",
    name: str,
    among: tuple[float, float] = (0.05, 0.95),
    **settings: object,
) -> bool:
    """Tell whether a model's loss computes what one of Keras's own does.

    Parameters
    ----------
    model : keras.Model
        Compiled with a name, a function or an object, or not at all.
    name : str
        Of a loss of Keras: ``"mse"``.
    among : pair of float
        Between which the predictions lie on which the two are compared.
    **settings
        Arguments of the named one, such as ``from_logits=True``.
    """
    import keras

    truth, predictions = _probes(among)
    wanted = _mean(keras.losses.get(name)(truth, predictions, **settings))
    return bool(np.isclose(_value(_loss(model), truth, predictions), wanted, rtol=1e-3))


def loss_is_accuracy(model: "keras.Model") -> bool:
    """Tell whether a model's loss is the fraction of the samples that are right.

    Parameters
    ----------
    model : keras.Model
        Compiled or not.
    """
    loss = model.loss if model.compiled else None
    if isinstance(loss, str) and "acc" in loss:  # Keras takes it, and fails in the training
        return True
    truth, predictions = _probes()
    right = _mean((np.asarray(predictions) > 0.5) == np.asarray(truth))
    return bool(np.isclose(_value(_loss(model), truth, predictions), right, rtol=1e-5))


def is_adam(model: "keras.Model") -> bool:
    """Tell whether a compiled model's optimizer is Adam, or one made of it such as AdamW."""
    import keras

    return isinstance(model.optimizer, keras.optimizers.Adam)


def rates(model: "keras.Model") -> dict[int, float]:
    """Return the learning rates of a compiled model, whatever sets them.

    Parameters
    ----------
    model : keras.Model
        Its optimizer's count of updates is turned for a moment, and turned back.

    Returns
    -------
    dict of float
        From the number of the step to its learning rate, at steps from 0 to 500 and beyond.
    """
    iterations, found = model.optimizer.iterations, {}
    before = int(iterations)
    try:
        for step in _STEPS:
            iterations.assign(step)
            found[step] = float(model.optimizer.learning_rate)
    finally:
        iterations.assign(before)
    return found


def _loss(model):
    """Return the one loss of a model as a function, or None."""
    import keras

    loss = model.loss if model.compiled else None
    if isinstance(loss, dict):
        loss = list(loss.values())
    if isinstance(loss, (list, tuple)):
        loss = loss[0] if len(loss) == 1 else None
    try:
        return keras.losses.get(loss)
    except ValueError:  # a name of something else
        return None


def _probes(among=(0.05, 0.95)):
    """Return targets and predictions, none of which lies near a threshold at one half."""
    import keras

    low, high = among
    places = np.float32([0.02, 0.7, 0.3, 0.95, 0.15, 0.85, 0.9, 0.25, 0.6, 0.1, 0.4, 0.75])
    truth = np.arange(len(places), dtype="float32") % 2
    pair = truth[:, None], (low + (high - low) * places)[:, None]
    return tuple(map(keras.ops.convert_to_tensor, pair))


def _value(loss, truth, predictions):
    """Return the mean of a loss, or nan where it cannot be computed on one column of outputs."""
    try:
        return _mean(loss(truth, predictions))
    except Exception:  # whatever a function of the learner's raises
        return np.nan


def _mean(values):
    return float(np.mean(np.asarray(values)))
