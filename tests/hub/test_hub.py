"""Two students on a real hub of this machine: what is theirs stays theirs, whatever happens."""

import asyncio
import contextlib
import json
import secrets
import tempfile
import time
import uuid
from pathlib import Path

import pytest

requests = pytest.importorskip("requests")
websocket = pytest.importorskip("tornado.websocket")
httpclient = pytest.importorskip("tornado.httpclient")
pytest.importorskip("jupyterhub")

pytestmark = pytest.mark.usefixtures("no_loop_of_a_browser")
MEMORY = 600_000_000  # bytes for each: a server takes 140 MB, a kernel with NumPy 80


class Student:
    """A student's browser, without the pictures."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.session = requests.Session()

    def log_in(self, token):
        """Return the address of the page that opens."""
        login = f"{self.hub.url}/hub/login"
        self.session.get(login)
        fields = {"username": self.name, "password": token, "_xsrf": self._cookie("_xsrf", "/hub/")}
        page = self.session.post(login, data=fields)
        for _ in range(480):
            if f"/user/{self.name}/" in page.url or page.status_code >= 400:
                return page.url
            time.sleep(0.25)  # the page that waits for the server asks again too
            page = self.session.get(f"{self.hub.url}/hub/spawn")
        raise TimeoutError(f"{self.name} has no server after two minutes:\n{self.hub.log[-5000:]}")

    def _cookie(self, name, path):
        return next(
            one.value for one in self.session.cookies if (one.name, one.path) == (name, path)
        )

    def start_kernel(self):
        """Start a kernel and return its id."""
        answer = self.session.post(
            f"{self.hub.url}/user/{self.name}/api/kernels",
            json={"name": "python3"},
            headers={"X-XSRFToken": self._cookie("_xsrf", f"/user/{self.name}/")},
        )
        answer.raise_for_status()
        return answer.json()["id"]

    def run(self, kernel, code):
        """Run a cell; return what is seen of it, or what became of the kernel."""
        return asyncio.run(asyncio.wait_for(self._run(kernel, code), 120))

    async def _run(self, kernel, code):
        address = f"{self.hub.url}/user/{self.name}/api/kernels/{kernel}/channels?session_id=page"
        paths = ("/", f"/user/{self.name}/")
        cookies = [f"{one.name}={one.value}" for one in self.session.cookies if one.path in paths]
        socket = await websocket.websocket_connect(
            httpclient.HTTPRequest(
                address.replace("http", "ws", 1), headers={"Cookie": "; ".join(cookies)}
            )
        )
        try:
            return await self._answer(socket, code)
        finally:
            socket.close()
            while await socket.read_message() is not None:
                pass

    async def _answer(self, socket, code):
        question = uuid.uuid4().hex
        header = {"msg_id": question, "msg_type": "execute_request", "version": "5.3"}
        header |= {"session": "page", "username": "", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "stop_on_error": True}
        content |= {"user_expressions": {}, "allow_stdin": False}
        request = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await socket.write_message(json.dumps({**request, "channel": "shell", "buffers": []}))
        seen = []
        while True:
            message = json.loads(await socket.read_message())
            content, state = message["content"], message["content"].get("execution_state")
            if state in ("restarting", "dead"):
                return state
            if message["parent_header"].get("msg_id") != question:
                continue
            if state == "idle":
                return "".join(seen)
            seen.append(content.get("text", content.get("evalue", "")))


@contextlib.contextmanager
def running_hub(names, **settings):
    """Run a hub with these students in a folder of its own, or skip with the reason."""
    class_hub = pytest.importorskip("class_hub", exc_type=ImportError)
    if reason := class_hub.reason_to_skip():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="lessons-hub-") as folder:  # pytest's own are closed
        Path(folder).chmod(0o755)
        with class_hub.ClassHub(Path(folder), names, **settings) as running:
            yield running


@pytest.fixture(scope="module")
def hub():
    """A hub with two students."""
    # An account is the machine's, and another run of the tests may have one too.
    names = [f"{name}-{secrets.token_hex(3)}" for name in ("anna", "ben")]
    with running_hub(names, memory=f"{MEMORY // 1_000_000}M") as running:
        yield running


@pytest.fixture(scope="module")
def students(hub):
    """Two students, each with a kernel and the page that was opened for them."""
    made = []
    for name, token in hub.tokens.items():
        student = Student(hub, name)
        student.page = student.log_in(token)
        student.kernel = student.start_kernel()
        made.append(student)
    return made


def test_a_student_logs_in_and_lesson_01_is_open(students):
    """In the workspace that lies in the student's own home."""
    anna, _ = students
    assert anna.page.endswith(f"/user/{anna.name}/lab/tree/01_neuron.ipynb")
    home = anna.hub.folder / "students" / anna.name
    assert anna.run(anna.kernel, "import os; print(os.getcwd())") == f"{home / 'workspace'}\n"


