"""JupyterLab in headless Chromium, as a learner has it in front of them."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from notebook_page import Lab, watch

from lessons_lib.commands.doctor import BROWSERS
from lessons_lib.commands.lab import JUPYTER_CONFIG, lab_variables

REPOSITORY = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    """Return the browser's path, or skip with the reason."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(BROWSERS)})")
    return found


@pytest.fixture(scope="session")
def browser(chromium):
    """One headless Chromium for all tests of this process."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Serve a folder with copies of the lessons; yields (folder, url, token)."""
    folder = tmp_path_factory.mktemp("workspace")
    for notebook in (REPOSITORY / "notebooks").glob("[0-9]*.ipynb"):
        shutil.copy(notebook, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"]
    scratch = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ,
        **lab_variables(),
        "JUPYTER_CONFIG_PATH": str(JUPYTER_CONFIG),  # and not the tester's own
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
        "LESSONS_WORKSPACE": str(folder),
    }
    with (scratch / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/api?token={token}", process, scratch / "server.log")
        yield folder, url, token
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str, process, log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"JupyterLab ended early:\n{log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail(f"JupyterLab did not answer within a minute:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def write_notebook(server):
    """Return what writes a notebook of these code cells into the server's folder."""

    def write(name, cells):
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(text) for text in cells],
            metadata={"kernelspec": kernel},
        )
        nbformat.write(notebook, server[0] / name)
        return server[0] / name

    return write


@pytest.fixture(scope="session")
def new_lab(browser, server):
    """Return what opens a JupyterLab page, in a with statement that ends its kernel too."""
    _, url, token = server

    @contextmanager
    def new():
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        watch(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield Lab(page, url, token)
        page.evaluate("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()")
        context.close()

    return new


@pytest.fixture(scope="session")
def run_lab(new_lab, write_notebook):
    """Return what opens a notebook of these cells and runs them, in a with statement."""

    @contextmanager
    def run(name, cells):
        write_notebook(name, cells)
        with new_lab() as lab:
            lab.open(name)
            lab.run_all()
            yield lab

    return run


@pytest.fixture
def lab(new_lab, request):
    """A JupyterLab page for one test."""
    with new_lab() as lab:
        yield lab
        lab.keep_picture(request.node.name)
