"""Run a notebook in a kernel of a running server, so that it opens with everything alive."""

import json
import sys
import urllib.request
from pathlib import Path

import nbformat
from jupyter_client import BlockingKernelClient
from nbformat.sign import NotebookNotary

# The server is on this machine: a proxy that the environment names for the world is not asked.
open_here = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def run_all(url: str, token: str, notebook: Path, data_folder: Path, runtime_folder: Path) -> None:
    """Start the notebook's kernel, run all of its cells, and store what they show.

    JupyterLab joins the kernel that runs for a path when it opens that path: the widgets
    made here are then alive in the browser.

    Parameters
    ----------
    url, token : str
        The server and its token.
    notebook : Path
        The notebook in the server's root folder; written anew.
    data_folder : Path
        Jupyter's data folder, where the server looks up which notebooks are trusted.
    runtime_folder : Path
        Where the server's kernels leave their connection files.
    """
    session = {
        "path": notebook.name,
        "name": notebook.name,
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    request = urllib.request.Request(
        f"{url}/api/sessions",
        data=json.dumps(session).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with open_here(request, timeout=60) as answer:
        kernel = json.load(answer)["kernel"]["id"]
    client = BlockingKernelClient()
    client.load_connection_file(str(runtime_folder / f"kernel-{kernel}.json"))
    # By its heartbeat, a kernel that needs more than a second to start would pass for dead.
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=120)
        lesson = nbformat.read(notebook, as_version=4)
        cells = [c for c in lesson.cells if c.cell_type == "code" and c.source.strip()]
        for number, cell in enumerate(cells, 1):
            if sys.stdout.isatty():
                print(f"\rRunning cell {number} of {len(cells)} …", end="", flush=True)
            _run(client, cell)
        print("\rAll cells have been run.          ", flush=True)
    finally:
        client.stop_channels()
    nbformat.write(lesson, notebook)
    notary = NotebookNotary(data_dir=str(data_folder))
    notary.sign(lesson)  # an untrusted notebook would show pictures where widgets belong
    notary.store.close()


def _run(client: BlockingKernelClient, cell: nbformat.NotebookNode) -> None:
    """Run one cell and put its outputs into it."""
    outputs: list[nbformat.NotebookNode] = []

    def keep(message: dict) -> None:
        kind = message["msg_type"]
        if kind in ("stream", "display_data", "execute_result", "error"):
            output = nbformat.v4.output_from_msg(message)
            last = outputs[-1] if outputs else None
            if kind == "stream" and last and last.get("name") == output.name:
                last.text += output.text
            else:
                outputs.append(output)

    reply = client.execute_interactive(cell.source, output_hook=keep, allow_stdin=False)
    cell.outputs, cell.execution_count = outputs, reply["content"].get("execution_count")
