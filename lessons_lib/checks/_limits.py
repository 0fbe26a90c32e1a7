"""Stops a call that does not end, without stopping the kernel.

What is counted is the processor time of the thread that runs the call, so neither a busy machine
nor the kernel's other threads use up a learner's time; real time has a limit of its own, for a
call that sleeps. Imports count for neither, and none is ever interrupted: a module that is half
imported stays broken until the kernel is started anew.

Both times are taken by looking again and again, at a *tick*. Once the time is up each tick is a
*strike*: an exception is raised inside the call from outside. A bare ``except:`` in an endless
loop swallows it, so strikes come again; and since a loop inside a loop swallows single strikes
for ever, after some patience each strike brings about the next one, at the very next place
where Python looks for interruptions. No nesting of handlers survives that.
"""

import _thread
import ctypes
import functools
import signal
import sys
import threading
import time
from collections.abc import Callable

TICK = 0.05  # s between two looks
PATIENCE = 10  # strikes; until then the call can still clean up after itself
WAITING = 55.0  # s of real time that a call may wait, beside the time that it computes
_IMPORTING = "<frozen importlib"  # the file of the frames in which Python imports


class TimeUp(BaseException):
    """The call took longer than it may.

    Not an ``Exception``, so that a learner's ``except Exception`` lets it through.
    """


class Limit:
    """The time that a learner's code may take, over one call or several.

    Parameters
    ----------
    seconds : float
        Processor time of the calling thread, in seconds.
    waiting : float, optional
        How much more real time may pass, in seconds.

    Attributes
    ----------
    computed, passed : float
        The two times, as counted so far.
    """

    def __init__(self, seconds: float, waiting: float | None = None):
        self.seconds = seconds
        self.longest = seconds + (WAITING if waiting is None else waiting)
        self.computed = self.passed = 0.0

    @property
    def run_out(self) -> str:
        """Which time has run out, in words; an empty text while there is time left."""
        if self.computed >= self.seconds:
            return f"{self.seconds:g} seconds of computing"
        if self.passed >= self.longest:
            return f"{self.longest:g} seconds, in which it mostly waited"
        return ""


def call_with_limit(call: Callable[[], object], limit: Limit) -> object:
    """Return ``call()``, or raise `TimeUp` when it has not returned in time.

    In the main thread the strikes are signals, elsewhere asynchronous exceptions. The latter
    cannot end a wait inside C code, such as ``time.sleep``, before that wait ends by itself.

    Parameters
    ----------
    call : callable
        Takes nothing.
    limit : Limit
        Counts the time on.

    Returns
    -------
    object
        What ``call`` returned.

    Raises
    ------
    TimeUp
        When the limit was passed, also when the call swallowed the strikes and returned.
    """
    if limit.run_out:
        raise TimeUp
    if threading.current_thread() is not threading.main_thread():
        return _in_other_thread(call, limit)
    if hasattr(signal, "setitimer"):
        return _by_alarm(call, limit)
    return _by_interrupt(call, limit)


class _Watch:
    """Whether strikes are wanted, how many there have been, and the time counted so far."""

    def __init__(self, limit, again, clock=time.thread_time):
        self.wanted = True
        self.strikes = 0
        self._limit, self._clock = limit, clock
        self._again = _as_operator(again)
        self._since = clock(), time.monotonic()

    def look(self, frame):
        """Count the time since the last look; return whether a strike is due.

        Parameters
        ----------
        frame : frame or None
            What the thread is doing; None where the call has ended.
        """
        now = self._clock(), time.monotonic()
        doing = _doing(frame)
        if doing != "import":
            self._limit.computed += now[0] - self._since[0]
            self._limit.passed += now[1] - self._since[1]
        self._since = now
        return doing == "call" and bool(self._limit.run_out)

    def strike(self):
        """Count a strike; out of patience, prepare the next one."""
        self.strikes += 1
        if self.strikes > PATIENCE:
            -self._again  # noqa: B018


