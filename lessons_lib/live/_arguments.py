"""With which arguments a thing of Keras was made, and which of them go without saying."""

import inspect
import re
from typing import Any

import numpy as np

from lessons_lib.live._copying import described, is_own_function
from lessons_lib.live._tensorflow import keras

# Where Keras finds its own things by name.
MODULES = ("activations", "initializers", "regularizers", "constraints", "losses", "metrics")
_LAST = ("dtype", "trainable")  # settings every layer has, written only when unusual


def arguments_of(thing: Any) -> tuple[dict, dict]:
    """Return the arguments that a constructor call needs: first those by place, then by name.

    Parameters
    ----------
    thing : layer, optimizer, loss, metric, initializer, ...
    """
    adapted = _adapted_to(thing)
    config, defaults = {**described(thing), **adapted}, _defaults_of(type(thing))
    first, others = {}, {}
    for key, default in defaults.items():
        if key not in config or key in _LAST:
            continue
        value = adapted[key] if key in adapted else _argument_of(thing, key, config)
        if default is inspect.Parameter.empty and not others:
            first[key] = value
        elif not _is_default(thing, key, value, default) and not _implied(key, config):
            others[key] = value
    dtype = config.get("dtype")
    dtype = dtype["config"]["name"] if isinstance(dtype, dict) else dtype
    if "dtype" in defaults and dtype not in (None, _usual_dtype(thing)):
        others["dtype"] = dtype
    if "trainable" in defaults and not getattr(thing, "trainable", True):
        others["trainable"] = False
    return first, others


def operation_settings(operation: keras.Operation) -> tuple[list, dict]:
    """Return what a function of keras.ops takes before its tensors, and after them."""
    settings = {k: v for k, v in operation.get_config().items() if k != "name"}
    parameters = inspect.signature(operation.call).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):  # einsum("ij,jk->ik", A, B)
        return list(settings.values()), {}
    return [], settings


def _argument_of(thing, key: str, config: dict):
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


def _defaults_of(kind: type) -> dict:
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
        return value == default or is_automatic(thing)
    if is_own_function(value):
        return False
    if default is None and getattr(value, "__name__", "") == "linear":
        return True
    if isinstance(default, str) and callable(value):  # "glorot_uniform" against its object
        for named in filter(None, (by_name(module, default) for module in MODULES)):
            alike = type(named) is type(value) and hasattr(value, "get_config")
            if named is value or (alike and named.get_config() == value.get_config()):
                return True
        return False
    if isinstance(value, np.ndarray) or hasattr(value, "get_config"):
        return False
    return type(value) in (type(default), list, tuple, int, float) and _plain(value) == _plain(
        default
    )


def _adapted_to(layer) -> dict:
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


def by_name(module: str, name: str) -> Any:
    """Return what Keras means by a name in one of its modules, or None."""
    try:
        return getattr(keras, module).get(name)
    except (ValueError, TypeError):
        return None


def is_nameless(value: Any) -> bool:
    """Whether a function has no name that could be written."""
    if not callable(value) or isinstance(value, type) or hasattr(value, "get_config"):
        return False
    return not getattr(value, "__name__", "<no name>").isidentifier()


def is_automatic(thing: Any) -> bool:
    """Whether Keras made the name of a thing from its class."""
    return re.fullmatch(snake(type(thing).__name__) + r"(_\d+)?", thing.name) is not None


def _usual_dtype(thing) -> str:
    return (
        keras.config.dtype_policy().name
        if isinstance(thing, keras.Layer)
        else keras.config.floatx()
    )


def snake(name: str) -> str:
    """Return the name of a class as Keras writes it in names: ``dense_units``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _plain(value):
    return tuple(value) if isinstance(value, list) else value
