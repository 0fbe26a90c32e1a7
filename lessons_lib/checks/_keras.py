"""Questions answered by a Keras model, judged through Keras's public interface."""

import contextlib
import logging
import sys
from dataclasses import dataclass

import numpy as np

from lessons_lib.checks import _sandbox
from lessons_lib.checks._compare import kind_of
from lessons_lib.checks._feedback import Code, Text
from lessons_lib.checks._function import refused_arguments
from lessons_lib.checks._value import Value

PROBES = 32  # inputs on which two models are compared
LOOK_EVERY = 25  # steps between two looks at how far a model has learnt


@dataclass(frozen=True)
class Learns:
    """What a model must be able to learn, starting from the weights it has.

    Parameters
    ----------
    data : callable
        ``data(rng)`` returns X and y.
    target : float
        What must be reached on that data: a loss at most, an accuracy at least.
    loss : str
        A Keras loss.
    accuracy : bool
        Judge by accuracy and not by the loss.
    optimizer : callable, optional
        ``optimizer(keras)`` returns one; by default Adam with a learning rate of 0.01.
        ``"own"`` takes the loss and the optimizer that the learner compiled the model with.
    steps : int
        The most parameter updates.
    batch_size : int
    """

    data: object
    target: float
    loss: str = "mse"
    accuracy: bool = False
    optimizer: object = None
    steps: int = 300
    batch_size: int = 32


@dataclass(frozen=True)
class _Looks:
    """What Keras tells about a model; shapes are without the batch axis."""

    built: bool
    layers: tuple
    input_shape: object = None
    output_shape: object = None
    parameters: int = 0
    weights: tuple = ()
    outputs: object = None  # on probes, with weights that are the same for models alike


