"""What a Keras model is made of, and what it computes whatever its weights are.

A model is asked with weights of ours: of the learner's own, which are random, none takes part in
a verdict. Nothing is copied for it and nothing changed: ``stateless_call`` computes with any.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import keras

PROBES = 32  # inputs on which two models are compared
LARGE = 100.0  # how many times as large the last weights are where an output is to reach its limits
THRESHOLDS = (0.0, 0.5)  # between two classes: of scores, and of probabilities


@dataclass(frozen=True)
class Looks:
    """What Keras tells about a model; shapes are without the batch axis."""

    built: bool
    layers: tuple
    input_shape: tuple | None = None
    output_shape: tuple | None = None
    several_outputs: tuple = ()  # their shapes, where there are several
    parameters: int = 0
    weights: tuple = ()
    outputs: np.ndarray | None = None  # on probes, with weights that are the same for models alike


def looks_of(model: "keras.Model") -> Looks:
    """Return the `Looks` of a model; one that is built is computed for its `outputs`."""
    layers = tuple(type(leaf).__name__ for leaf in leaves(model))
    if not model.built:
        return Looks(built=False, layers=layers)
    # A class of the learner's own has no such attributes, even when it is built.
    input_shape = _without_batch(getattr(model, "input_shape", None))
    return Looks(
        built=True,
        layers=layers,
        input_shape=input_shape,
        output_shape=_without_batch(getattr(model, "output_shape", None)),
        several_outputs=_of_several(getattr(model, "outputs", None) or ()),
        parameters=model.count_params(),
        weights=tuple(tuple(weight.shape) for weight in model.get_weights()),
        outputs=_probe(model, input_shape),
    )


def leaves(model: "keras.Model") -> list:
    """Return the layers that do a model's work, in the order in which they do it.

    Parameters
    ----------
    model : keras.Model
        Sequential, functional or of a class of its own, with models in it or not.

    Returns
    -------
    list
        Without inputs, and with the layers of the models in it in the place of these models.
        A functional model's operations that are no layers, ``keras.ops.tanh(x)``, count too.
    """
    found = []
    for part in getattr(model, "operations", None) or model.layers:
        if getattr(part, "layers", None):
            found += leaves(part)
        elif type(part).__name__ != "InputLayer":
            found.append(part)
    return found


def is_linear(model: "keras.Model") -> bool:
    """Tell whether nothing before a model's last weights bends, so that it draws one line.

    Parameters
    ----------
    model : keras.Model
        One that is built.
    """
    parts = leaves(model)
    weighted = [i for i, part in enumerate(parts) if getattr(part, "weights", None)]
    last = weighted[-1] if weighted else len(parts)
    several = weighted and len(_kernels(parts[last])) > 1  # a layer with layers of its own
    return not any(map(_bends, parts[: last + 1 if several else last]))


def output_range(model: "keras.Model") -> tuple[float, float]:
    """Return the least and the greatest output of a model that is driven to its limits.

    Parameters
    ----------
    model : keras.Model
        With one input, of known shape.

    Returns
    -------
    least, greatest : float
        0 and 1 for a sigmoid, 1 and 1 for a softmax over one output, far away for a line.
    """
    kernels = [k for k in map(_kernels, leaves(model)) if k]
    last = {id(kernel) for kernel in kernels[-1]} if kernels else set()
    outputs = []
    for factor in (LARGE, -LARGE):
        values = _weights_of_ours(model)
        values |= {number: factor * values[number] for number in last}
        outputs.append(_call(model, _inputs(_without_batch(model.input_shape)), values))
    return float(np.nanmin(outputs)), float(np.nanmax(outputs))


def is_probability(model: "keras.Model") -> bool:
    """Tell whether a model's outputs stay between 0 and 1, to the precision of a float."""
    least, greatest = output_range(model)
    return least >= -1e-3 and greatest <= 1 + 1e-3


def share_right(outputs: ArrayLike, truth: ArrayLike) -> float:
    """Return the fraction of the samples that lie on their side of the threshold.

    Parameters
    ----------
    outputs : array_like of shape (n_samples,) or (n_samples, n_classes)
        One column is compared with a threshold: 0 or 0.5, whichever separates better, since a
        model tells by nothing whether it gives scores or probabilities.
    truth : array_like of shape (n_samples,) or (n_samples, n_classes)
        Classes, 0 or 1 for one column of outputs; or one-hot.
    """
    outputs, truth = np.asarray(outputs), np.asarray(truth)
    if truth.ndim > 1 and truth.shape[-1] > 1:
        truth = truth.argmax(axis=-1)
    truth = truth.reshape(len(outputs))
    if outputs.size > len(outputs):
        return float(np.mean(outputs.argmax(axis=-1) == truth))
    scores = outputs.reshape(len(outputs))
    return max(float(np.mean((scores > at) == (truth > 0.5))) for at in THRESHOLDS)


