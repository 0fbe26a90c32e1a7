"""Stops a call that does not end, without stopping the kernel.

An exception is raised inside the call from outside: a *strike*. A bare ``except:`` in an endless
loop swallows it, so strikes come again; and since a loop inside a loop swallows single strikes
for ever, after some patience each strike brings about the next one, at the very next place
where Python looks for interruptions. No nesting of handlers survives that.
"""

import _thread
import ctypes
import functools
import signal
import threading
import time

PAUSE = 0.02  # s between two strikes
PATIENCE = 10  # strikes; until then the call can still clean up after itself


class TimeUp(BaseException):
    """The call took longer than it may.

    Not an ``Exception``, so that a learner's ``except Exception`` lets it through.
    """


def call_with_limit(call, seconds):
    """Return ``call()``, or raise `TimeUp` when it has not returned after some seconds.

    In the main thread the strikes are signals, elsewhere asynchronous exceptions. The latter
    cannot end a wait inside C code, such as ``time.sleep``, before that wait ends by itself.

    Parameters
    ----------
    call : callable
        Takes nothing.
    seconds : float
        Real time, in seconds.

    Returns
    -------
    object
        What ``call`` returned.

    Raises
    ------
    TimeUp
        When the limit was passed, also when the call swallowed the strikes and returned.
    """
    if threading.current_thread() is not threading.main_thread():
        return _in_other_thread(call, seconds)
    if hasattr(signal, "setitimer"):
        return _by_alarm(call, seconds)
    return _by_interrupt(call, seconds)


class _Armed:
    """Whether strikes are wanted, and how many there have been."""

    def __init__(self, again):
        self.wanted = True
        self.count = 0
        self.again = _as_operator(again)

    def strike(self):
        """Count a strike; out of patience, prepare the next one."""
        self.count += 1
        if self.count > PATIENCE:
            -self.again  # noqa: B018


def _as_operator(act):
    """Return an object on which the operator ``-`` does something.

    After a call Python looks for interruptions at once, so the next strike would land in our
    own handler. After an operator it does not.
    """
    return type("_Operator", (), {"__neg__": staticmethod(act)})()


def _by_alarm(call, seconds):
    armed = _Armed(functools.partial(_thread.interrupt_main, signal.SIGALRM))
    began = time.monotonic()
    former = signal.signal(signal.SIGALRM, _handler(armed, TimeUp))
    former_delay, former_repeat = signal.setitimer(signal.ITIMER_REAL, seconds, PAUSE)
    try:
        value = _call(call, armed)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former or signal.SIG_DFL)
        if former_delay:  # someone else's alarm goes on, as late as if we had not been here
            left = max(former_delay - (time.monotonic() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, former_repeat)
    return _in_time(value, armed)


def _by_interrupt(call, seconds):
    """Strike by SIGINT from a watching thread: the main thread of a system without alarms."""
    interrupt = functools.partial(_thread.interrupt_main, signal.SIGINT)
    armed = _Armed(interrupt)
    watcher = _Watcher(armed, seconds, interrupt)

    def before_time():  # a SIGINT that is not ours is the learner's own
        return TimeUp if watcher.has_struck else KeyboardInterrupt

    former = signal.signal(signal.SIGINT, _handler(armed, before_time))
    watcher.start()
    try:
        value = _call(call, armed)
    finally:
        watcher.stop()
        signal.signal(signal.SIGINT, former or signal.SIG_DFL)
    return _in_time(value, armed)


def _in_other_thread(call, seconds):
    thread = ctypes.c_ulong(threading.get_ident())
    raise_there = ctypes.pythonapi.PyThreadState_SetAsyncExc

    class Strike(TimeUp):
        def __init__(self):  # Python makes the instance at the moment when it strikes
            if armed.wanted:
                armed.strike()

    strike = functools.partial(raise_there, thread, ctypes.py_object(Strike))
    armed = _Armed(strike)
    watcher = _Watcher(armed, seconds, strike)
    watcher.start()
    try:
        value = _call(call, armed)
    finally:
        stopped = False
        while not stopped:
            try:
                watcher.stop()
                raise_there(thread, None)  # a strike that has not landed yet never will
                stopped = True
            except TimeUp:  # one that landed here instead
                continue
    return _in_time(value, armed)


def _call(call, armed):
    try:
        return call()
    finally:
        armed.wanted = False  # first of all: from here on a strike would hit our own code


def _in_time(value, armed):
    if armed.count:
        raise TimeUp
    return value


def _handler(armed, error):
    def handle(signum, frame):
        if not armed.wanted:
            return
        kind = error if isinstance(error, type) else error()
        if kind is TimeUp:
            armed.strike()
        raise kind

    return handle


class _Watcher:
    """A thread that strikes after some time, again and again, while strikes are wanted."""

    def __init__(self, armed, seconds, strike):
        self.has_struck = False
        self._armed, self._strike = armed, strike
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self._watch, args=(seconds,), name="lessons-time-limit", daemon=True
        )

    def start(self):
        """Begin to watch."""
        self._thread.start()

    def stop(self):
        """Stop watching; after this no strike is sent."""
        with self._lock:
            self._finished.set()

    def _watch(self, seconds):
        pause = seconds
        while not self._finished.wait(pause):
            with self._lock:
                if self._finished.is_set() or not self._armed.wanted:
                    return
                self.has_struck = True
                self._strike()
            pause = PAUSE
