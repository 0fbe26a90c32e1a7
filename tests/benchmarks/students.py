"""Simulated students: they log in on the hub, run a lesson, save it, and play a live panel."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlencode

import nbformat
from front_end import PATIENCE, PROTOCOL, Kernel, KernelGone, Player
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import parse_cookie
from tornado.websocket import websocket_connect

from lessons_lib.lessons.neuron import lesson

NOTEBOOK = f"{lesson.number}_{lesson.name}.ipynb"
VIEW = "application/vnd.jupyter.widget-view+json"
PLAYED = """\
import keras
from lessons_lib import datasets, panels

points = datasets.make_circles(n_samples=250, noise=0.1, seed=1)
network = keras.Sequential([keras.Input((2,))])
for seed in (1, 2):
    start = keras.initializers.GlorotUniform(seed=seed)
    network.add(keras.layers.Dense(16, activation="tanh", kernel_initializer=start))
network.add(keras.layers.Dense(1, activation="sigmoid"))
network.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy")
played = panels.live(network, *points, width=8)
played
"""
AGAIN = 2  # seconds until a request that has failed is made again


class Student:
    """Somebody in the class.

    Parameters
    ----------
    hub : str
        The hub's address.
    name, token : str
        What the student logs in with.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        The lesson as it stands in the student's page.
    kernel : Kernel
        The one in which it runs.
    player : Player
        The live panel that is played.
    answered : set of str
        Questions that have been answered.
    troubles, lost : list of str
        What did not go as a student expects; what was no longer there when the student came back.
    """

    def __init__(self, hub: str, name: str, token: str):
        self.name = name
        self._hub, self._password, self._server = hub, token, f"/user/{name}"
        self._client = AsyncHTTPClient(force_instance=True, max_body_size=10**9)
        self._headers: dict[str, str] = {}
        self._chance = random.Random(name)
        self._versions: list[str] = []  # of the notebook: saved last, and being saved
        self._entries: dict[str, dict] = {}  # of the progress file, as they were after a cell
        self.answered: set[str] = set()
        self.troubles: list[str] = []
        self.lost: list[str] = []
        self.kernel: Kernel | None = None
        self.player: Player | None = None

    # --- hub and server -----------------------------------------------------------------------

    async def log_in(self) -> None:
        """Log in on the hub's page, and get a token for further requests, as a page has a cookie.

        Raises
        ------
        HTTPClientError
            If the hub refuses.
        """
        cookies: dict[str, str] = {}
        form = {"username": self.name, "password": self._password}
        await self._visit("/hub/login", cookies)
        await self._visit("/hub/login", cookies, form)
        self._headers = {
            "Cookie": "; ".join(map("=".join, cookies.items())),
            "X-XSRFToken": cookies["_xsrf"],
        }
        made = await self._ask(f"/hub/api/users/{self.name}/tokens", "POST", {})
        self._headers = {"Authorization": f"token {made['token']}"}

    async def start(self) -> None:
        """Start the server where it does not run, and wait until it answers."""
        user = f"/hub/api/users/{self.name}"
        while True:
            with contextlib.suppress(HTTPClientError):  # where it runs, or is about to
                await self._ask(f"{user}/server", "POST", {})
            if (await self._persist(user))["servers"].get("", {}).get("ready"):
                return
            await asyncio.sleep(1)

    async def open(self) -> None:
        """Open the lesson: its notebook, and the kernel that runs for it, or else a new one."""
        self.notebook = nbformat.from_dict(await self._stored(NOTEBOOK))
        named = {"path": NOTEBOOK, "name": NOTEBOOK, "type": "notebook"}
        session = await self._ask(
            f"{self._server}/api/sessions", "POST", {**named, "kernel": {"name": "python3"}}
        )
        kernel = session["kernel"]["id"]
        address = f"{self._hub}{self._server}/api/kernels/{kernel}/channels?session_id={self.name}"
        request = HTTPRequest(
            address.replace("http", "ws", 1), headers=self._headers, request_timeout=PATIENCE
        )
        self.kernel = Kernel(await websocket_connect(request, subprotocols=[PROTOCOL]))

    async def come_back(self) -> None:
        """Open the lesson again where server or kernel are gone, and play it from the top."""
        self.kernel.leave()
        await self.start()
        self.lost += await self.losses()
        await self.open()
        await self.play()

    # --- the lesson ---------------------------------------------------------------------------

    async def work(self, until: float, pause: float = 0.0) -> int:
        """Run the lesson's cells, with answers, and save after each; return how many were run.

        Parameters
        ----------
        until : float
            When to stop, by `time.monotonic`.
        pause : float
            Mean seconds of rest after each cell.
        """
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(cells):
            if time.monotonic() >= until:
                return number
            await self.run(cell)
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.5))
        return len(cells)

    async def run(self, cell: nbformat.NotebookNode) -> None:
        """Answer a cell where it asks something, run it, and save the notebook.

        Raises
        ------
        KernelGone
            If the kernel dies meanwhile.
        """
        tags = [tag.partition(":") for tag in cell.metadata.get("tags", ())]
        asked = [lesson.questions[name] for part, _, name in tags if part == "exercise"]
        for question in asked:
            cell.source = question.solution_cell
        cell.outputs = await self.kernel.run(cell.source, cell.id)
        for output in cell.outputs:
            if output.output_type == "error":
                self.troubles.append(f"{output.ename}: {output.evalue}")
        if asked or "reveal." in cell.source:
            self._entries = await self._progress()
        self.answered |= {f"{lesson.name}.{question.id}" for question in asked}
        await self._save()

    async def begin(self) -> None:
        """Log in, start the server, open the lesson, and run its first cell."""
        await self.log_in()
        await self.start()
        await self.open()
        await self.run(next(cell for cell in self.notebook.cells if cell.cell_type == "code"))

    async def play(self) -> None:
        """Make a live panel in a new cell, and play it."""
        cell = nbformat.v4.new_code_cell(PLAYED)
        self.notebook.cells.append(cell)
        await self.run(cell)
        (shown,) = [one.data for one in cell.outputs if VIEW in one.get("data", {})]
        self.player = Player(self.kernel, shown[VIEW]["model_id"])
        await self.player.play()

    async def turn_until(self, end: float) -> None:
        """Turn a slider of the panel now and then, until it is late or the kernel is gone."""
        with contextlib.suppress(KernelGone):
            while time.monotonic() < end:
                await asyncio.sleep(self._chance.uniform(0.5, 2.0))
                try:
                    await self.player.turn()
                except TimeoutError:
                    self.troubles.append("A turned slider was not heard.")

    # --- what is kept -------------------------------------------------------------------------

    async def losses(self) -> list[str]:
        """Return, in sentences, what of the student's work is not stored."""
        lost = []
        if self._versions and _written(await self._stored(NOTEBOOK)) not in self._versions:
            lost.append(f"{self.name}: the notebook is not as it was saved last.")
        progress = await self._progress()
        for question in sorted(self.answered):
            noted, now = self._entries.get(question), progress.get(question)
            # A prediction goes on when it is revealed; what is right stays as it is.
            if now is None or noted is None or (noted["outcome"] == "right" and now != noted):
                lost.append(f"{self.name}: the entry of {question} was {noted}, and is {now}.")
        return lost

    async def _save(self) -> None:
        """Save the notebook as JupyterLab does, and again where that fails."""
        self._versions.append(_written(self.notebook))
        model = {"type": "notebook", "format": "json", "content": self.notebook}
        await self._persist(f"{self._server}/api/contents/{NOTEBOOK}", "PUT", model)
        del self._versions[:-1]

    async def _stored(self, name: str) -> dict:
        """Return the content of a file in the student's workspace."""
        return (await self._persist(f"{self._server}/api/contents/{name}"))["content"]

    async def _progress(self) -> dict[str, dict]:
        """Return the entries of the progress file; none where there is no file yet."""
        try:
            return json.loads(await self._stored("progress.json"))["answers"]
        except HTTPClientError as error:
            if error.code != 404:
                raise
            return {}

    # --- requests -----------------------------------------------------------------------------

    async def _persist(self, path: str, method: str = "GET", content: dict | None = None) -> dict:
        """Make a request, and again where it fails, for as long as a student would."""
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                return await self._ask(path, method, content)
            except (HTTPClientError, OSError) as error:
                missing = getattr(error, "code", 0) == 404
                if missing or time.monotonic() > patience:
                    raise
                self.troubles.append(f"{method} {path} failed at first: {error}")
                await asyncio.sleep(AGAIN)

    async def _ask(self, path: str, method: str = "GET", content: dict | None = None) -> dict:
        """Make a request and return the answer, which is JSON or nothing."""
        answer = await self._client.fetch(
            f"{self._hub}{path}",
            method=method,
            headers={**self._headers, "Content-Type": "application/json"},
            body=None if content is None else json.dumps(content),
            request_timeout=PATIENCE,
        )
        return json.loads(answer.body or "{}")

    async def _visit(self, path: str, cookies: dict, form: dict | None = None) -> HTTPResponse:
        """Open one of the hub's pages, or send its form, and keep the cookies that it sets."""
        body = None if form is None else urlencode({**form, "_xsrf": cookies["_xsrf"]})
        answer = await self._client.fetch(
            f"{self._hub}{path}",
            method="GET" if form is None else "POST",
            headers={"Cookie": "; ".join(map("=".join, cookies.items()))},
            body=body,
            follow_redirects=False,
            raise_error=False,
            request_timeout=PATIENCE,
        )
        for line in answer.headers.get_list("Set-Cookie"):
            name, value = next(iter(parse_cookie(line).items()))
            cookies[name] = value
        return answer


def _written(notebook: dict) -> str:
    """Return a notebook's cells and outputs as text, without whether the server trusts them."""
    cells = nbformat.from_dict(notebook).cells
    kept = [(cell.cell_type, cell.source, cell.get("outputs")) for cell in cells]
    return json.dumps(kept, sort_keys=True)


async def each(students: list[Student], act: Callable[[Student], Awaitable[None]]) -> list[float]:
    """Let all students do something at once, and return how many seconds each has taken."""

    async def timed(student: Student) -> float:
        begun = time.monotonic()
        await act(student)
        return time.monotonic() - begun

    return await asyncio.gather(*map(timed, students))


def report_troubles(students: Iterable[Student]) -> None:
    """Print what did not go as students expect."""
    for student in students:
        for trouble, times in Counter(student.troubles).items():
            print(f"  {student.name}: {trouble}{f' ({times} times)' if times > 1 else ''}")
