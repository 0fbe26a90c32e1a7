"""Write a model and its training as Keras code."""

import builtins
import inspect
import itertools
import json
import keyword
import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from lessons_lib.live._arguments import (
    MODULES,
    arguments_of,
    by_name,
    is_automatic,
    is_nameless,
    operation_settings,
    snake,
)
from lessons_lib.live._compiled import compile_setting, output_structure
from lessons_lib.live._copying import Call, copy_graph, is_wired
from lessons_lib.live._optimizer import spared
from lessons_lib.live._tensorflow import keras, tf

_PLACES = ("layers", "optimizers", *MODULES, "optimizers.schedules", "random", "dtype_policies")
_FUNCTIONS = {
    "keras.metrics": keras.metrics,
    "keras.ops": keras.ops,
    "tf.nn": tf.nn,
    "tf.math": tf.math,
    "tf": tf,
}
_NAMES = {"keras", "live", "tf", "X", "y", "X_val", "y_val"}
_WIDEST = 100  # characters of a line


def as_code(
    model: keras.Model,
    fit: Sequence[str],
    original: str = "model",
    taken: Collection[str] = (),
    remarks: Sequence[str] = (),
) -> str:
    """Return Python code that builds, compiles and fits a model like `model`.

    The code uses the learner's own names for layers and functions that are not Keras's.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    fit : sequence of str
        The arguments of ``fit``, as they are written there.
    original : str
        What the learner calls the model that was given, for what has no name inside it.
    taken : collection of str
        Names that the code must not give to anything.
    remarks : sequence of str
        Comments, put above ``fit``.
    """
    own = {*_Writer().model(model).own, *taken}  # names that no variable may take
    writer = _Writer(own, original)
    name, history = writer.variable("model"), writer.variable("history")
    compiled = [*writer.model(model, name).lines, *writer.compiled(model, name)]
    line = f"{history} = {name}.fit({', '.join(fit)})"
    if len(line) > _WIDEST:
        line = "\n    ".join([f"{history} = {name}.fit(", *(f"{a}," for a in fit)]) + "\n)"
    lines = [*writer.first_lines(), *compiled, *(f"# {remark}" for remark in remarks), line]
    return "\n".join(lines) + "\n"


def optimizer_as_code(
    optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]
) -> tuple[str, list[str]]:
    """Return an optimizer of `variables` as an expression, and the lines that stand above."""
    writer = _Writer()
    code, remarks = writer.object(optimizer), []
    if spared(optimizer, variables):
        kind = type(optimizer).__name__
        remarks.append(f"# Which weights {kind} excludes from weight decay is not written here.")
    try:
        compile(code, "", "eval")
    except SyntaxError:  # <lambda>
        code = "your_optimizer"
        remarks.append(f"# {code}: it holds a function without a name, which nobody can write.")
    return code, [*filter(None, writer.first_lines()), *remarks]


