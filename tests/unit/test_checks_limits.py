"""The time limit stops what does not end, and nothing else."""

import signal
import threading
import time

import pytest

from lessons_lib.checks import _limits
from lessons_lib.checks._limits import TimeUp, call_with_limit

HAS_ALARM = hasattr(signal, "setitimer")


def spin():
    """Never end."""
    while True:
        pass


def spin_in_bare_except():
    """Never end, and swallow what should end it."""
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def spin_in_two_bare_excepts():
    """The same, twice over."""
    while True:
        try:
            while True:
                try:
                    for _ in range(1000):
                        pass
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def spin_in_four_bare_excepts():
    """And four times over, with a loop that ends inside."""
    while True:
        try:
            while True:
                try:
                    while True:
                        try:
                            while True:
                                try:
                                    for _ in range(1000):
                                        pass
                                except:  # noqa: E722
                                    pass
                        except:  # noqa: E722
                            pass
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def swallows_and_returns():
    """Catch the interruption and return."""
    try:
        spin()
    except BaseException:
        return "as if nothing had happened"


ENDLESS = [
    spin,
    spin_in_bare_except,
    spin_in_two_bare_excepts,
    spin_in_four_bare_excepts,
    swallows_and_returns,
]


def in_thread(limited):
    """Run a call in another thread and return its result, or raise what it raised."""
    found = []

    def target():
        try:
            found.append(("value", limited()))
        except BaseException as error:
            found.append(("error", error))

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(60)
    assert found, "the call is still running"
    kind, value = found[0]
    if kind == "error":
        raise value
    return value


# The three ways: by the system's alarm, without alarms, and outside of the main thread.
WAYS = [
    pytest.param(
        call_with_limit,
        id="alarm",
        marks=pytest.mark.skipif(not HAS_ALARM, reason="this system has no alarms"),
    ),
    pytest.param(_limits._by_interrupt, id="interrupt"),
    pytest.param(lambda *given: in_thread(lambda: call_with_limit(*given)), id="thread"),
]
every_way = pytest.mark.parametrize("limited", WAYS)


@every_way
@pytest.mark.parametrize("endless", ENDLESS)
def test_endless_calls_are_stopped(limited, endless):
    """They end, however they are nested and whatever they swallow."""
    with pytest.raises(TimeUp):
        limited(endless, 0.1)


@every_way
def test_returns_what_the_call_returns(limited):
    """A call that ends in time is not touched."""
    assert limited(lambda: 42, 5) == 42


@every_way
def test_lets_exceptions_through(limited):
    """An exception of the call is the caller's to handle."""
    with pytest.raises(ZeroDivisionError):
        limited(lambda: 1 / 0, 5)


@every_way
def test_no_strike_lands_after_the_call(limited):
    """Code after a stopped call runs undisturbed, alarms, handlers and watchers being gone."""
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    for endless in (spin, spin_in_four_bare_excepts):
        with pytest.raises(TimeUp):
            limited(endless, 0.05)
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            pass
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    assert "lessons-time-limit" not in [thread.name for thread in threading.enumerate()]


def test_a_real_interrupt_is_no_strike():
    """Where strikes are interrupts, the learner's own before the time stays one."""
    with pytest.raises(KeyboardInterrupt):
        _limits._by_interrupt(lambda: signal.raise_signal(signal.SIGINT), 5)


@pytest.mark.skipif(not HAS_ALARM, reason="this system has no alarms")
def test_alarm_ends_a_sleep():
    """A call that waits is stopped too."""
    began = time.monotonic()
    with pytest.raises(TimeUp):
        call_with_limit(lambda: time.sleep(60), 0.1)
    assert time.monotonic() - began < 30


@pytest.mark.skipif(not HAS_ALARM, reason="this system has no alarms")
def test_other_alarms_survive():
    """An alarm of someone else's is delivered after the call, to its own handler."""
    heard = []
    former = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert call_with_limit(lambda: 42, 5) == 42
        deadline = time.monotonic() + 30
        while not heard and time.monotonic() < deadline:
            time.sleep(0.01)
        assert heard == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
