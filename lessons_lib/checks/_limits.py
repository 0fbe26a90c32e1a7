"""Stops a call that does not end, without stopping the kernel."""

import contextlib
import ctypes
import signal
import threading
import time

REPEAT = 0.02  # s; a bare `except:` in an endless loop swallows a strike, so strikes come again
ESCALATE_AFTER = 10  # strikes; from then on they come fast enough to hit inside the handler itself
REPEAT_FAST = 5e-5  # s


class TimeUp(BaseException):
    """The call took longer than it may.

    Not an ``Exception``, so that a learner's ``except Exception`` lets it through.
    """


def call_with_limit(call, seconds):
    """Return ``call()``, or raise `TimeUp` when it has not returned after some seconds.

    A signal does it in the main thread of a system that has alarms, a watching thread
    elsewhere. The watching thread cannot end a wait inside C code, such as ``time.sleep``,
    before that wait ends by itself.

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
        When the limit was passed, also when the call swallowed the interruption and returned.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and in_main_thread:
        return _call_with_alarm(call, seconds)
    return _call_with_watcher(call, seconds)


def _call_with_alarm(call, seconds):
    armed = True
    strikes = 0

    def strike(signum, frame):
        nonlocal strikes
        if not armed:
            return
        strikes += 1
        if strikes == ESCALATE_AFTER:
            signal.setitimer(signal.ITIMER_REAL, REPEAT_FAST, REPEAT_FAST)
        raise TimeUp

    began = time.monotonic()
    former_handler = signal.signal(signal.SIGALRM, strike)
    former_delay, former_repeat = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT)
    try:
        try:
            value = call()
        finally:
            armed = False  # first of all: from here on a strike would hit our own cleaning up
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former_handler or signal.SIG_DFL)
        if former_delay:  # someone else's alarm goes on, as late as if we had not been here
            left = max(former_delay - (time.monotonic() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, former_repeat)
    if strikes:
        raise TimeUp
    return value


def _call_with_watcher(call, seconds):
    watched = ctypes.c_ulong(threading.get_ident())
    raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
    finished = threading.Event()
    lock = threading.Lock()
    strikes = 0

    def watch():
        nonlocal strikes
        pause = seconds
        while not finished.wait(pause):
            with lock:
                if finished.is_set():
                    return
                strikes += 1
                raise_in_thread(watched, ctypes.py_object(TimeUp))
            pause = REPEAT if strikes < ESCALATE_AFTER else REPEAT / 20

    def stop_watching():
        with lock:
            finished.set()
            raise_in_thread(watched, None)  # a strike that has not landed yet never will

    watcher = threading.Thread(target=watch, name="lessons-time-limit", daemon=True)
    watcher.start()
    try:
        value = call()
    finally:
        while not finished.is_set():
            with contextlib.suppress(TimeUp):  # one that lands while we stop the watcher
                stop_watching()
    watcher.join()
    if strikes:
        raise TimeUp
    return value
