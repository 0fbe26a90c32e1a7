"""What all tests without a browser share."""

import asyncio.events

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons_lib.lessons import neuron
from lessons_lib.plots import Scene


@pytest.fixture(autouse=True)
def no_loop_of_a_browser():
    """Hide Playwright's event loop, which stays where a browser test of this process left it.

    Code that looks for a notebook's loop would take it for one, and no other can be run.
    """
    left = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(None)
    yield
    asyncio.events._set_running_loop(left)


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
