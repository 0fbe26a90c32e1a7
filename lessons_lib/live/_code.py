"""Write a model and its training as Keras code."""

import inspect
import json
import keyword

import numpy as np

from lessons_lib.live._network import compile_setting
from lessons_lib.live._structure import Call, copy_graph, described, is_own_function, same
from lessons_lib.live._tensorflow import keras

_MODULES = ("initializers", "regularizers", "constraints", "losses", "optimizers", "metrics")
_GENERAL = ("trainable", "dtype", "seed")  # settings every layer has, written only when unusual


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
    data = ", validation_data=(X_val, y_val)" if validation else ""
    nameless = ["loss = model.loss  # a lambda has no name: take it from your own `model`", ""]
    lines = [
        "import keras",
        "",
        *(nameless if _value(model.loss) == "loss" else []),
        *_model_lines(model),
        *_compile_lines(model),
        f"history = model.fit(X, y{data}, batch_size={batch_size}, epochs={epochs}, verbose=0)",
    ]
    return "\n".join(lines) + "\n"


def _model_lines(model: keras.Model) -> list[str]:
    if isinstance(model, keras.Sequential):
        layers = [_input(model), *map(_layer, model.layers)]
        return ["model = keras.Sequential([", *(f"    {layer}," for layer in layers), "])"]
    calls: list[Call] = []
    copy = copy_graph(model, same, calls)
    simple = all(isinstance(c.layer, keras.Layer) and _takes_tensors_only(c) for c in calls)
    once = len({id(c.layer) for c in calls}) == len(calls)
    if not simple or not once or any(isinstance(c.layer, keras.Model) for c in calls):
        return [
            "# This model's wiring is too free to write out here: start from your own `model`.",
            "model = keras.models.clone_model(model)",
        ]
    return _functional_lines(model, copy, calls)


def _functional_lines(model: keras.Model, copy: keras.Model, calls: list[Call]) -> list[str]:
    names = {id(copy.inputs[0]): "inputs"}
    lines = [f"inputs = {_input(model)}"]
    for call in calls:
        name = _variable(call.layer.name, set(names.values()))
        inputs = [names[i] for i in call.inputs]
        given = f"[{', '.join(inputs)}]" if isinstance(call.args[0], list | tuple) else inputs[0]
        lines.append(f"{name} = {_layer(call.layer)}({given})")
        names[call.output] = name
    return [*lines, f"model = keras.Model(inputs, {names[id(copy.outputs[0])]})"]


def _compile_lines(model: keras.Model) -> list[str]:
    lines = [
        "model.compile(",
        f"    optimizer={_object(model.optimizer)},",
        f"    loss={_value(model.loss)},",
    ]
    if (weights := compile_setting(model, "loss_weights")) is not None:
        lines.append(f"    loss_weights={_value(weights)},")
    if metrics := compile_setting(model, "metrics"):
        lines.append(f"    metrics={_value(keras.saving.deserialize_keras_object(metrics))},")
    return [*lines, ")"]


def _input(model: keras.Model) -> str:
    tensor = model.inputs[0]
    dtype = "" if tensor.dtype == keras.config.floatx() else f", dtype={tensor.dtype!r}"
    return f"keras.Input(shape={tuple(tensor.shape[1:])!r}{dtype})"


def _layer(layer: keras.Layer) -> str:
    return _object(layer, skip=("name", *_GENERAL))


def _object(thing, skip: tuple[str, ...] = ("name",)) -> str:
    """Return a constructor call with the arguments that differ from the defaults."""
    config = {**described(thing), **(adapted := _adapted(thing))}
    parameters = inspect.signature(type(thing).__init__).parameters
    arguments = []
    for key, parameter in parameters.items():
        if key == "self" or key not in config or key in skip:
            continue
        value = config[key] if key in adapted else getattr(thing, key, config[key])
        if key == "learning_rate":  # a variable, whose float32 value is written as typed
            value = _rate(thing)
        written = _value(value)
        if isinstance(thing, keras.Layer) and _is_nameless(value):
            # Read off the learner's model before the new one takes its name.
            written = f"model.get_layer({thing.name!r}).{key}"
        required = parameter.default is inspect.Parameter.empty
        if required:  # required arguments come first, so they can stand without their names
            arguments.append(written)
        elif not (_is_default(value, config[key], parameter.default) or _implied(key, config)):
            arguments.append(f"{key}={written}")
    if not getattr(thing, "trainable", True):
        arguments.append("trainable=False")
    return f"{_qualified(type(thing))}({', '.join(arguments)})"


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


def _is_default(value, config, default) -> bool:
    if is_own_function(value):
        return False
    if isinstance(default, str) and callable(value):  # "glorot_uniform" against its object
        module = next((m for m in _MODULES if f"{m}." in type(value).__module__), None)
        named = getattr(keras, module).get(default) if module else keras.activations.get(default)
        own = getattr(named, "get_config", dict)()
        return type(named) is type(value) and (
            _seedless(own) == _seedless(value.get_config()) if module else named is value
        )
    if default is None and getattr(value, "__name__", "") == "linear":
        return True
    return _plain(config) == _plain(default)


def _value(value) -> str:
    if isinstance(value, list | tuple):
        inner = ", ".join(map(_value, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if hasattr(value, "get_config"):
        return _object(value)
    if callable(value):
        name = getattr(value, "__name__", type(value).__name__)
        if getattr(value, "__module__", "").startswith("keras."):
            return f'"{name}"'
        return name if name.isidentifier() else "loss"  # "<lambda>": see as_code
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, np.generic):
        return repr(value.item())
    return repr(value)


def _is_nameless(value) -> bool:
    return callable(value) and not getattr(value, "__name__", "named").isidentifier()


def _rate(optimizer):
    schedule = optimizer.get_config()["learning_rate"]
    if isinstance(schedule, dict):
        return keras.saving.deserialize_keras_object(schedule)
    return float(str(np.float32(schedule)))


def _qualified(kind: type) -> str:
    if not kind.__module__.startswith("keras."):
        return kind.__name__
    for module in ("layers", *_MODULES, "optimizers.schedules"):
        place = keras
        for part in module.split("."):
            place = getattr(place, part)
        if getattr(place, kind.__name__, None) is kind:
            return f"keras.{module}.{kind.__name__}"
    return kind.__name__


def _takes_tensors_only(call: Call) -> bool:
    return len(call.args) == 1 and not any(v is not None for v in call.kwargs.values())


def _variable(name: str, taken: set[str]) -> str:
    name = "".join(c if c.isalnum() else "_" for c in name)
    if not name.isidentifier() or keyword.iskeyword(name) or name in {"keras", "model", "X", "y"}:
        name = f"layer_{name}"
    while name in taken:
        name += "_"
    return name


def _seedless(config: dict) -> dict:
    return {key: value for key, value in config.items() if key != "seed"}


def _plain(value):
    return tuple(value) if isinstance(value, list) else value
