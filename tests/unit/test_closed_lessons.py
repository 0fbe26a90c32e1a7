"""A lesson that is closed gives back its memory: its kernel ends, and no sooner than it should."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import psutil
import pytest
from tornado.websocket import websocket_connect

from lessons_lib.commands import lab

TIMEOUT, WHILE, PATIENCE = 2, 5, 60  # seconds: until a kernel ends; longer than that; at most
LONG_CELL = f"import time; time.sleep({WHILE}); open('finished', 'w').close()"
TOKEN = uuid.uuid4().hex


@pytest.fixture
def server(tmp_path):
    """Serve with the course's settings, but for an hour that has two seconds; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"]
    command += [f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--ip=127.0.0.1"]
    command += [f"--MappingKernelManager.cull_idle_timeout={TIMEOUT}"]
    command += ["--MappingKernelManager.cull_interval=1", f"--ServerApp.root_dir={tmp_path}"]
    own = {name: str(tmp_path) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**os.environ, **lab.lab_variables(), **own},
            stdout=log,
            stderr=log,
        )
    address = f"127.0.0.1:{port}/api"
    try:
        until(lambda: process.poll() is not None or asked(address, ""))
        assert process.poll() is None, (tmp_path / "log").read_text()
        yield address
    finally:
        process.terminate()
        process.wait()


def until(condition):
    """Wait for something that comes soon; return it."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def asked(address, what, method="GET"):
    """Return what the server answers, None where it does not or knows no such thing."""
    headers = {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(f"http://{address}{what}", headers=headers, method=method)
    with contextlib.suppress(urllib.error.URLError):
        return json.load(urllib.request.urlopen(request, timeout=PATIENCE))
    return None


def execute_request(code):
    """Return the message by which a notebook runs a cell."""
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "1", "username": ""}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}}
    message = {"header": {**header, "version": "5.3"}, "content": content, "channel": "shell"}
    return json.dumps({**message, "parent_header": {}, "metadata": {}})


def processes_of(kernel):
    """Return the processes that were started for a kernel."""
    running = psutil.process_iter(["cmdline"])
    return [one for one in running if f"kernel-{kernel}" in str(one.info["cmdline"])]


async def open_and_closed(server, kernel):
    """Open a lesson, let it be for a while, begin a long cell and close it."""
    tab = await websocket_connect(f"ws://{server}/kernels/{kernel}/channels?token={TOKEN}")
    await asyncio.sleep(WHILE)
    while_open = asked(server, f"/kernels/{kernel}")
    await tab.write_message(execute_request(LONG_CELL))
    while json.loads(await tab.read_message())["header"]["msg_type"] != "execute_input":
        pass
    tab.close()
    return while_open


def test_a_kernel_ends_a_while_after_its_lesson_is_closed(server, tmp_path):
    """Not while a tab is open, nor while a cell runs; a closed tab counts as closed at once."""
    kernel = asked(server, "/kernels", "POST")["id"]
    while_open = asyncio.run(open_and_closed(server, kernel))
    assert while_open["connections"] == 1
    assert processes_of(kernel)
    until(lambda: asked(server, f"/kernels/{kernel}")["connections"] == 0)
    until(lambda: asked(server, "/kernels") == [])
    assert (tmp_path / "finished").exists()
    until(lambda: not processes_of(kernel))
