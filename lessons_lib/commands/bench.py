"""The command `bench`: the measurements that lie with the tests."""

import sys

from lessons_lib._ground import folders
from lessons_lib.commands import _course

__all__ = ["bench"]


def bench(arguments: list[str]) -> int:
    """Run ``tests/benchmarks/bench.py`` in the place of this process."""
    program = folders.REPOSITORY / "tests" / "benchmarks" / "bench.py"
    command = [sys.executable, str(program), *arguments]
    return _course.replace_process(command, _course.variables()) or 0
