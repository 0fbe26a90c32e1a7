"""Compiled programs, each kept and shared by all networks that are alike.

TensorFlow never frees what it has compiled, 20 MB for a small network, and only part of what it
has traced. So a cell that is run again, a panel that is made again and a knob that is turned
back must find the program that is there. A program is for a kind of network, not for one: its
variables and data are handed over at each call.
"""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lessons_lib._ground import memory
from lessons_lib.live._copying import described, from_keras, is_own_function, leaves
from lessons_lib.live._dense_stack import DenseStack
from lessons_lib.live._features import InputFeatures
from lessons_lib.live._layers import Dense, Dropout
from lessons_lib.live._tensorflow import keras, on_cpu, stored, tf, without_cautions

_MOST_KEPT = 128  # traced functions; each holds about a megabyte besides what is never freed
# In a layer's configuration, but held by a variable.
_KNOBS = {
    Dense: ("width",),
    Dropout: ("rate",),
    DenseStack: ("depth", "skip", "batch_norm"),
    InputFeatures: ("on",),
}
_kept: "OrderedDict[str, _Traced]" = OrderedDict()


class Program:
    """A function of a network, traced or found among the programs kept at its first call.

    The function takes and returns tensors; it reads no data but its arguments and what
    `variables` returns: all variables (and tensors `held_by` the model) that it may use, in an
    order that goes with `identity`. That is text which is the same only for functions that
    compute the same, or None where this cannot be known: such a program is not shared. `jit` says
    that a part of it is compiled with XLA.
    """

    def __init__(
        self,
        function: Callable,
        signature: Sequence[tf.TensorSpec],
        variables: Callable[[], list],
        identity: Callable[[], str | None],
        jit: bool = False,
        cautioned: bool = False,
    ):
        self._function, self._signature, self._jit = function, signature, jit
        self._variables, self._identity = variables, identity
        self._cautioned = cautioned
        self._traced: _Traced | None = None

    @property
    def ready(self) -> bool:
        """Whether the function is traced."""
        return self._traced is not None

    @property
    def compiled(self) -> bool:
        """Whether a call begins at once."""
        return self._traced is not None and self._traced.compiled

    def compile_ahead(self, *arguments: tf.Tensor) -> Callable[[], None] | None:
        """Trace now; return what compiles, which any thread may do.

        It is a call for variables like the network's, which can be used meanwhile. None if all is
        compiled, or where the function uses what is no variable.
        """
        with on_cpu():
            if self._traced is None:
                self._find()
            traced = self._traced
            if traced.compiled or traced.places is None:
                return None
            values = [_value(variable) for variable in self._variables()]
            like = [
                tf.Variable(tf.zeros_like(values[place]))
                if isinstance(values[place], tf.Variable)
                else values[place]
                for place in traced.places
            ]

        def rest() -> None:
            with on_cpu():
                traced(arguments, [_handle(value) for value in like])

        return rest

    def __call__(self, *arguments: tf.Tensor) -> Any:
        """Return what the function does of tensors that fit the signature."""
        with on_cpu():
            if self._traced is None:
                self._find()
            return self._traced(arguments, self._captured)

    def _find(self) -> None:
        """Take a kept program, or trace the function and keep it."""
        handles = [_handle(variable) for variable in self._variables()]
        identity = self._identity()
        key = None if identity is None else f"{self._jit} {self._signature} {identity}"
        traced = _kept.get(key)
        if traced is None:
            with without_cautions() if self._cautioned else contextlib.nullcontext():
                traced = _Traced(self._function, self._signature, self._jit, handles)
            if key is not None and traced.places is not None:
                _kept[key] = traced
                if len(_kept) > _MOST_KEPT:
                    _kept.popitem(last=False)
        else:
            _kept.move_to_end(key)
        self._captured = traced.captured(handles)
        self._traced = traced


class _Traced:
    """A traced function, and where in a network's variables to find those that it uses."""

    def __init__(self, function: Callable, signature, jit: bool, handles: list):
        # A concrete function: TensorFlow warns of "retracing" when several loops are made.
        made = tf.function(function, autograph=False)
        self._concrete = made.get_concrete_function(*signature)
        # Two threads may train two networks.
        self._lock = threading.Lock()
        self.compiled = not jit
        numbers = {id(handle): number for number, handle in enumerate(handles)}
        self._own = self._concrete.captured_inputs
        places = [numbers.get(id(tensor)) for tensor in self._own]
        # A tensor that is no variable belongs to this very network.
        self.places = None if None in places else places
        if self.places is not None:
            self._own = None

    def captured(self, handles: list) -> list:
        """Return what stands for the function's own variables in a network with `handles`."""
        return self._own if self.places is None else [handles[place] for place in self.places]

    def __call__(self, arguments, captured: list):
        with self._lock:
            try:
                self._concrete.set_external_captures(captured)
                result = self._concrete(*arguments)
            finally:
                self._concrete.set_external_captures([])
            if not self.compiled:  # the first call compiles, and leaves much behind
                self.compiled = True
                memory.give_back()
                if stored is not None:
                    stored.seal()
            return result


