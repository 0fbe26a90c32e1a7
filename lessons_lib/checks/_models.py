"""What Keras tells about a model: its layers, its shapes, and the function that it computes."""

from dataclasses import dataclass

import numpy as np

PROBES = 32  # inputs on which two models are compared


@dataclass(frozen=True)
class Looks:
    """What Keras tells about a model; shapes are without the batch axis."""

    built: bool
    layers: tuple
    input_shape: object = None
    output_shape: object = None
    parameters: int = 0
    weights: tuple = ()
    outputs: object = None  # on probes, with weights that are the same for models alike


def looks_of(model, keras):
    """Return the `Looks` of a model; one that is built is copied and computed for `outputs`."""
    layers = tuple(type(layer).__name__ for layer in _inner_layers(model))
    if not model.built:
        return Looks(built=False, layers=layers)
    # A class of the learner's own has no such attributes, even when it is built.
    input_shape = _without_batch(getattr(model, "input_shape", None))
    return Looks(
        built=True,
        layers=layers,
        input_shape=input_shape,
        output_shape=_without_batch(getattr(model, "output_shape", None)),
        parameters=model.count_params(),
        weights=tuple(tuple(weight.shape) for weight in model.get_weights()),
        outputs=_probe(model, input_shape, keras),
    )


def _inner_layers(model):
    """Yield the layers of a model and of the models in it, without inputs."""
    for layer in model.layers:
        if getattr(layer, "layers", None):
            yield from _inner_layers(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def _without_batch(shape):
    if shape is None or isinstance(shape, (list, dict)):
        return None  # unknown, or several inputs or outputs
    return tuple(shape[1:])


def _probe(model, input_shape, keras):
    """Return the outputs of a copy with fixed weights on fixed inputs, or None."""
    if input_shape is None or None in input_shape:
        return None
    copy = keras.models.clone_model(model)
    rng = np.random.default_rng(0)
    # Positive weights of usual size: a variance among them must not be negative.
    copy.set_weights([rng.uniform(0.1, 1.0, w.shape) for w in copy.get_weights()])
    inputs = rng.standard_normal((PROBES, *input_shape)).astype("float32")
    return np.asarray(copy.predict(inputs, verbose=0), dtype=float)


def are_built_alike(one, other):
    """Whether two `Looks` have the same layers and, where built, compute the same."""
    if one.layers != other.layers or one.built != other.built:
        return False
    return not one.built or compute_the_same(one, other)


def compute_the_same(one, other):
    """Whether two `Looks` have weights of the same shapes and, with these, the same outputs."""
    if one.weights != other.weights or one.outputs is None or other.outputs is None:
        return False
    return one.outputs.shape == other.outputs.shape and np.allclose(
        one.outputs, other.outputs, rtol=1e-4, atol=1e-5
    )


def diverged(model):
    """Return a sentence where weights are nan or inf, else an empty text."""
    if all(np.isfinite(weight).all() for weight in model.get_weights()):
        return ""
    return (
        "Some weights of the model are no numbers any more (nan or inf). A learning rate that is "
        "too large does that: make the model anew and take a smaller one."
    )


def in_words(looks):
    """Return a sentence with the layers, and with shapes and parameters where there are any."""
    layers = ", ".join(looks.layers) or "none"
    if not looks.built:
        return f"Its layers: {layers}."
    return (
        f"Its layers: {layers}; inputs {_told(looks.input_shape)}, "
        f"outputs {_told(looks.output_shape)}, {looks.parameters} parameters."
    )


def _told(shape):
    return "not told" if shape is None else shape


def shapes_in_words(shapes):
    """Return the shapes of weights, one after the other."""
    return ", ".join(map(str, shapes)) or "none"