class _Writer:
    """Writes models and what they are made of, as expressions and as lines.

    Parameters
    ----------
    taken : set of str
        Names that variables must not take.
    original : str
        What the learner calls the model that was given.

    Attributes
    ----------
    lines : list of str
    own : set of str
        The learner's own names that the code uses.
    """

    def __init__(self, taken: Collection[str] = (), original: str = "model"):
        self.lines: list[str] = []
        self._original, self._loss = original, ""
        self.own: set[str] = set()
        self._taken = {*taken, *_NAMES, *dir(builtins)}
        self._tensorflow = self._live = False

    def first_lines(self) -> list[str]:
        """Return what must stand above the lines written so far."""
        lines = ["import keras"]
        if self._tensorflow:
            lines += ["import tensorflow as tf"]
        if self._live:
            lines += ["from lessons_lib import live"]
        lines += [""]
        if self.own:
            lines += [f"# Your own, to be defined above: {', '.join(sorted(self.own))}.", ""]
        if (floatx := keras.config.floatx()) != "float32":
            lines += [f"keras.config.set_floatx({_text(floatx)})"]
        if (policy := keras.config.dtype_policy().name) != floatx:
            lines += [f"keras.config.set_dtype_policy({_text(policy)})"]
        if self._loss:
            lines += [
                f"{self._loss} = {self._original}.loss  # a lambda has no name: it is your model's",
                "",
            ]
        return lines

    # --- models -----------------------------------------------------------------------------

    def model(self, model: keras.Model, name: str = "model", place: str = "") -> "_Writer":
        """Write lines that make a model under a name; `place` is where the learner has it."""
        place = place or self._original
        sequential = isinstance(model, keras.Sequential)
        lines = self._sequential(model, name, place) if sequential else None
        self.lines += lines or self._functional(model, name, place)
        if not model.trainable:
            self.lines.append(f"{name}.trainable = False")
        return self

    def _sequential(self, model, name: str, place: str) -> list[str]:
        layers = [self._input(model.inputs[0]), *(self._part(l, place) for l in model.layers)]
        end = _named(", ", model)
        return [f"{name} = keras.Sequential([", *(f"    {layer}," for layer in layers), f"]{end})"]

    def _functional(self, model, name: str, place: str) -> list[str]:
        calls: list[Call] = []
        copy = copy_graph(model, lambda layer: layer, calls)
        parts = {id(c.layer): self._operation(c, place) for c in calls}
        if None in parts.values():
            return self._on_learners_wiring(model, calls, parts, name, place)
        lines, names = [], {}
        for tensor in copy.inputs:
            names[id(tensor)] = self.variable("inputs")
            lines.append(f"{names[id(tensor)]} = {self._input(tensor)}")
        times = {key: sum(id(c.layer) == key for c in calls) for key in parts}
        for call in calls:
            part, base = parts[id(call.layer)], _base(call.layer)
            if times[id(call.layer)] > 1 and not part.isidentifier():  # one layer, several calls
                lines.append(f"{(shared := self.variable(base))} = {part}")
                part = parts[id(call.layer)] = shared
            variable = self.variable(base)
            lines.append(f"{variable} = {self._applied(part, call, names)}")
            names.update(_outputs(call.value, variable))
        inputs = ", ".join(names[id(t)] for t in copy.inputs)
        inputs = inputs if len(copy.inputs) == 1 else f"[{inputs}]"

        def written(outputs) -> str:
            return names[id(outputs)] if id(outputs) in names else self.value(outputs, written)

        outputs = written(output_structure(copy))
        return [*lines, f"{name} = keras.Model({inputs}, {outputs}{_named(', ', model)})"]

    def _on_learners_wiring(self, model, calls, parts, name: str, place: str) -> list[str]:
        """Write the layers only: what stands between them has no public name."""
        ends = ", ".join(
            f"{place}.{end}" + "[0]" * (len(getattr(model, end)) == 1)
            for end in ("inputs", "outputs")
        )
        made = {c.layer.name: parts[id(c.layer)] for c in calls if isinstance(c.layer, keras.Layer)}
        layers, wiring = self.variable("layers"), self.variable("wiring")
        return [
            "# What this model computes between its layers cannot be written out here:",
            f"# these layers take their places in the wiring of your own `{self._original}`.",
            f"{layers} = {{",
            *(f"    {_text(layer)}: {part}," for layer, part in made.items()),
            "}",
            f"{wiring} = keras.Model({ends})",
            f"{name} = keras.models.clone_model(",
            f"    {wiring}, clone_function=lambda layer: {layers}.get(layer.name, layer)",
            ")",
        ]

    def _part(self, layer, place: str) -> str:
        """Return an expression for one layer of a model; a model in a model is written before."""
        if is_wired(layer):
            name = self.variable(_base(layer))
            self.model(layer, name, f"{place}.get_layer({layer.name!r})")
            return name
        return self.object(layer, f"{place}.get_layer({layer.name!r})")

    def _operation(self, call: Call, place: str) -> str | None:
        """Return what is called in a graph: a layer, or a function of keras.ops; else None."""
        if isinstance(call.layer, keras.Layer):
            return self._part(call.layer, place)
        if type(call.layer).__name__ == "GetItem":
            return "[]"
        name = snake(type(call.layer).__name__)
        try:
            first, settings = operation_settings(call.layer)
            signature = inspect.signature(getattr(keras.ops, name, None))
            signature.bind(*first, *call.args, **call.kwargs, **settings)
        except (TypeError, ValueError, NotImplementedError):
            return None
        return f"keras.ops.{name}"

    def _applied(self, part: str, call: Call, names: dict[int, str]) -> str:
        """Return a call of a part on tensors that have names."""

        def written(value) -> str:
            if id(value) in names:
                return names[id(value)]
            if isinstance(value, np.ndarray) or tf.is_tensor(value):  # a constant in the graph
                numbers = self.value(np.asarray(value).tolist())
                dtype = keras.backend.standardize_dtype(value.dtype)
                return f"keras.ops.convert_to_tensor({numbers}, {_text(dtype)})"
            return self.value(value, inner=written)

        if part == "[]":
            key = call.args[1]
            keys = ", ".join(map(written, key if isinstance(key, tuple) else (key,)))
            return f"{written(call.args[0])}[{keys}]"
        # Keras writes down in each call what `training` is unless told otherwise.
        usual = inspect.signature(call.layer.call).parameters
        settings = {
            key: value
            for key, value in call.kwargs.items()
            if key != "training" or key not in usual or value != usual[key].default
        }
        first, more = [], {}
        if not isinstance(call.layer, keras.Layer):
            first, more = operation_settings(call.layer)
        settings |= more
        given = [written(arg) for arg in (*first, *call.args)]
        given += [f"{k}={written(v)}" for k, v in settings.items() if v is not None]
        return f"{part}({', '.join(given)})"

    def _input(self, tensor) -> str:
        dtype = "" if tensor.dtype == keras.config.floatx() else f", dtype={tensor.dtype!r}"
        name = tensor.name
        named = (
            f", name={_text(name)}"
            if not re.fullmatch(r"(\w+_)?(input_layer|tensor)(_\d+)?", name)
            else ""
        )
        whole = tuple(tensor.shape)
        shape = f"shape={whole[1:]!r}" if whole[0] is None else f"batch_shape={whole!r}"
        return f"keras.Input({shape}{dtype}{named})"

    def variable(self, base: str) -> str:
        """Return a name for a variable that nothing else has."""
        for number in itertools.count(1):
            name = base if number == 1 else f"{base}_{number}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    # --- compile ----------------------------------------------------------------------------

    def compiled(self, model: keras.Model, name: str) -> list[str]:
        """Return the lines that compile `model`, under this name, as it is compiled."""
        loss = compile_setting(model, "loss")
        if any(map(is_nameless, keras.tree.flatten(loss))):
            self._loss = self.variable("loss")
        written = self._loss or self.value(loss)
        lines = [f"optimizer={self.object(model.optimizer)}", f"loss={written}"]
        if (weights := compile_setting(model, "loss_weights")) is not None:
            lines.append(f"loss_weights={self.value(weights)}")
        remarks = []
        for key in ("metrics", "weighted_metrics"):
            if metrics := compile_setting(model, key):
                if any(map(is_nameless, keras.tree.flatten(metrics))):
                    remarks = ["# A lambda has no name to write: add your own metrics here."]
                else:
                    lines.append(f"{key}={self.value(metrics)}")
        return [
            f"{name}.compile(",
            *(f"    {line}," for line in lines),
            *(f"    {r}" for r in remarks),
            ")",
            *_spared_lines(model, name),
        ]

    # --- things and values ------------------------------------------------------------------

    def object(self, thing, place: str | None = None) -> str:
        """Return a constructor call with the arguments that differ from the defaults.

        Parameters
        ----------
        thing : layer, optimizer, loss, metric, initializer, ...
        place : str, optional
            Where the learner has it, for what is nameless inside it.
        """
        first, others = arguments_of(thing)

        def written(key: str, value) -> str:
            return f"{place}.{key}" if place and is_nameless(value) else self.value(value)

        given = [written(key, value) for key, value in first.items()]
        given += [f"{key}={written(key, value)}" for key, value in others.items()]
        return f"{self._class(type(thing))}({', '.join(given)})"

    def value(self, value, inner=None) -> str:
        """Return any other value as an expression; `inner` writes what is inside it."""
        inner = inner or self.value
        if isinstance(value, Mapping):
            if {"class_name", "config"} <= set(value):
                return inner(keras.saving.deserialize_keras_object(value))
            return f"{{{', '.join(f'{inner(k)}: {inner(v)}' for k, v in value.items())}}}"
        if isinstance(value, list | tuple):
            parts = ", ".join(map(inner, value))
            return (
                f"[{parts}]" if isinstance(value, list) else f"({parts}{',' * (len(value) == 1)})"
            )
        if isinstance(value, slice):
            ends = [inner(end) if end is not None else "" for end in (value.start, value.stop)]
            return ":".join([*ends, *([inner(value.step)] if value.step is not None else [])])
        if value is Ellipsis:
            return "..."
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, np.ndarray | keras.Variable) or tf.is_tensor(value):
            return inner(np.asarray(value).tolist())
        if isinstance(value, np.generic):
            return inner(value.item())
        if isinstance(value, float):
            return _number(value)
        if isinstance(value, type):
            return self._class(value)
        if hasattr(value, "get_config"):
            return self.object(value)
        return self._function(value) if callable(value) else repr(value)

    def _class(self, kind: type) -> str:
        for module in _PLACES:
            place = keras
            for part in module.split("."):
                place = getattr(place, part)
            if getattr(place, kind.__name__, None) is kind:
                return f"keras.{module}.{kind.__name__}"
        if kind.__module__.startswith("lessons_lib.live."):
            self._live = True
            return f"live.{kind.__name__}"
        self.own.add(kind.__name__)
        return kind.__name__

    def _function(self, function) -> str:
        name = getattr(function, "__name__", type(function).__name__)
        if any(by_name(module, name) is function for module in MODULES):
            return _text(name)
        for module, place in _FUNCTIONS.items():
            if getattr(place, name, None) is function:
                self._tensorflow |= module.startswith("tf")
                return f"{module}.{name}"
        self.own.add(name)
        return name


