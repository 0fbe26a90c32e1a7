"""What a panel does on the kernel's event loop: answer turned controls, and keep time.

A notebook's kernel has one thread and one event loop. Controls are heard on it or on another
thread, in the middle of whatever runs; so what is heard is only noted, and acted upon when the
loop has its turn. An exception there is seen by nobody unless it is handed on.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Iterator
from functools import partial

import ipywidgets as widgets
import numpy as np

from lessons_lib.panels._memory import Memory

# Long enough that a burst of slider messages ends in one picture, too short to be seen.
_GATHER = 0.004  # seconds
# With sleep(0) the kernel reads slider moves six times later than with a real pause.
_SHORTEST_PAUSE = 0.002  # seconds
# A screen shows 60 pictures a second. They do not arrive evenly, so at 60 a second many a moment
# of the screen has none and another two: of 53 pictures 31 were seen, of 65 with this period 47.
_PERIOD = 1 / 75  # seconds between the beginnings of two frames, at least
_LONGEST = 0.05  # seconds of running in one frame, so that a turned knob is never kept waiting
# As fast as it goes: seconds of running for a second of everything else. With 2 training has less
# than half of the speed that it has alone, with 3 more, and a turned knob is not seen later.
_SHARE = 3.0
_CAREFUL = 10  # steps in the first frame, when nothing is known about their cost


class Turns:
    """The one way from a turned control to the next picture.

    Parameters
    ----------
    controls : dict of str to ipywidgets.Widget
        What the learner turns.
    answer : callable
        Called on the loop, once for a burst of turns; draws what has come of them.
    failed : callable
        Takes an exception, to show it.

    Attributes
    ----------
    noted : dict
        What was turned since the last `take`; of several values for one control the last.
    """

    def __init__(
        self,
        controls: dict[str, widgets.Widget],
        answer: Callable[[], None],
        failed: Callable[[Exception], None],
    ):
        self._answer, self._failed = answer, failed
        self._loop = running_loop()
        self._asked = False
        self._unheard = ""
        self.noted: dict[str, object] = {}
        for name, control in controls.items():
            control.observe(partial(self._note, name), names="value")

    def take(self) -> dict[str, object]:
        """Return what was noted, and forget it."""
        noted, self.noted = self.noted, {}
        return noted

    @contextlib.contextmanager
    def unheard(self, name: str) -> Iterator[None]:
        """Let a control be set by whoever knows its value already."""
        self._unheard = name
        try:
            yield
        finally:
            self._unheard = ""

    def later(self, action: Callable[[], None], seconds: float = 0.0) -> None:
        """Do something on the loop, after a while, or at once where none runs."""
        if self._has_loop():
            self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._guarded, action)
        else:
            self._guarded(action)

    def ask(self) -> None:
        """Let an answer be given, once for a burst."""
        if not self._has_loop():
            self._answer()  # an exception reaches the code that has set the value
        elif not self._asked:
            self._asked = True
            self.later(self._give_answer, _GATHER)

    def _note(self, name: str, change) -> None:
        if name == self._unheard:
            return
        self.noted[name] = change["new"]
        self.ask()

    def _give_answer(self) -> None:
        self._asked = False
        self._answer()

    def _has_loop(self) -> bool:
        return self._loop is not None and self._loop.is_running()

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._failed(error)


class Clock:
    """Calls ``frame`` again and again until it returns False or `stop` is called.

    It is one task, never two, that sleeps between frames for a moment in which slider moves and
    other cells get their turn. Kernel interrupts do not reach it, so it has a stop of its own.

    Parameters
    ----------
    frame : callable
        Does one frame; returns whether there shall be another.
    failed : callable
        Takes the exception that ended the clock: an exception in a task is seen by nobody.
    """

    def __init__(self, frame: Callable[[], bool], failed: Callable[[Exception], None]):
        self._frame, self._failed = frame, failed
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
        except Exception as error:
            self._failed(error)


class Pace:
    """How many steps a frame has time for.

    How many are made per call does not change what comes of them; only the pictures come more or
    less often.

    Parameters
    ----------
    runner : Memory
        What is advanced: it makes the steps of a runner, and remembers.
    """

    def __init__(self, runner: Memory):
        self._runner = runner
        self._seconds: float | None = None  # for one step
        self._ended = time.perf_counter()  # the latest steps

    def step(self, wanted: float) -> int:
        """Make at most ``wanted`` steps, fewer if they would take too long.

        Infinitely many are wanted where it shall go as fast as it can: then pictures, pauses and
        turned knobs get their part of the time, and the steps all the rest.
        """
        begun = time.perf_counter()
        longest = _LONGEST
        if wanted == math.inf:
            longest = min(_LONGEST, _SHARE * (begun - self._ended))
        n = min(wanted, _CAREFUL)
        if self._seconds is not None:
            n = int(np.clip(longest / max(self._seconds, 1e-9), 1, wanted))
        made = self._runner.step(n)
        self._ended = time.perf_counter()
        if made:
            self._seconds = (self._ended - begun) / made
        return made


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the kernel's event loop, or None where no loop runs, as in a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _current_task() -> asyncio.Task | None:
    return asyncio.current_task() if running_loop() is not None else None
