"""Questions answered by a Keras model, judged through Keras's public interface."""

import contextlib
import importlib
import json
import logging
import re
import sys
from collections.abc import Callable

from lessons_lib.checks import _sandbox
from lessons_lib.checks._answers import MISFITS
from lessons_lib.checks._blocks import Code, Text
from lessons_lib.checks._function import refused_arguments
from lessons_lib.checks._learning import Learns, has_not_learnt
from lessons_lib.checks._limits import Limit
from lessons_lib.checks._models import (
    are_built_alike,
    compute_the_same,
    diverged,
    in_words,
    leaves,
    looks_of,
    shapes_in_words,
)
from lessons_lib.checks._question import Question
from lessons_lib.checks._read import kind_of
from lessons_lib.checks._source import source_of, value_code
from lessons_lib.checks._words import form_of

_FOR_CATEGORIES = (
    "Embedding",
    "CategoryEncoding",
    "Hashing",
    "IntegerLookup",
    "StringLookup",
    "TextVectorization",
)


class KerasModel(Question):
    """A Keras model to be built.

    ``solution`` and the wrong answers are functions of ``keras`` that return a model; a learner
    may give the model or a function that returns it. TensorFlow is never imported before it is
    needed: an answer can only be a model where the learner has imported Keras, perhaps in that
    function. Each field is judged where it is given.
    """

    kind = "Keras model"
    time_limit: float = 30.0
    solution: Callable
    same_function: bool = True  # with the same weights it computes what ours does
    input_shape: tuple | None = None  # without the batch axis
    output_shape: tuple | None = None
    parameters: int | None = None  # the number of them
    learns: Learns | None = None
    accept: Callable | None = None  # of the model: a sentence on what is wrong, or an empty one

    @property
    def solution_code(self) -> str:
        """The solution as code that assigns the model to the question's name."""
        return f"import keras\n\n{value_code(self.solution, self.name)}"

    def handed_in(self, answer: Callable) -> object:
        """Return the model that a function of ``keras`` builds."""
        return answer(importlib.import_module("keras"))

    def _written(self, answer):
        """Return how a model is built and compiled; its weights differ from run to run."""
        if not hasattr(answer, "get_config"):
            return source_of(answer)
        compiled = answer.get_compile_config() if answer.compiled else None
        built = json.dumps([answer.get_config(), compiled], default=str)
        return re.sub(r"_\d+\b", "", built)  # Keras numbers the names of layers, run after run

    def _judge(self, answer):
        with _quiet_tensorflow():
            model, problem = self._called(answer)
            keras = _keras_where_loaded()  # asked now: the function may be the first to import it
            problem = problem or self._no_model(model, keras)
            if problem:
                return problem
            run = _sandbox.run(lambda: self._verdict(model, keras), limit=Limit(self.time_limit))
        if run.timed_out:
            return self._not_yet(
                f"Judging this model took longer than {run.timed_out}. Can a smaller one do it?"
            )
        if run.mishap:
            return self._not_yet(
                f"Using this model ended in `{run.mishap.kind}`.",
                Code(run.mishap.message),
                "Judged is a copy of it. Which of the two fails: `model.predict(X[:5])`, or "
                "`keras.models.clone_model(model)`?"
                if self.learns
                else "Does `model.predict(X[:5])` work, with five rows of inputs?",
            )
        return run.value

    def _called(self, answer):
        """Return (what a function returns, or the answer if it is none, what to tell or None)."""
        keras = _keras_where_loaded()
        # The type is asked and not the object, whose __class__ may be anything.
        uncalled = (keras.layers.Layer, type) if keras else type
        if not callable(answer) or issubclass(type(answer), uncalled):
            return answer, None
        run = _sandbox.run(answer, limit=Limit(self.time_limit))
        return run.value, self._no_return(answer, run)

    def _no_model(self, answer, keras):
        """Return what to tell of an answer that is no model, else None."""
        if keras and issubclass(type(answer), keras.Model):
            return None
        what, advice = _instead_of_a_model(answer, keras) if keras else (kind_of(answer), "")
        return self._no_answer(f"A Keras model is expected; this is {what}. {advice}".strip())

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
        names = [type(leaf).__name__ for leaf in leaves(model)]
        for name in _FOR_CATEGORIES:
            if name in names:
                return self._not_yet(
                    f"`{name}` is for categories, such as words or their numbers. What comes in "
                    "here are measured numbers: they go into the next layer as they are."
                )
        looks = looks_of(model)
        ours = looks_of(self.handed_in(self.solution)) if self.same_function else None
        problem = self._what_is_wrong(model, looks, ours, keras)
        if problem:
            named = self._known_wrong(model, looks)
            return named or self._not_yet(problem, Text(in_words(looks)))
        return self._right(f"Your model is right. {in_words(looks)}", self.takeaway)

    def _known_wrong(self, model, looks):
        for name, known in self.wrong.items():
            if known.when is not None and looks.built:
                found = known.resembles(model)
            else:
                found = are_built_alike(looks, looks_of(self.handed_in(known.answer)))
            if found:
                return self._not_yet(known.tell(model), Text(in_words(looks)), wrong=name)
        return None

    def _what_is_wrong(self, model, looks, ours, keras):
        if not looks.layers:
            return "The model has no layers yet; what comes in does not count as one."
        if not looks.built:
            return (
                "The model has no weights yet, because it does not know how many inputs come: "
                "put `keras.Input((...,))` before the first layer."
            )
        return (
            self._wrong_shape(looks)
            or diverged(model)
            or self._wrong_parameters(looks)
            or self._not_accepted(model)
            or self._other_function(looks, ours)
            or (has_not_learnt(model, self.learns, keras) if self.learns else "")
        )

    def _wrong_shape(self, looks):
        for what, does, got, wanted in (
            ("inputs of shape", "takes", looks.input_shape, self.input_shape),
            ("outputs of shape", "gives", looks.output_shape, self.output_shape),
        ):
            if wanted is not None and got is None:
                return (
                    f"It cannot be seen that the model has {what} {tuple(wanted)} (without the "
                    "batch): either it has several, or it is a class of its own. Use "
                    "`keras.Sequential([...])` or `keras.Model(inputs, outputs)`."
                )
            if wanted is not None and got != tuple(wanted):
                return (
                    f"For each example the model {does} {form_of(got)} instead of "
                    f"{form_of(wanted)}: {what} {got}, expected {tuple(wanted)} (without the "
                    "batch)."
                )
        return ""

    def _wrong_parameters(self, looks):
        if self.parameters in (None, looks.parameters):
            return ""
        return f"The model has {looks.parameters} parameters, expected {self.parameters}."

    def _not_accepted(self, model):
        try:
            return self.accept(model) if self.accept is not None else ""
        except MISFITS:
            return "The model has another form than expected."

    def _other_function(self, looks, ours):
        if ours is None or compute_the_same(looks, ours):
            return ""
        if looks.weights != ours.weights:
            return (
                f"The weights have shapes {shapes_in_words(looks.weights)}, expected "
                f"{shapes_in_words(ours.weights)}."
            )
        return (
            "The shapes are right, but with the same weights the model computes something else "
            "than ours. Look at the activations."
        )


def _instead_of_a_model(answer, keras):
    """Return (what it is, what to do)."""
    if answer is None:
        return "nothing but None", ""
    if issubclass(type(answer), keras.layers.Layer):
        return "a layer", "`keras.Sequential([...])` makes a model of layers."
    if issubclass(type(answer), keras.KerasTensor):
        return "the output of a layer", "`keras.Model(inputs, outputs)` makes a model of it."
    if issubclass(type(answer), type):
        return "a class", "Call it, with brackets: that makes a model."
    return kind_of(answer), ""


def _keras_where_loaded():
    keras = sys.modules.get("keras")
    return keras if hasattr(keras, "Model") else None


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