def are_built_alike(one: Looks, other: Looks) -> bool:
    """Whether two `Looks` compute the same or, where nothing is built, have the same layers."""
    if one.built and other.built:
        return compute_the_same(one, other)
    return one.built == other.built and one.layers == other.layers


def compute_the_same(one: Looks, other: Looks) -> bool:
    """Whether two `Looks` have weights of the same shapes and, with these, the same outputs."""
    if one.weights != other.weights or one.outputs is None or other.outputs is None:
        return False
    return one.outputs.shape == other.outputs.shape and np.allclose(
        one.outputs, other.outputs, rtol=1e-3, atol=1e-4
    )


def diverged(model: "keras.Model") -> str:
    """Return a sentence where weights are nan or inf, else an empty text."""
    if all(np.isfinite(weight).all() for weight in model.get_weights()):
        return ""
    return (
        "Some weights of the model are no numbers any more (nan or inf). A learning rate that is "
        "too large does that: make the model anew and take a smaller one."
    )


def in_words(looks: Looks) -> str:
    """Return a sentence with the layers, and with shapes and parameters where there are any."""
    layers = ", ".join(looks.layers) or "none"
    if not looks.built:
        return f"Its layers: {layers}."
    outputs = " and ".join(map(str, looks.several_outputs)) or _told(looks.output_shape)
    return (
        f"Its layers: {layers}; inputs {_told(looks.input_shape)}, "
        f"outputs {outputs}, {looks.parameters} parameters."
    )


def shapes_in_words(shapes: tuple) -> str:
    """Return the shapes of weights, one after the other."""
    return ", ".join(map(str, shapes)) or "none"


def _told(shape):
    return "not told" if shape is None else shape


def _of_several(tensors):
    return tuple(tuple(t.shape[1:]) for t in tensors) if len(tensors) > 1 else ()


def _without_batch(shape):
    shape = _only(shape)
    if not isinstance(shape, tuple) or any(isinstance(length, tuple) for length in shape):
        return None  # unknown, or several inputs or outputs
    return tuple(shape[1:])


def _only(several):
    """Return the one thing of a dict or list of inputs or outputs that holds no more."""
    if isinstance(several, (dict, list)) and len(several) == 1:
        return next(iter(several.values() if isinstance(several, dict) else several))
    return several


def _probe(model, input_shape):
    """Return the outputs with weights of ours on fixed inputs, or None."""
    if input_shape is None or None in input_shape:
        return None
    return _call(model, _inputs(input_shape), _weights_of_ours(model))


def _inputs(shape):
    """Return small, usual and large inputs: an activation may differ from another only there."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((PROBES, *shape)).astype("float32")
    inputs[::3] *= 0.1
    inputs[1::3] *= 5
    return inputs


def _weights_of_ours(part):
    """Return a value for each weight, the same for parts whose weights have the same shapes."""
    rng = np.random.default_rng(0)
    values = {}
    for weight in part.weights:
        if len(weight.shape) > 1:  # of a size that keeps a signal's, so that nothing saturates
            values[id(weight)] = rng.normal(0, np.prod(weight.shape[:-1]) ** -0.5, weight.shape)
        else:  # a variance among these must not be negative
            values[id(weight)] = rng.uniform(0.1, 1.0, weight.shape)
    return values


def _kernels(part):
    return [weight for weight in getattr(part, "weights", ()) if len(weight.shape) > 1]


def _call(part, inputs, values):
    """Return what a model or a layer computes with some values in the place of its weights."""
    import keras

    inputs = keras.tree.map_structure(keras.ops.convert_to_tensor, inputs)
    given = (
        [values.get(id(variable), variable.value) for variable in variables]
        for variables in (part.trainable_variables, part.non_trainable_variables)
    )
    outputs, _ = part.stateless_call(*given, inputs)
    outputs = _only(outputs)
    return None if isinstance(outputs, (dict, list, tuple)) else np.asarray(outputs, dtype=float)


def _bends(leaf):
    """Tell whether a layer is anything but a sum of multiples of its inputs and a constant."""
    import keras

    if not isinstance(leaf, keras.layers.Layer):  # an operation, with its constants
        leaf = keras.Model(leaf.input, leaf.output)
    rng = np.random.default_rng(1)
    values = _weights_of_ours(leaf)

    def compute(inputs):
        return _call(leaf, inputs, values)

    def draw(tensor):
        shape = (PROBES, *(length or 1 for length in tensor.shape[1:]))
        return 10 * rng.standard_normal(shape).astype("float32")

    def added(one, other):
        return keras.tree.map_structure(np.add, one, other)

    one, other = (keras.tree.map_structure(draw, leaf.input) for _ in range(2))
    nothing = keras.tree.map_structure(np.zeros_like, one)
    whole, parts = compute(added(one, other)) + compute(nothing), compute(one) + compute(other)
    return not np.allclose(whole, parts, rtol=0, atol=1e-3 * (np.abs(parts).max() + 1e-30))