class KerasModel(Value):
    """A Keras model to be built.

    ``solution`` and the mistakes are functions that return a model; a learner may give the
    model or such a function. TensorFlow is never imported here: an answer can only be a model
    where the learner has imported Keras.

    Class attributes, each judged where it is set:

    - ``same_function`` (True by default): with the same weights it computes what ours does;
    - ``input_shape``, ``output_shape``: without the batch axis;
    - ``parameters``: the number of them, or (least, most);
    - ``needs``, ``without``: names of layer classes that must, and must not, be there;
    - ``learns``: a `Learns`;
    - ``accept``: a function of the model that returns a sentence saying what is wrong, or an
      empty one.
    """

    kind = "Keras model"
    time_limit = 30.0
    same_function = True
    input_shape = None
    output_shape = None
    parameters = None
    needs = ()
    without = ()
    learns = None
    accept = None

    def _judge(self, answer):
        keras = sys.modules.get("keras")
        if keras is None or not hasattr(keras, "Model"):
            return self._no_model(kind_of(answer))
        with _quiet_tensorflow():
            model, problem = self._model_from(answer, keras)
            if problem:
                return problem
            run = _sandbox.run(lambda: self._verdict(model, keras), seconds=self.time_limit)
        if run.timed_out:
            return self._not_yet(
                f"Judging this model took longer than {self.time_limit:g} seconds. "
                "Can a smaller one do it?"
            )
        if run.mishap:
            return self._not_yet(
                f"Using this model ended in `{run.mishap.kind}`.",
                Code(run.mishap.message),
                "Judged is a copy of it. Which of the two fails: `model.predict(X[:5])`, or "
                "`keras.models.clone_model(model)`?",
            )
        return run.value

    def _no_model(self, what, advice=""):
        return self._not_yet(f"A Keras model is expected; this is {what}. {advice}".strip())

    def _model_from(self, answer, keras):
        """Return (model, None), or (None, what to tell)."""
        # The type is asked and not the object, whose __class__ may be anything.
        if callable(answer) and not issubclass(type(answer), (keras.layers.Layer, type)):
            run = _sandbox.run(answer, seconds=self.time_limit)
            problem = self._no_return(answer, run)
            if problem:
                return None, problem
            answer = run.value
        if issubclass(type(answer), keras.Model):
            return answer, None
        return None, self._no_model(*_instead_of_a_model(answer, keras))

    def _no_return(self, function, run):
        """Return what to tell where a function gave nothing back, else None."""
        if run.value is ... or run.unfinished:
            return self._not_attempted()
        if run.timed_out:
            return self._not_yet("Your function had not returned a model in time.")
        if not run.mishap:
            return None
        taken = refused_arguments(function, ())
        if taken:
            return self._not_yet(f"The function is called without arguments; yours takes {taken}.")
        line = (Code(run.mishap.line),) if run.mishap.line else ()
        return self._not_yet(run.mishap.sentence, *line, run.mishap.advice)

    def _verdict(self, model, keras):
        looks = _looks_of(model, keras)
        ours = _looks_of(self.solution(), keras) if self.same_function else None
        if not (looks.built and (ours is None or _compute_the_same(looks, ours))):
            named = self._named_mistake(model, looks, keras)
            if named:
                return named
        problem = self._what_is_wrong(model, looks, ours, keras)
        if problem:
            named = self._named_mistake(model, looks, keras)
            return named or self._not_yet(problem, Text(_in_words(looks)))
        return self._right(f"Your model is right. {_in_words(looks)}", self.takeaway)

    def _named_mistake(self, model, looks, keras):
        for name, known in self.mistakes.items():
            if known.when is not None and looks.built:
                found = known.resembles(model)
            else:
                found = _are_built_alike(looks, _looks_of(known.function(), keras))
            if found:
                return self._not_yet(known.tell(model), Text(_in_words(looks)), mistake=name)
        return None

    def _what_is_wrong(self, model, looks, ours, keras):
        if not looks.layers:
            return "The model has no layers yet; what comes in does not count as one."
        if not looks.built:
            return (
                "The model has no weights yet, because it does not know how many inputs come: "
                "put `keras.Input((...,))` before the first layer."
            )
        for what, got, wanted in (
            ("inputs of shape", looks.input_shape, self.input_shape),
            ("outputs of shape", looks.output_shape, self.output_shape),
        ):
            if wanted is not None and got is None:
                return (
                    f"It cannot be seen that the model has {what} {tuple(wanted)} (without the "
                    "batch): either it has several, or it is a class of its own. Use "
                    "`keras.Sequential([...])` or `keras.Model(inputs, outputs)`."
                )
            if wanted is not None and got != tuple(wanted):
                return f"The model has {what} {got}, expected {tuple(wanted)} (without the batch)."
        return (
            _diverged(model)
            or self._wrong_layers(looks)
            or self._wrong_parameters(looks)
            or (self.accept(model) if self.accept is not None else "")
            or self._other_function(looks, ours)
            or (_has_not_learnt(model, self.learns, keras) if self.learns else "")
        )

    def _wrong_layers(self, looks):
        for name in self.needs:
            if name not in looks.layers:
                return f"A layer of type `{name}` is missing."
        for name in self.without:
            if name in looks.layers:
                return f"This should work without a layer of type `{name}`."
        return ""

    def _wrong_parameters(self, looks):
        if self.parameters is None:
            return ""
        wanted = self.parameters
        least, most = (wanted, wanted) if isinstance(wanted, int) else wanted
        if least <= looks.parameters <= most:
            return ""
        expected = f"{least}" if least == most else f"{least} to {most}"
        return f"The model has {looks.parameters} parameters, expected {expected}."

    def _other_function(self, looks, ours):
        if ours is None or _compute_the_same(looks, ours):
            return ""
        if looks.weights != ours.weights:
            return (
                f"The weights have shapes {_shapes(looks.weights)}, expected "
                f"{_shapes(ours.weights)}."
            )
        return (
            "The shapes are right, but with the same weights the model computes something else "
            "than ours. Look at the activations."
        )


def _instead_of_a_model(answer, keras):
    """Return (what it is, what to do)."""
    if answer is None:
        return ("nothing but None",)
    if issubclass(type(answer), keras.layers.Layer):
        return "a layer", "`keras.Sequential([...])` makes a model of layers."
    if issubclass(type(answer), keras.KerasTensor):
        return "the output of a layer", "`keras.Model(inputs, outputs)` makes a model of it."
    if issubclass(type(answer), type):
        return "a class", "Call it, with brackets: that makes a model."
    return (kind_of(answer),)


