"""Write a model and its training as Keras code."""

import builtins
import inspect
import itertools
import json
import keyword
import re
from collections.abc import Mapping

import numpy as np

from lessons_lib.live._compiled import compile_setting
from lessons_lib.live._copying import Call, copy_graph, described, is_own_function, is_wired
from lessons_lib.live._optimizer import spared
from lessons_lib.live._tensorflow import keras, tf

# Where Keras finds its own things by name.
_MODULES = ("activations", "initializers", "regularizers", "constraints", "losses", "metrics")
_PLACES = ("layers", "optimizers", *_MODULES, "optimizers.schedules", "random", "dtype_policies")
_FUNCTIONS = {
    "keras.metrics": keras.metrics,
    "keras.ops": keras.ops,
    "tf.nn": tf.nn,
    "tf.math": tf.math,
    "tf": tf,
}
_NAMES = {"keras", "tf", "model", "wiring", "layers", "loss", "history", "X", "y", "X_val", "y_val"}
_LAST = ("dtype", "trainable")  # settings every layer has, written only when unusual


def as_code(model: keras.Model, batch_size: int, epochs: int, validation: bool) -> str:
    """Return Python code that builds, compiles and fits a model like `model`.

    The code uses the names ``X, y`` (and ``X_val, y_val``) for the data, and the learner's own
    names for layers and functions that are not Keras's.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    batch_size, epochs : int
        For ``fit``.
    validation : bool
        Whether there is validation data.
    """
    own = _Writer().model(model).own  # names that no variable may take
    writer = _Writer(own).model(model)
    compiled = writer.compiled(model)
    data = ", validation_data=(X_val, y_val)" if validation else ""
    lines = [
        *writer.first_lines(),
        *writer.lines,
        *compiled,
        f"history = model.fit(X, y{data}, batch_size={batch_size}, epochs={epochs}, verbose=0)",
    ]
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes models and what they are made of, as expressions and as lines.

    Parameters
    ----------
    taken : set of str
        Names that variables must not take.

    Attributes
    ----------
    lines : list of str
    own : set of str
        The learner's own names that the code uses.
    """

    def __init__(self, taken: set[str] = frozenset()):
        self.lines: list[str] = []
        self.own: set[str] = set()
        self._taken = {*taken, *_NAMES, *dir(builtins)}
        self._fetched_loss = self._tensorflow = False

    def first_lines(self) -> list[str]:
        """Return what must stand above the lines written so far."""
        lines = ["import keras"]
        if self._tensorflow:
            lines += ["import tensorflow as tf"]
        lines += [""]
        if self.own:
            lines += [f"# Your own, to be defined above: {', '.join(sorted(self.own))}.", ""]
        if (floatx := keras.config.floatx()) != "float32":
            lines += [f"keras.config.set_floatx({_text(floatx)})"]
        if (policy := keras.config.dtype_policy().name) != floatx:
            lines += [f"keras.config.set_dtype_policy({_text(policy)})"]
        if self._fetched_loss:
            lines += [
                "loss = model.loss  # a lambda has no name: take it from your own `model`",
                "",
            ]
        return lines

    # --- models -----------------------------------------------------------------------------

    def model(self, model: keras.Model, name: str = "model", place: str = "model") -> "_Writer":
        """Write lines that make a model under a name; `place` is where the learner has it."""
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
            names[id(tensor)] = self._variable("inputs")
            lines.append(f"{names[id(tensor)]} = {self._input(tensor)}")
        times = {key: sum(id(c.layer) == key for c in calls) for key in parts}
        for call in calls:
            part, base = parts[id(call.layer)], _base(call.layer)
            if times[id(call.layer)] > 1 and not part.isidentifier():  # one layer, several calls
                lines.append(f"{(shared := self._variable(base))} = {part}")
                part = parts[id(call.layer)] = shared
            variable = self._variable(base)
            lines.append(f"{variable} = {self._applied(part, call, names)}")
            names.update(_outputs(call.value, variable))
        inputs, outputs = (
            [names[id(t)] for t in tensors] for tensors in (copy.inputs, copy.outputs)
        )
        given = ", ".join(n[0] if len(n) == 1 else f"[{', '.join(n)}]" for n in (inputs, outputs))
        return [*lines, f"{name} = keras.Model({given}{_named(', ', model)})"]

    def _on_learners_wiring(self, model, calls, parts, name: str, place: str) -> list[str]:
        """Write the layers only: what stands between them has no public name."""
        ends = ", ".join(
            f"{place}.{end}" + "[0]" * (len(getattr(model, end)) == 1)
            for end in ("inputs", "outputs")
        )
        made = {c.layer.name: parts[id(c.layer)] for c in calls if isinstance(c.layer, keras.Layer)}
        return [
            "# What this model computes between its layers cannot be written out here:",
            "# these layers take their places in the wiring of your own `model`.",
            "layers = {",
            *(f"    {_text(layer)}: {part}," for layer, part in made.items()),
            "}",
            f"wiring = keras.Model({ends})",
            f"{name} = keras.models.clone_model(",
            "    wiring, clone_function=lambda layer: layers.get(layer.name, layer)",
            ")",
        ]

    def _part(self, layer, place: str) -> str:
        """Return an expression for one layer of a model; a model in a model is written before."""
        if is_wired(layer):
            name = self._variable(_base(layer))
            self.model(layer, name, f"{place}.get_layer({layer.name!r})")
            return name
        return self.object(layer, f"{place}.get_layer({layer.name!r})")

    def _operation(self, call: Call, place: str) -> str | None:
        """Return what is called in a graph: a layer, or a function of keras.ops; else None."""
        if isinstance(call.layer, keras.Layer):
            return self._part(call.layer, place)
        if type(call.layer).__name__ == "GetItem":
            return "[]"
        name = _snake(type(call.layer).__name__)
        try:
            first, settings = _operation_settings(call.layer)
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
            first, more = _operation_settings(call.layer)
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

    def _variable(self, base: str) -> str:
        for number in itertools.count(1):
            name = base if number == 1 else f"{base}_{number}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    # --- compile ----------------------------------------------------------------------------

    def compiled(self, model: keras.Model) -> list[str]:
        """Return the lines that compile `model` as it is compiled."""
        loss = compile_setting(model, "loss")
        self._fetched_loss = any(map(_is_nameless, keras.tree.flatten(loss)))
        written = "loss" if self._fetched_loss else self.value(loss)
        lines = [f"optimizer={self.object(model.optimizer)}", f"loss={written}"]
        if (weights := compile_setting(model, "loss_weights")) is not None:
            lines.append(f"loss_weights={self.value(weights)}")
        remarks = []
        for key in ("metrics", "weighted_metrics"):
            if metrics := compile_setting(model, key):
                if any(map(_is_nameless, keras.tree.flatten(metrics))):
                    remarks = ["# A lambda has no name to write: add your own metrics here."]
                else:
                    lines.append(f"{key}={self.value(metrics)}")
        return [
            "model.compile(",
            *(f"    {line}," for line in lines),
            *(f"    {r}" for r in remarks),
            ")",
            *_spared_lines(model),
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
        config = {**described(thing), **(adapted := _adapted(thing))}
        defaults = _defaults(type(thing))
        first, others = [], []
        for key, default in defaults.items():
            if key not in config or key in _LAST:
                continue
            value = adapted[key] if key in adapted else _argument(thing, key, config)
            written = f"{place}.{key}" if place and _is_nameless(value) else self.value(value)
            if default is inspect.Parameter.empty and not others:
                first.append(written)
            elif not _is_default(thing, key, value, default) and not _implied(key, config):
                others.append(f"{key}={written}")
        dtype = config.get("dtype")
        dtype = dtype["config"]["name"] if isinstance(dtype, dict) else dtype
        if "dtype" in defaults and dtype not in (None, _usual_dtype(thing)):
            others.append(f"dtype={_text(dtype)}")
        if "trainable" in defaults and not getattr(thing, "trainable", True):
            others.append("trainable=False")
        return f"{self._class(type(thing))}({', '.join([*first, *others])})"

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
        self.own.add(kind.__name__)
        return kind.__name__

    def _function(self, function) -> str:
        name = getattr(function, "__name__", type(function).__name__)
        if any(_by_name(module, name) is function for module in _MODULES):
            return _text(name)
        for module, place in _FUNCTIONS.items():
            if getattr(place, name, None) is function:
                self._tensorflow |= module.startswith("tf")
                return f"{module}.{name}"
        self.own.add(name)
        return name


def _spared_lines(model: keras.Model) -> list[str]:
    """Return the line that excludes variables from weight decay, if any are."""
    places = spared(model.optimizer, model.trainable_variables)
    inner = ".inner_optimizer" if hasattr(model.optimizer, "inner_optimizer") else ""
    line = (
        f"model.optimizer{inner}.exclude_from_weight_decay("
        f"var_list=[model.trainable_variables[i] for i in {places}])"
    )
    return [line] if places else []


def _operation_settings(operation: keras.Operation) -> tuple[list, dict]:
    """Return what a function of keras.ops takes before its tensors, and after them."""
    settings = {k: v for k, v in operation.get_config().items() if k != "name"}
    parameters = inspect.signature(operation.call).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):  # einsum("ij,jk->ik", A, B)
        return list(settings.values()), {}
    return [], settings


def _argument(thing, key: str, config: dict):
    """Return an argument of a thing: an object or function as it is, a plain one as described."""
    if key == "learning_rate":  # a variable, or a schedule
        schedule = thing.get_config()[key]
        return (
            keras.saving.deserialize_keras_object(schedule)
            if isinstance(schedule, dict)
            else schedule
        )
    now = getattr(thing, key, None)
    return now if callable(now) or hasattr(now, "get_config") else config[key]


def _defaults(kind: type) -> dict:
    """Return the arguments of a class by name, those handed on to the class above included."""
    found = {}
    for cls in kind.__mro__[:-1]:
        if "__init__" not in vars(cls):
            continue
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        stars = {p.kind for p in parameters} & {inspect.Parameter.VAR_KEYWORD}
        for p in parameters:
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL):
                found.setdefault(p.name, p.default)
        if not stars:
            break
    return found


def _is_default(thing, key: str, value, default) -> bool:
    if key == "name":
        return value == default or _is_automatic(thing)
    if is_own_function(value):
        return False
    if default is None and getattr(value, "__name__", "") == "linear":
        return True
    if isinstance(default, str) and callable(value):  # "glorot_uniform" against its object
        for named in filter(None, (_by_name(module, default) for module in _MODULES)):
            own = getattr(named, "get_config", dict)()
            if named is value or (type(named) is type(value) and own == value.get_config()):
                return True
        return False
    if isinstance(value, np.ndarray) or hasattr(value, "get_config"):
        return False
    return type(value) in (type(default), list, tuple, int, float) and _plain(value) == _plain(
        default
    )


def _adapted(layer) -> dict:
    """Return as arguments what `adapt` has found, which no configuration says."""
    if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:
        found = {"mean": layer.adapt_mean.numpy(), "variance": layer.adapt_variance.numpy()}
        return {key: _short(values) for key, values in found.items()}
    if isinstance(layer, keras.layers.Discretization) and layer.bin_boundaries is not None:
        return {"bin_boundaries": _short(layer.bin_boundaries), "num_bins": None}
    if isinstance(layer, keras.layers.IntegerLookup) and layer.input_vocabulary is None:
        vocabulary = layer.get_vocabulary(include_special_tokens=False)
        found = {"vocabulary": [int(number) for number in vocabulary]}
        if layer.output_mode == "tf_idf":
            found["idf_weights"] = _short(layer.idf_weights_const.numpy()[-len(vocabulary) :])
        return found
    return {}


def _short(values):
    """Return float32 numbers as lists of the shortest that mean the same."""
    values = np.asarray(values, "float32")
    return [_short(v) for v in values] if values.ndim else float(str(values))


def _implied(key: str, config: dict) -> bool:
    """Whether Keras itself filled in an argument that was left out."""
    if key == "strides" and "pool_size" in config:
        return config["strides"] == config["pool_size"]
    return key == "data_format" and config[key] == keras.config.image_data_format()


def _by_name(module: str, name: str):
    """Return what Keras means by a name in one of its modules, or None."""
    try:
        return getattr(keras, module).get(name)
    except (ValueError, TypeError):
        return None


def _is_nameless(value) -> bool:
    """Whether a function has no name that could be written."""
    if not callable(value) or isinstance(value, type) or hasattr(value, "get_config"):
        return False
    return not getattr(value, "__name__", "<no name>").isidentifier()


def _usual_dtype(thing) -> str:
    return (
        keras.config.dtype_policy().name
        if isinstance(thing, keras.Layer)
        else keras.config.floatx()
    )


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
    if _is_automatic(layer):
        name = _snake(type(layer).__name__)
    name = "".join(c if c.isalnum() else "_" for c in name)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"layer_{name}"


def _is_automatic(thing) -> bool:
    """Whether Keras made the name of a thing from its class."""
    return re.fullmatch(_snake(type(thing).__name__) + r"(_\d+)?", thing.name) is not None


def _named(before: str, model: keras.Model) -> str:
    automatic = _is_automatic(model) or re.fullmatch(r"(functional|sequential)(_\d+)?", model.name)
    return "" if automatic else f"{before}name={_text(model.name)}"


def _snake(name: str) -> str:
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _number(value: float) -> str:
    """Return a number as it was typed, though Keras has kept it as float32."""
    if not np.isfinite(value):
        return f'float("{value}")'
    short = float(str(np.float32(value)))
    return repr(short if float(np.float32(value)) == value else float(value))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value):
    return tuple(value) if isinstance(value, list) else value
