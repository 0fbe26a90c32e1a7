"""Import TensorFlow once: quietly, and with the setting that suits small networks.

Every module of this package takes ``tf`` and ``keras`` from here, so that nothing of
TensorFlow is loaded before the two environment variables below are in place.
"""

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Iterator

from lessons_lib._ground import backend, programs
from lessons_lib.live._later import imported_later

# With matrices this small, handing work to a second thread costs more than the work.
SINGLE_THREADED_XLA = "--xla_cpu_multi_thread_eigen=false"


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Point file descriptor 2 at the null device while the block runs.

    TensorFlow writes log lines from C++ straight to descriptor 2, which a notebook shows in
    red. ``sys.stderr`` is left alone: in Jupyter it does not write to descriptor 2, so Python's
    own messages still come through. A process without descriptor 2 is left as it is.
    """
    try:
        saved = os.dup(2)
    except OSError:  # pythonw.exe, or a service that closed its standard streams
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


@contextlib.contextmanager
def without_cautions() -> Iterator[None]:
    """Keep Keras from warning of what a trainer's `caution` says, while the block calls a model."""
    with warnings.catch_warnings():
        for message in ("You are using a softmax over axis", ".*received `from_logits=True`"):
            warnings.filterwarnings("ignore", message=message)
        yield


def reason(error: Exception) -> str:
    """Return what an error of Keras says, in one line."""
    text = re.sub(r"\x1b\[\d*m", "", str(error))  # Keras prints the reason in bold
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[:2]) or type(error).__name__


def append_xla_flag(environment: "os._Environ[str] | dict[str, str]") -> None:
    """Add the single-thread flag to ``XLA_FLAGS``, keeping what the user has set there.

    XLA reads the variable when it first compiles. A user who names
    ``--xla_cpu_multi_thread_eigen`` themselves is obeyed.
    """
    flags = environment.get("XLA_FLAGS", "")
    if "xla_cpu_multi_thread_eigen" not in flags:
        environment["XLA_FLAGS"] = f"{flags} {SINGLE_THREADED_XLA}".strip()


def _require_tensorflow_backend(name: str) -> None:
    if name != backend.WANTED:
        raise ImportError(
            f"Live training needs Keras on TensorFlow, but here Keras is set to {name!r}: put "
            "import os; os.environ['KERAS_BACKEND'] = 'tensorflow' before the first import of "
            'keras (or change "backend" in ~/.keras/keras.json) and restart the kernel.'
        )


if "keras" not in sys.modules:
    _require_tensorflow_backend(backend.configured())
append_xla_flag(os.environ)
stored = programs.opened(os.environ)
# The first compiled call logs as well, long after the import; errors still arrive as exceptions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with quiet_stderr(), imported_later("keras.wrappers"):
    import keras
    import tensorflow as tf

_require_tensorflow_backend(keras.backend.backend())


def on_cpu() -> contextlib.AbstractContextManager:
    """Return a context: networks this small wait longer for a GPU than they compute.

    What is made outside it may live on a GPU, away from the loop.
    """
    return tf.device("CPU")


__all__ = [
    "append_xla_flag",
    "keras",
    "on_cpu",
    "quiet_stderr",
    "reason",
    "stored",
    "tf",
    "without_cautions",
]
