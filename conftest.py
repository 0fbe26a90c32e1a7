"""Shared set-up of the tests: a data folder and a workspace that are not the learner's own."""

import asyncio.events
import os
import shutil
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent
WINE = "winequality-red.csv"
# Where the original may lie already, so that no test run asks its publisher again.
PLACES = [
    Path(os.environ.get("LESSONS_DATA_DIR") or REPOSITORY / "data", WINE),
    REPOSITORY.parent / "shared" / "data" / WINE,
]


def pytest_configure(config):
    """Point every test, and every notebook kernel, at scratch folders.

    Under xdist the workers inherit the folders that the controlling process made.
    """
    if "LESSONS_TEST_SCRATCH" in os.environ:
        return
    wine = next((place for place in PLACES if place.is_file()), None)
    scratch = Path(tempfile.mkdtemp(prefix="lessons-test-"))
    os.environ["LESSONS_TEST_SCRATCH"] = str(scratch)
    config.add_cleanup(lambda: shutil.rmtree(scratch, ignore_errors=True))
    for variable, name in [
        ("LESSONS_DATA_DIR", "data"),
        ("LESSONS_WORKSPACE", "workspace"),
        ("LESSONS_CACHE_DIR", "cache"),
    ]:
        (scratch / name).mkdir()
        os.environ[variable] = str(scratch / name)
    if wine is not None:
        shutil.copy(wine, scratch / "data")


@pytest.fixture
def no_loop_of_a_browser():
    """Hide Playwright's event loop, which stays where a browser test of this process left it.

    Code that looks for a notebook's loop would take it for one, and no other can be run.
    """
    left = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(None)
    yield
    asyncio.events._set_running_loop(left)


def pytest_terminal_summary(terminalreporter):
    """Print what tests have measured: speeds are told, not judged."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(text)
