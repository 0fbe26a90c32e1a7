"""Leave a part of a package unloaded until something in it is asked for.

Keras imports scikit-learn for its wrappers alone, which no lesson uses: of the import of Keras
and TensorFlow that is a fifth of the time, and 50 MB.
"""

import contextlib
import importlib.abc
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder


@contextlib.contextmanager
def imported_later(name: str) -> Iterator[None]:
    """Let a module that is imported while the block runs load when a name in it is used."""
    finder = _Finder(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str):
        self._name = name

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    # Python's own LazyLoader loads at any access, also when something looks through all modules.
    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        def load():
            del module.__getattr__, module.__dir__
            self._loader.exec_module(module)

        def fetch(name):
            if name.startswith("__"):  # `inspect` asks every module for such names
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            load()
            return getattr(module, name)

        def names():
            load()
            return dir(module)

        module.__getattr__, module.__dir__ = fetch, names
