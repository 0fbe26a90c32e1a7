"""Copies of layers and graphs of layers, of the learner's own making too, without weights."""

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lessons_lib._ground.values import one_line
from lessons_lib.live._compiled import output_structure
from lessons_lib.live._dials import Dial
from lessons_lib.live._tensorflow import keras, reason, without_cautions

# Their from_config takes what is inside them as text only.
_TEXT_ONLY = (
    keras.layers.Lambda,
    keras.metrics.MeanMetricWrapper,
    keras.optimizers.LossScaleOptimizer,
)
_GENERAL = ("name", "trainable", "dtype")  # what every layer of Keras takes


@dataclass(frozen=True)
class Call:
    """One layer applied to tensors, as the model's graph does it."""

    layer: keras.layers.Layer
    args: tuple
    kwargs: dict
    inputs: tuple[int, ...]  # identities of the tensors that come in ...
    output: int  # ... and of the one that goes out
    value: object = field(repr=False, default=None)  # keeps the output alive, and so its identity


def from_keras(thing: Any) -> bool:
    """Whether a class, function or object is one of Keras's own."""
    return str(getattr(thing, "__module__", "")).split(".")[0] == "keras"


def is_own_function(value: Any) -> bool:
    """Whether `value` is an activation, initializer, penalty or constraint that Keras lacks."""
    return callable(value) and not isinstance(value, keras.Layer) and not from_keras(value)


def is_wired(layer: Any) -> bool:
    """Whether a layer is a model whose wiring can be seen; one written as a class is a layer."""
    return isinstance(layer, keras.Model) and bool(getattr(layer, "inputs", None))


def leaves(model: keras.Model) -> dict[str, keras.layers.Layer]:
    """Return the layers of `model` by path, models inside it opened: ``"encoder/dense"``."""
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if is_wired(layer):
            inner = leaves(layer)
            found.update({f"{layer.name}/{path}": leaf for path, leaf in inner.items()})
        else:
            found[layer.name] = layer
    return found


def copy_graph(
    model: keras.Model,
    make: Callable[[keras.layers.Layer], keras.layers.Layer],
    calls: list[Call] | None = None,
) -> keras.Model:
    """Return a new, uncompiled functional model wired as `model`, of layers given by `make`.

    With `calls`, each layer call of the new graph is appended to it.
    """

    def record(layer, *args, **kwargs):
        outputs = layer(*args, **kwargs)
        inputs = tuple(id(t) for t in keras.tree.flatten((args, kwargs)) if _is_symbolic(t))
        calls.append(Call(layer, args, kwargs, inputs, id(outputs), outputs))
        return outputs

    # A twin on the same layers: clone_model would otherwise copy the compilation as well, which
    # fails for a loss that is a plain function.
    inputs = model.inputs[0] if len(model.inputs) == 1 else model.inputs
    outputs = model.outputs[0] if len(model.outputs) == 1 else output_structure(model)
    twin = keras.Model(inputs, outputs, name=model.name)
    call = record if calls is not None else None
    with without_cautions():
        return keras.models.clone_model(twin, clone_function=make, call_function=call)


def same(thing: Any) -> Any:
    """Return a copy of a layer or another thing of Keras's kinds, not of its weights.

    Raises
    ------
    ValueError
        With one sentence on why there can be none, and what to change.
    """
    if is_wired(thing):
        return copy_graph(thing, same)
    return remade(type(thing), lambda: described(thing), thing.name)


def described(thing: Any) -> dict:
    """Return the configuration of a layer, metric, loss or optimizer, as `remade` takes it.

    Keras writes a function down as a name, which it finds again only if it is registered: here
    functions stay as they are, and so do penalties of the learner's own. A class of theirs that
    does not say in `get_config` what its `__init__` took is asked for attributes of the same names.
    """
    kind = type(thing)
    try:
        with warnings.catch_warnings():  # that a function is a lambda matters to saving, not here
            warnings.simplefilter("ignore")
            config = thing.get_config()
    except NotImplementedError:
        if from_keras(kind) or _starred(kind):
            raise
        config = {key: getattr(thing, key) for key in _GENERAL if hasattr(thing, key)}
    for key in config:
        value = getattr(thing, key, getattr(thing, f"_{key}", None))
        if is_own_function(value) or inspect.isfunction(value):
            config[key] = value
        elif isinstance(value, Dial):  # as it stands now
            config[key] = value.number
    # Some losses and metrics of Keras's, such as Huber, leave out what they hand to a function.
    for key, value in getattr(thing, "_fn_kwargs", {}).items():
        config.setdefault(key, value)
    if from_keras(kind) or not from_keras(kind.from_config):  # it knows its own way
        return config
    for key in _named(kind):
        value = getattr(thing, key, None)
        if isinstance(value, Dial):
            value = value.number
        if key not in config and value is not None and not isinstance(value, keras.Variable):
            config[key] = _apart(value)
    return config