def _doing(frame):
    """Return "import" where one runs in the call, "call" in the rest of it, "" outside of it."""
    innermost, importing = frame, False
    while frame is not None:
        if frame.f_code is _call.__code__:
            return "" if frame is innermost else "import" if importing else "call"
        importing = importing or frame.f_code.co_filename.startswith(_IMPORTING)
        frame = frame.f_back
    return ""


def _as_operator(act):
    """Return an object on which the operator ``-`` does something.

    After a call Python looks for interruptions at once, so the next strike would land in our
    own handler. After an operator it does not.
    """
    return type("_Operator", (), {"__neg__": staticmethod(act)})()


def _by_alarm(call, limit):
    watch = _Watch(limit, functools.partial(_thread.interrupt_main, signal.SIGALRM))
    began = time.monotonic()
    former = signal.signal(signal.SIGALRM, _handler(watch))
    former_delay, former_repeat = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        value = _call(call, watch)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former or signal.SIG_DFL)
        if former_delay:  # someone else's alarm goes on, as late as if we had not been here
            left = max(former_delay - (time.monotonic() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, former_repeat)
    return _in_time(value, watch)


def _by_interrupt(call, limit):
    """Tick by a signal from a second thread: the main thread of a system without alarms.

    The signal is SIGTERM, which nobody sends there; SIGINT stays the learner's own.
    """
    tick = functools.partial(_thread.interrupt_main, signal.SIGTERM)
    watch = _Watch(limit, tick)
    former = signal.signal(signal.SIGTERM, _handler(watch))
    clock = _Clock(watch, tick)
    clock.start()
    try:
        value = _call(call, watch)
    finally:
        clock.stop()
        signal.signal(signal.SIGTERM, former or signal.SIG_DFL)
    return _in_time(value, watch)


def _in_other_thread(call, limit):
    me = threading.get_ident()
    thread = ctypes.c_ulong(me)
    raise_there = ctypes.pythonapi.PyThreadState_SetAsyncExc

    class Strike(TimeUp):
        def __init__(self):  # Python makes the instance at the moment when it strikes
            if watch.wanted:
                watch.strike()

    strike = functools.partial(raise_there, thread, ctypes.py_object(Strike))

    def tick():
        if not watch.look(sys._current_frames().get(me)):
            return
        strike()
        if _doing(sys._current_frames().get(me)) == "import":  # begun since that look
            raise_there(thread, None)

    watch = _Watch(limit, strike, _clock_of(me))
    clock = _Clock(watch, tick)
    clock.start()
    try:
        value = _call(call, watch)
    finally:
        stopped = False
        while not stopped:
            try:
                clock.stop()
                raise_there(thread, None)  # a strike that has not landed yet never will
                stopped = True
            except TimeUp:  # one that landed here instead
                continue
    return _in_time(value, watch)


def _clock_of(thread):
    """Return a clock of the processor time of a thread, to be read by any thread."""
    if hasattr(time, "pthread_getcpuclockid"):
        return functools.partial(time.clock_gettime, time.pthread_getcpuclockid(thread))
    return lambda: 0.0  # macOS and Windows do not tell: there the real time alone is limited


def _call(call, watch):
    try:
        return call()
    finally:
        watch.wanted = False  # first of all: from here on a strike would hit our own code
        watch.look(None)


def _in_time(value, watch):
    if watch.strikes:
        raise TimeUp
    return value


def _handler(watch):
    def handle(signum, frame):
        if watch.wanted and watch.look(frame):
            watch.strike()
            raise TimeUp

    return handle


class _Clock:
    """A thread that ticks while the call lasts."""

    def __init__(self, watch, tick):
        self._watch, self._tick = watch, tick
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="lessons-time-limit", daemon=True)

    def start(self):
        """Begin to tick."""
        self._thread.start()

    def stop(self):
        """Stop; after this no tick comes."""
        with self._lock:
            self._finished.set()

    def _run(self):
        while not self._finished.wait(TICK):
            with self._lock:
                if self._finished.is_set() or not self._watch.wanted:
                    return
                self._tick()