def _diverged(model):
    if all(np.isfinite(weight).all() for weight in model.get_weights()):
        return ""
    return (
        "Some weights of the model are no numbers any more (nan or inf): it has been trained with "
        "a learning rate that is too large. Make it anew and take a smaller one."
    )


def _looks_of(model, keras):
    layers = tuple(type(layer).__name__ for layer in _inner_layers(model))
    if not model.built:
        return _Looks(built=False, layers=layers)
    # A class of the learner's own has no such attributes, even when it is built.
    input_shape = _without_batch(getattr(model, "input_shape", None))
    return _Looks(
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


def _are_built_alike(one, other):
    if one.layers != other.layers or one.built != other.built:
        return False
    return not one.built or _compute_the_same(one, other)


def _compute_the_same(one, other):
    if one.weights != other.weights or one.outputs is None or other.outputs is None:
        return False
    return one.outputs.shape == other.outputs.shape and np.allclose(
        one.outputs, other.outputs, rtol=1e-4, atol=1e-5
    )


def _has_not_learnt(model, learns, keras):
    """Train a copy and return what it has not reached, or an empty text."""
    rng = np.random.default_rng(0)
    X, y = learns.data(rng)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    if not _compile_copy(copy, model, learns, keras):
        return "The model is not compiled: call `model.compile(...)` with a loss and an optimizer."
    reached, step = _score(copy, X, y, learns), 0
    while not _is_enough(reached, learns) and step < learns.steps:
        for _ in range(LOOK_EVERY):
            rows = rng.choice(len(X), min(learns.batch_size, len(X)), replace=False)
            copy.train_on_batch(X[rows], y[rows])
        step += LOOK_EVERY
        reached = _score(copy, X, y, learns)
    if _is_enough(reached, learns):
        return ""
    what, bound = ("accuracy", "at least") if learns.accuracy else ("loss", "at most")
    return (
        f"The model does not learn this well enough: after {step} steps its {what} is "
        f"{reached:.3g}, {bound} {learns.target:g} is expected."
    )


def _compile_copy(copy, model, learns, keras):
    if learns.optimizer == "own":
        settings = model.get_compile_config() if model.compiled else None
        if not settings:
            return False
        copy.compile_from_config(settings)
        return True
    optimizer = learns.optimizer(keras) if learns.optimizer else keras.optimizers.Adam(0.01)
    copy.compile(optimizer=optimizer, loss=learns.loss)
    return True


def _score(model, X, y, learns):
    if not learns.accuracy:
        return float(model.test_on_batch(X, y, return_dict=True)["loss"])
    outputs = np.asarray(model.predict_on_batch(X))
    if outputs.shape[-1] == 1:
        from_logits = getattr(model.loss, "from_logits", False)
        guesses = outputs.reshape(len(X)) > (0.0 if from_logits else 0.5)
    else:
        guesses = outputs.argmax(axis=-1)
    truth = np.asarray(y)
    if truth.ndim > 1 and truth.shape[-1] > 1:
        truth = truth.argmax(axis=-1)
    return float(np.mean(guesses == truth.reshape(len(X))))


def _is_enough(reached, learns):
    return reached >= learns.target if learns.accuracy else reached <= learns.target


def _in_words(looks):
    layers = ", ".join(looks.layers) or "none"
    if not looks.built:
        return f"Its layers: {layers}."
    return (
        f"Its layers: {layers}; inputs {_told(looks.input_shape)}, "
        f"outputs {_told(looks.output_shape)}, "
        f"{looks.parameters} parameters."
    )


def _told(shape):
    return "not told" if shape is None else shape


def _shapes(shapes):
    return ", ".join(map(str, shapes)) or "none"


@contextlib.contextmanager
def _quiet_tensorflow():
    """Keep TensorFlow's advice on retracing, which is for programs that call one model often."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