def remade(kind: type, get_config: Callable[[], dict], name: str) -> Any:
    """Return a thing of class `kind` from its configuration.

    Raises
    ------
    ValueError
        A class of the learner's own that does not describe itself.
    """
    try:
        config = get_config()
        if kind in _TEXT_ONLY:
            return kind(**config)
        if from_keras(kind) or not from_keras(kind.from_config):
            return kind.from_config(config)
        return _own_remade(kind, config, name.rsplit("/", 1)[-1])
    except (TypeError, ValueError, NotImplementedError) as error:
        why = f" ({one_line(reason(error))})" if from_keras(kind) else ""
        raise ValueError(
            f"The {_word(kind)} {name!r} cannot be copied{why}: {how_to_describe(kind)}."
        ) from error


def _own_remade(kind: type, config: dict, name: str) -> Any:
    """Return a thing of the learner's own class, whatever its `__init__` passes on."""
    named = _named(kind)
    takes_more = any(p.kind is p.VAR_KEYWORD for p in _parameters(kind))
    accepted = {k: v for k, v in config.items() if takes_more or k in named}
    make = kind.from_config if takes_more else lambda config: kind(**config)
    try:
        thing = make(accepted)
    except TypeError:
        # It gives some of the arguments to the class above by itself: leave them out.
        some = {k: v for k, v in accepted.items() if k in named or k in _GENERAL}
        thing = make(some)
        now = thing.get_config()
        lost = next((k for k in accepted if k in now and not _alike(now[k], config[k])), None)
        if lost is not None:
            raise ValueError(f"the copy would have another {lost}") from None
    if isinstance(thing, keras.Layer):
        thing.name = name
        thing.trainable = config.get("trainable", True)
        if "dtype" in config and "dtype" not in accepted:
            thing.dtype_policy = config["dtype"]
    return thing


def how_to_describe(kind: type) -> str:
    """Return what to change in a class so that its things can be copied."""
    if from_keras(kind):
        return (
            "what is your own inside it must be a function made with def, or a class with a "
            "get_config(), registered with @keras.saving.register_keras_serializable()"
        )
    example = next((key for key in _named(kind) if key not in _GENERAL), "units")
    first = f"name the arguments in place of *{s[0]}, and " if (s := _starred(kind)) else ""
    return (
        f"in {kind.__name__}.__init__ {first}keep each argument as it came under its own name, as "
        f"in self.{example} = {example}, after super().__init__()"
    )


def _word(kind: type) -> str:
    words = {keras.Layer: "layer", keras.Metric: "metric", keras.optimizers.Optimizer: "optimizer"}
    return next((word for base, word in words.items() if issubclass(kind, base)), "object")


def _parameters(kind: type) -> list[inspect.Parameter]:
    return list(inspect.signature(kind.__init__).parameters.values())[1:]


def _named(kind: type) -> list[str]:
    stars = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    return [p.name for p in _parameters(kind) if p.kind not in stars]


def _starred(kind: type) -> list[str]:
    return [p.name for p in _parameters(kind) if p.kind is p.VAR_POSITIONAL]


def _apart(value):
    """Return an argument for a copy; what has weights must not be shared with the original."""
    if isinstance(value, keras.Layer | keras.Metric | keras.optimizers.Optimizer):
        return same(value)
    if isinstance(value, list | tuple):
        return [_apart(v) for v in value] if isinstance(value, list) else tuple(map(_apart, value))
    return value


def _alike(a, b) -> bool:
    """Whether two plain settings are equal, seeds apart; objects are not compared."""
    if isinstance(a, dict) and isinstance(b, dict):
        return all(_alike(a[key], b[key]) for key in a.keys() & b.keys() - {"name", "seed"})
    plain = str, int, float, bool, type(None)
    return not (isinstance(a, plain) and isinstance(b, plain)) or a == b


def _is_symbolic(value) -> bool:
    return isinstance(value, keras.KerasTensor)
