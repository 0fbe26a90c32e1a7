"""The clock of a live panel: one task that asks for frames, and never a second one.

A notebook's kernel has one thread and one event loop. The clock is a task on that loop:
it draws a frame, then sleeps for a moment in which slider moves and other cells get their
turn. Kernel interrupts do not reach such a task, so it has a stop of its own.
"""

import asyncio
import time
from collections.abc import Callable

# With sleep(0) the kernel reads slider moves six times later than with a real pause.
_SHORTEST_PAUSE = 0.002  # seconds
_PERIOD = 0.02  # seconds between the beginnings of two frames, at least
_PATIENCE = 0.25  # seconds to wait for a browser that is behind


class Clock:
    """Calls ``frame`` again and again until it returns False or `stop` is called.

    Parameters
    ----------
    frame : callable
        Does one frame; returns whether there shall be another.
    failed : callable
        Takes the exception that ended the clock: an exception in a task is seen by nobody.
    behind : callable, optional
        Tells whether the browser still works on earlier frames. The clock then waits, so that
        no queue of pictures builds up between a turned knob and what it does.
    """

    def __init__(
        self,
        frame: Callable[[], bool],
        failed: Callable[[Exception], None],
        behind: Callable[[], bool] = lambda: False,
    ):
        self._frame, self._failed, self._behind = frame, failed, behind
        self._task: asyncio.Task | None = None

    @property
    def running(self) -> bool:
        """Whether frames are being made."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin, unless it is running already; needs a running event loop."""
        if not self.running:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        """End; may be called from within a frame."""
        task, self._task = self._task, None
        if task is not None and not task.done() and task is not _current_task():
            task.cancel()

    async def _run(self) -> None:
        me = asyncio.current_task()
        try:
            while True:
                begun = time.monotonic()
                # A clock that was stopped from within the frame has forgotten this task.
                if not self._frame() or self._task is not me:
                    break
                await asyncio.sleep(max(_SHORTEST_PAUSE, _PERIOD - (time.monotonic() - begun)))
                while self._behind() and time.monotonic() - begun < _PATIENCE:
                    await asyncio.sleep(_SHORTEST_PAUSE)
        except Exception as error:
            self._failed(error)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the kernel's event loop, or None where no loop runs, as in a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _current_task() -> asyncio.Task | None:
    return asyncio.current_task() if running_loop() is not None else None
