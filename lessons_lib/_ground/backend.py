"""Which backend Keras will use, and where that is set: known before Keras is imported."""

from __future__ import annotations

import json
import os
from pathlib import Path

VARIABLE = "KERAS_BACKEND"
WANTED = "tensorflow"  # the one on which the course trains


def settings_file() -> Path:
    """Return the file in which Keras keeps its settings."""
    return Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()) / "keras.json"


def configured() -> str:
    """Return the backend Keras will use: ``KERAS_BACKEND``, its settings file, or TensorFlow."""
    if name := os.environ.get(VARIABLE):
        return name
    try:
        settings = json.loads(settings_file().read_text(encoding="utf-8"))
        return settings.get("backend", WANTED)
    except (OSError, ValueError, AttributeError):
        return WANTED
