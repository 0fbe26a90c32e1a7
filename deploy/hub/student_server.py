"""One student's JupyterLab behind a hub: started by the hub as that student, in place of this.

Makes the student's copies of the lessons, sets the course's own settings, and lets JupyterLab
open lesson 01 or, later, the notebook that was saved last. A container (binder/Dockerfile) starts
it too, and names the command that is to run.
"""

import os
import shutil
import sys
import tempfile
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lessons_lib._ground import folders
from lessons_lib.commands import _course, _workspace, lab

JUPYTER_DATA = Path(__file__).with_name("jupyter_data")  # a kernel that the hub's service makes
# A grammar of web addresses in other alphabets takes half of a server's start and 16 MB; jsonschema
# does without where it is not found.
SERVER = """
import sys
sys.modules["rfc3987_syntax"] = None
from jupyterhub.singleuser import main
main()
"""
SOCKETS = "lessons-sockets-"
CLOSED_LESSON = 15 * 60  # seconds until its kernel ends


def sockets_folder() -> str:
    """Return a new folder through which kernels talk: to ports, all students could listen.

    It lies where the system has its scratch files, as a socket's path must be short. Those of the
    student's former servers are removed.
    """
    for former in Path(tempfile.gettempdir()).glob(f"{SOCKETS}*"):
        if former.lstat().st_uid == os.getuid():
            shutil.rmtree(former, ignore_errors=True)
    return tempfile.mkdtemp(prefix=SOCKETS)


def main() -> None:
    """Start the server."""
    os.environ.setdefault(folders.WORKSPACE, str(Path.home() / "workspace"))
    for notice in [
        *_workspace.make_copies(),
        *map(_workspace.damage_notice, _workspace.damaged_copies()),
    ]:
        print(notice, flush=True)
    workspace = folders.workspace()
    opened = urllib.parse.quote(_workspace.saved_last() or _workspace.find_lesson("01").name)
    variables = {
        **lab.lab_variables(),
        "JUPYTER_RUNTIME_DIR": sockets_folder(),
        "JUPYTERHUB_ROOT_DIR": str(workspace),
        "JUPYTERHUB_DEFAULT_URL": f"/lab/tree/{opened}",
    }
    if "LESSONS_HUB_KERNELS" in os.environ:
        found = [str(JUPYTER_DATA), variables["JUPYTER_PATH"]]
        variables["JUPYTER_PATH"] = os.pathsep.join(found)
    settings = {
        "--KernelManager.transport": "ipc",
        "--MappingKernelManager.cull_idle_timeout": str(CLOSED_LESSON),
        "--MappingKernelManager.cull_interval": "60",
    }
    options = [f"{name}={value}" for name, value in settings.items()]
    # -P: a student's `random.py` is not taken for Python's own.
    program, given = [sys.executable, "-P", "-c", SERVER], sys.argv[1:]
    if given and not given[0].startswith("-"):  # a container is told what to become
        program, given = [shutil.which(given[0]) or given[0]], given[1:]
    command = [*program, *given, *options]
    _course.replace_process(command, variables, workspace)


if __name__ == "__main__":
    try:
        main()
    except _course.Problem as problem:
        sys.exit(str(problem))