def count() -> int:
    """Return how many programs are kept."""
    return len(_kept)


def identity_of(model: keras.Model, settings: tuple) -> str | None:
    """Return what a model and what trains it compute, as text, apart from variables.

    Names do not count, nor do initial values. None if something of the learner's own takes part:
    what it computes may depend on anything. `model` is a live copy, and `settings` are of loss
    and optimizer: Keras's objects, their configurations, plain values.
    """
    parts = [part for layer in leaves(model).values() for part in _with_parts(layer)]
    try:
        made_of = [_plain(settings), *map(_of_layer, parts), _plain(model.get_config())]
    except (_Unknown, NotImplementedError, TypeError, ValueError):
        return None
    first: dict[int, int] = {}
    # Layers that share a weight, and which weights are trained.
    variables = [
        (first.setdefault(id(v), len(first)), tuple(v.shape), str(v.dtype), v.trainable)
        for part in parts
        for v in part.variables
    ]
    defaults = keras.config.epsilon(), keras.config.floatx(), keras.config.image_data_format()
    return repr((made_of, variables, defaults))


class _Unknown(Exception):
    """Something that Keras did not make, or that does not describe itself."""


def _with_parts(layer, found: dict | None = None) -> list:
    """Return a layer and the layers inside it: cells, wrapped layers."""
    found = {} if found is None else found
    if id(layer) not in found:
        found[id(layer)] = layer
        for value in vars(layer).values():
            for part in value if isinstance(value, list | tuple) else [value]:
                if isinstance(part, keras.Layer):
                    _with_parts(part, found)
    return list(found.values())


def _of_layer(layer) -> tuple:
    """Return what counts in a layer and is not in the model's configuration."""
    if type(layer) not in _KNOBS and not from_keras(type(layer)):
        raise _Unknown
    if any(is_own_function(value) for value in described(layer).values()):
        raise _Unknown
    # What was derived from data, as the mean of a Normalization, is a constant in the program.
    constants = {
        name: np.asarray(value).tobytes()
        for name, value in vars(layer).items()
        if isinstance(value, np.ndarray | tf.Tensor)
    }
    return type(layer).__name__, sorted(constants.items())


def _plain(value, numbers: dict | None = None):
    """Return a configuration as tuples of plain values, with layers numbered and not named."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        if numbers and len(value) == 3 and isinstance(value[0], str) and value[0] in numbers:
            return (numbers[value[0]], *value[1:])  # a tensor: layer, call, output
        return tuple(_plain(v, numbers) for v in value)
    if isinstance(value, dict):
        return _plain_dict(value, numbers)
    if isinstance(value, np.ndarray | np.generic):
        return value.shape, str(value.dtype), value.tobytes()
    if callable(value) and from_keras(value) and hasattr(value, "__name__"):
        return value.__module__, value.__name__
    if from_keras(type(value)) and hasattr(value, "get_config"):
        return type(value).__name__, _plain(described(value), numbers)
    raise _Unknown


def _plain_dict(config: dict, numbers: dict | None) -> tuple | str:
    module, kind = str(config.get("module") or "keras"), str(config.get("class_name"))
    knobs = [names for layer, names in _KNOBS.items() if layer.__module__ == module]
    ours = bool(knobs)
    if (module.split(".")[0] != "keras" and not ours) or kind in ("function", "__lambda__"):
        raise _Unknown
    if "DTypePolicy" in kind:  # the name is all there is to it
        return repr(config)
    if "input_layers" in config:
        numbers = {layer["name"]: number for number, layer in enumerate(config["layers"])}
    skipped = {"name"}.union(*knobs)
    return tuple(
        (key, _plain(_without(skipped, inner) if key == "config" else inner, numbers))
        for key, inner in sorted(config.items())
        if key not in skipped and not key.endswith("_initializer")
    )


def _without(skipped: set[str], config):
    if not isinstance(config, dict):
        return config
    return {key: value for key, value in config.items() if key not in skipped}


def held_by(model: keras.Model) -> list[tf.Tensor]:
    """Return what layers keep besides variables, as a Normalization its mean, always in one order.

    A traced function refers to it as it does to variables. An L1 penalty keeps its price so.
    """
    parts = [part for layer in leaves(model).values() for part in _with_parts(layer)]
    parts = [owner for part in parts for owner in (part, *_regularizers(part))]
    return [value for part in parts for _, value in sorted(_tensors(part).items())]


def _regularizers(layer) -> list[keras.regularizers.Regularizer]:
    found = {n: v for n, v in vars(layer).items() if isinstance(v, keras.regularizers.Regularizer)}
    return [regularizer for _, regularizer in sorted(found.items())]


def _tensors(layer) -> dict[str, tf.Tensor]:
    return {name: value for name, value in vars(layer).items() if isinstance(value, tf.Tensor)}


def _value(variable):
    """Return TensorFlow's variable of Keras's; what is no variable as it is."""
    return variable.value if isinstance(variable, keras.Variable) else variable


def _handle(value) -> tf.Tensor:
    """Return the tensor by which a traced function knows a variable."""
    value = _value(value)
    return value if isinstance(value, tf.Tensor) else value.handle
