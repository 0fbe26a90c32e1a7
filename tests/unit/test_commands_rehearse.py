"""How `present` runs a lesson's cells in a kernel of its server."""

import contextlib
import io
import json
import sys

import nbformat
import pytest
from jupyter_client import KernelManager

from lessons_lib.commands import _rehearse

SLOW = "import time; time.sleep(3); from ipykernel.kernelapp import launch_new_instance as l; l()"


@pytest.fixture
def slow_kernel(tmp_path):
    """A kernel that comes up three seconds after it was started, as on a machine that is busy."""
    manager = KernelManager(connection_file=str(tmp_path / "kernel-slow.json"))
    manager.kernel_spec.argv = [sys.executable, "-c", SLOW, "-f", "{connection_file}"]
    manager.start_kernel()
    yield
    manager.shutdown_kernel(now=True)


def test_a_kernel_that_is_slow_to_start_is_waited_for(slow_kernel, tmp_path, monkeypatch):
    """It is not taken for dead, and the cells are run."""
    answer = io.StringIO(json.dumps({"kernel": {"id": "slow"}}))
    monkeypatch.setattr(_rehearse, "open_here", lambda *_, **__: contextlib.nullcontext(answer))
    path = tmp_path / "lesson.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(6 * 7)")])
    nbformat.write(notebook, path)
    _rehearse.run_all("http://127.0.0.1", "token", path, tmp_path, tmp_path)
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].text == "42\n"
