"""What all tests without a browser share."""

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons_lib.lessons import neuron
from lessons_lib.plots import Scene


@pytest.fixture(autouse=True)
def alone(no_loop_of_a_browser):
    """Let every test here run as if no browser had been before it."""


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace of the test's own, and lesson 01 as if it had told nothing yet."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    monkeypatch.setenv("LESSONS_WORKSPACE", str(folder))
    monkeypatch.setattr(neuron.lesson, "_told", set())
    monkeypatch.setattr(neuron.lesson, "_predictions", {})
    return folder


@pytest.fixture
def ax() -> Axes:
    """An Axes that belongs to no window."""
    return Figure().subplots()


@pytest.fixture
def scene() -> Scene:
    """A place for a picture that nobody shows."""
    return Scene()
