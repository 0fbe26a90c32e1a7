"""Make panels ready before anybody presses Play: one after the other, and only in idle time.

A lesson may have eleven panels, and each network takes the compiler a second or two. So a panel's
turn comes when it has come into view, and neither while another plays nor while cells run: a cell
that waits is run in between. What the compiler does needs no Python, and is done on another
thread; so controls are answered meanwhile.
"""

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Callable

from lessons_lib.panels._cells import cells_run
from lessons_lib.panels._runner import Runner

_IDLE = 0.25  # seconds without a cell, after which none waits: they follow each other at once


class Compiler:
    """The one thread that compiles, for whoever asks again and again until it is done."""

    def __init__(self):
        self._thread: threading.Thread | None = None
        self._failed = False

    def ready(self, runner: Runner) -> bool:
        """Tell whether the next step begins at once; if not, see to it: ask again in a while."""
        if self._thread is not None and self._thread.is_alive():
            return False
        failed, self._failed, self._thread = self._failed, False, None
        if runner.compiled:
            return True
        rest = None if failed else runner.compile_ahead()
        if rest is None:
            runner.compile()  # what failed on the thread says here why
            return True
        self._thread = threading.Thread(target=self._do, args=(rest,), daemon=True)
        self._thread.start()
        return False

    def _do(self, rest: Callable[[], None]) -> None:
        try:
            rest()
        except Exception:
            self._failed = True


compiler = Compiler()


class Queue:
    """Panels that wait for their turn."""

    def __init__(self):
        self._players: weakref.WeakSet = weakref.WeakSet()
        self._waiting: list = []
        self._loop: asyncio.AbstractEventLoop | None = None  # that will call `_next`

    def note(self, panel: object) -> None:
        """Note a panel with a `runner` and a clock: while it is `playing`, none gets its turn."""
        self._players.add(panel)

    def join(self, panel: object) -> None:
        """Let a panel wait; needs an event loop."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._waiting = loop, []
            self._again()
        self._waiting.append(panel)

    def leave(self, panel: object) -> None:
        """Let a panel that is closed give up its turn."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(panel)

    def _again(self) -> None:
        self._loop.call_later(_IDLE, self._next, cells_run())

    def _next(self, cells: int | None) -> None:
        """Go on with the first that waits, if there is time."""
        busy = cells != cells_run() or any(player.playing for player in self._players)
        while self._waiting and not busy:
            with contextlib.suppress(Exception):  # the first step will say it
                if not compiler.ready(self._waiting[0].runner):
                    break
            self._waiting.pop(0)
        if self._waiting:
            self._again()
        else:
            self._loop = None


queue = Queue()