def _spared_lines(model: keras.Model, name: str) -> list[str]:
    """Return the line that excludes variables from weight decay, if any are."""
    places = spared(model.optimizer, model.trainable_variables)
    inner = ".inner_optimizer" if hasattr(model.optimizer, "inner_optimizer") else ""
    line = (
        f"{name}.optimizer{inner}.exclude_from_weight_decay("
        f"var_list=[{name}.trainable_variables[i] for i in {places}])"
    )
    return [line] if places else []


def _outputs(value, variable: str) -> dict[int, str]:
    """Return the names of what a call has put out, by identity of the tensors."""
    if isinstance(value, list | tuple):
        items = enumerate(value)
    elif isinstance(value, dict):
        items = value.items()
    else:
        return {id(value): variable}
    found = {}
    for key, inner in items:
        found.update(_outputs(inner, f"{variable}[{key!r}]"))
    return found


def _base(layer) -> str:
    """Return a name for what a layer puts out: its own without Keras's number."""
    name = layer.name
    if is_automatic(layer):
        name = snake(type(layer).__name__)
    name = "".join(c if c.isalnum() else "_" for c in name)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"layer_{name}"


def _named(before: str, model: keras.Model) -> str:
    automatic = is_automatic(model) or re.fullmatch(r"(functional|sequential)(_\d+)?", model.name)
    return "" if automatic else f"{before}name={_text(model.name)}"


def _number(value: float) -> str:
    """Return a number as it was typed, though Keras has kept it as float32."""
    if not np.isfinite(value):
        return f'float("{value}")'
    short = float(str(np.float32(value)))
    return repr(short if float(np.float32(value)) == value else float(value))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