def test_nobody_logs_in_with_anothers_token(students):
    """Nor without one."""
    anna, ben = students
    for token in (anna.hub.tokens[anna.name], ""):
        page = Student(anna.hub, ben.name).log_in(token)
        assert page.partition("?")[0].endswith("/hub/login")


def test_a_students_kernel_begins_as_a_copy_of_one_that_is_loaded(students):
    """And is the student's own all the same."""
    anna, _ = students
    said = anna.run(anna.kernel, "import os, sys; print('keras' in sys.modules, os.getresuid())")
    user = (anna.hub.folder / "students" / anna.name).stat().st_uid
    assert said == f"True {(user, user, user)}\n"


def test_students_read_neither_each_others_files_nor_the_hubs(students):
    """The data files are there for all to read, and for none to write."""
    anna, ben = students
    home = anna.hub.folder / "students" / anna.name
    for path in (home / "workspace" / "01_neuron.ipynb", anna.hub.folder / "hub" / "proxy_token"):
        assert path.exists()
        assert "Permission denied" in ben.run(ben.kernel, f"open({str(path)!r}).read()")
    said = ben.run(ben.kernel, "import os; print(os.access(os.environ['LESSONS_DATA_DIR'], 7))")
    assert said == "False\n"
    assert "Permission denied" in ben.run(
        ben.kernel, "open(os.environ['LESSONS_DATA_DIR']+'/x', 'w')"
    )


def test_the_hub_is_restarted_and_kernels_live_on(students):
    """What a student has in memory is still there."""
    anna, _ = students
    anna.run(anna.kernel, "mine = 42")
    anna.hub.restart()
    assert anna.run(anna.kernel, "print(mine)") == "42\n"


def test_at_the_memory_limit_one_student_reads_a_sentence_and_the_other_goes_on(students):
    """An array that is too large is refused; a kernel that takes all alone is ended."""
    anna, ben = students
    ben.run(ben.kernel, "mine = 42")
    said = anna.run(anna.kernel, f"import numpy as np; mine = 42; np.ones({MEMORY})")
    assert said.startswith("There is no room for 4.47 GiB for an array with shape (600000000,) in ")
    assert "the 0.6 GB that you have on this server" in said
    assert anna.run(anna.kernel, "print(mine)") == "42\n"
    if "memory or processors are limited" not in anna.hub.log:  # else no group can be made here
        limitless = "import resource as r; r.setrlimit(r.RLIMIT_DATA, (-1, -1)); "
        assert anna.run(anna.kernel, f"{limitless}x = b'1' * {MEMORY}") == "restarting"
    assert ben.run(ben.kernel, "print(mine)") == "42\n"


def test_with_passwords_an_instructor_is_in_at_once_and_a_student_is_approved_first():
    """As a class is set up: nothing but the instructor's name was chosen."""
    with running_hub([], login="native", instructors="lin") as hub:
        seen = {}
        for name in ("lin", "anna"):
            session = requests.Session()
            session.get(f"{hub.url}/hub/signup")
            xsrf = {"_xsrf": session.cookies.get("_xsrf", path="/hub/")}
            word = "a ravine 77"
            signed = {"signup_password": word, "signup_password_confirmation": word}
            session.post(f"{hub.url}/hub/signup", data={"username": name, **signed, **xsrf})
            fields = {"username": name, "password": word, **xsrf}
            answer = session.post(f"{hub.url}/hub/login", data=fields, allow_redirects=False)
            seen[name] = answer.status_code, answer.text
    assert seen["lin"][0] == 302  # on the way to a server
    assert seen["anna"][0] == 200
    assert "not been authorized" in seen["anna"][1]
