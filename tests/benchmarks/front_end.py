"""What a student's browser does: JupyterLab's way to a kernel, and a live panel's part there."""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Iterator

import nbformat
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError

PROTOCOL = "v1.kernel.websocket.jupyter.org"  # that of JupyterLab: the other has no buffers
SIZES = {"areas": [[380, 300]] * 3, "point": 1.333}  # pixels, in a window of 1280 by 720
ANSWER_EVERY, ANSWER_WITHIN = 3, 1.0  # pictures and seconds, as _page.js has them
WIDTHS = (4, 5, 6, 7, 8, 7, 6, 5)  # none twice: that would be no turn
FIRST = 20  # pictures after which a network trains
PATIENCE = 180  # seconds for one answer of a server
GONE = ("restarting", "autorestarting", "dead")


class KernelGone(Exception):
    """A kernel, or the way to it, is no longer there."""


class Kernel:
    """A kernel behind its server, over the websocket that JupyterLab uses.

    Attributes
    ----------
    widgets : dict of str to dict
        The state of each widget, by its id.
    listeners : dict of str to callable
        By a widget's id, what takes its own messages.
    gone : bool
        Whether the kernel has died, or the connection.
    """

    def __init__(self, socket: WebSocketClientConnection):
        self._socket = socket
        self._session = uuid.uuid4().hex
        self._running: dict[str, tuple[list, asyncio.Future]] = {}
        self.widgets: dict[str, dict] = {}
        self.listeners: dict = {}
        self.gone = False
        self._listening = asyncio.create_task(self._listen())

    async def run(self, source: str, cell: str) -> list[nbformat.NotebookNode]:
        """Run a cell's source and return its outputs.

        Raises
        ------
        KernelGone
            If the kernel dies meanwhile.
        """
        content = {
            **{"code": source, "silent": False, "store_history": True, "allow_stdin": True},
            **{"user_expressions": {}, "stop_on_error": False},  # what waits is run nevertheless
        }
        outputs, done = [], asyncio.get_running_loop().create_future()
        self._running[self._send("execute_request", content, {"cellId": cell})] = outputs, done
        await done
        return outputs

    def tell(self, widget: str, **data) -> None:
        """Send a message to a widget, as its part in the page does."""
        self._send("comm_msg", {"comm_id": widget, "data": data})

    def parts(self, widget: str) -> Iterator[tuple[str, dict]]:
        """Return id and state of a widget and of all that stand in it."""
        state = self.widgets[widget]
        yield widget, state
        for child in state.get("children", ()):
            yield from self.parts(child.removeprefix("IPY_MODEL_"))

    def leave(self) -> None:
        """Close the connection; the kernel goes on."""
        self._socket.close()

    def _send(self, kind: str, content: dict, metadata: dict | None = None) -> str:
        if self.gone:
            raise KernelGone
        header = {
            **{"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self._session},
            **{"username": "", "date": "2026-01-01T00:00:00Z", "version": "5.4"},
        }
        message = {"header": header, "parent_header": {}, "metadata": metadata or {}}
        packed = serialize_msg_to_ws_v1(
            {**message, "content": content}, "shell", lambda part: json.dumps(part).encode()
        )
        try:
            sent = self._socket.write_message(packed, binary=True)
        except WebSocketClosedError:
            raise KernelGone from None
        sent.add_done_callback(asyncio.Future.exception)  # of a server that ends meanwhile
        return header["msg_id"]

    async def _listen(self) -> None:
        while (packed := await self._socket.read_message()) is not None:
            _, parts = deserialize_msg_from_ws_v1(packed)
            header, parent, _, content = map(json.loads, parts[:4])
            self._hear(header["msg_type"], content, *self._asked(parent))
        self._lost()

    def _asked(self, parent: dict) -> tuple[list, asyncio.Future | None]:
        return self._running.get(parent.get("msg_id"), ([], None))

    def _hear(self, kind: str, content: dict, outputs: list, done: asyncio.Future | None) -> None:
        if kind == "comm_open":
            self.widgets[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "comm_msg":
            self._take(content["comm_id"], content["data"])
        elif kind in ("stream", "display_data", "execute_result", "error"):
            message = {"header": {"msg_type": kind}, "content": content}
            outputs.append(nbformat.v4.output_from_msg(message))
        elif kind == "status" and content["execution_state"] in GONE:
            self._lost()
        elif kind == "status" and content["execution_state"] == "idle" and done and not done.done():
            done.set_result(None)

    def _take(self, widget: str, data: dict) -> None:
        if data.get("method") in ("update", "echo_update"):
            self.widgets.get(widget, {}).update(data["state"])
        elif widget in self.listeners:
            self.listeners[widget](data.get("content", {}))

    def _lost(self) -> None:
        self.gone = True
        for _, done in self._running.values():
            if not done.done():
                done.set_exception(KernelGone())


class Player:
    """Who looks at a live panel: takes its pictures, answers as the page does, turns a slider.

    Parameters
    ----------
    kernel : Kernel
    widget : str
        Id of the panel.

    Attributes
    ----------
    frames : list of float
        When each picture came, in seconds of `time.monotonic`.
    delays : list of float
        Seconds from each turned slider to the first picture that shows the turn.
    """

    def __init__(self, kernel: Kernel, widget: str):
        parts = dict(kernel.parts(widget))
        named = {state.get("description"): part for part, state in parts.items()}
        self._kernel = kernel
        self._page = next(part for part, state in parts.items() if "arrangement" in state)
        self._play, self._slider = named["Play"], named["width"]
        self._widths = itertools.cycle(WIDTHS)
        self._received = self._answered = 0
        self._due: asyncio.TimerHandle | None = None
        self._turned: tuple[float, asyncio.Future] | None = None
        self.frames: list[float] = []
        self.delays: list[float] = []
        kernel.listeners[self._page] = self._take
        self._say(able=True)
        self._say(places=1, seen=True)
        kernel.tell(self._page, method="update", state={"sizes": SIZES}, buffer_paths=[])
        self._say(ready=True)
        self._say(met=True)

    async def play(self) -> None:
        """Press Play, and wait until the network trains: only then a turn has its mark."""
        self._kernel.tell(self._play, method="custom", content={"event": "click"})
        begun = time.monotonic()
        while len(self.frames) < FIRST:
            if time.monotonic() > begun + PATIENCE:
                raise TimeoutError(f"No network has trained within {PATIENCE} s.")
            await asyncio.sleep(0.1)

    async def turn(self) -> None:
        """Move the slider of the width, and wait for the picture that shows it."""
        begun, seen = time.monotonic(), asyncio.get_running_loop().create_future()
        self._turned = begun, seen
        state = {"value": next(self._widths)}
        self._kernel.tell(self._slider, method="update", state=state, buffer_paths=[])
        await asyncio.wait_for(seen, PATIENCE)

    def rate(self, begun: float, ended: float) -> float:
        """Return the pictures a second that have come between two moments."""
        return sum(begun <= frame < ended for frame in self.frames) / (ended - begun)

    def gap(self, begun: float, ended: float) -> float:
        """Return the longest time, in seconds, in which no picture has come."""
        frames = [begun, *(frame for frame in self.frames if begun <= frame < ended), ended]
        return max(later - former for former, later in itertools.pairwise(frames))

    def _take(self, message: dict) -> None:
        if "frame" not in message:
            return
        now = time.monotonic()
        self.frames.append(now)
        self._received = message["number"]
        self._answer()
        scenes = message["frame"]["scenes"]
        names = {item["name"] for scene in scenes for item in scene.get("items", ())}
        if self._turned is not None and "marks" in names:  # each turn has its mark on the curve
            begun, seen = self._turned
            self._turned = None
            self.delays.append(now - begun)
            if not seen.done():
                seen.set_result(None)

    def _answer(self) -> None:
        """Tell the kernel how far the page is, now or soon."""
        if self._due is not None:
            self._due.cancel()
        if self._received - self._answered >= ANSWER_EVERY:
            self._send_answer()
        else:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(ANSWER_WITHIN, self._send_answer)

    def _send_answer(self) -> None:
        self._answered = self._received
        with contextlib.suppress(KernelGone):
            self._say(drawn=self._received)

    def _say(self, **content) -> None:
        self._kernel.tell(self._page, method="custom", content={"page": "1", **content})
