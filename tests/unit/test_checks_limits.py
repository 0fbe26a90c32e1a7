"""The time limit stops what does not end, and nothing else."""

import importlib
import signal
import sys
import threading
import time

import pytest

from lessons_lib.checks import _limits
from lessons_lib.checks._limits import Limit, TimeUp, call_with_limit

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
        limited(endless, Limit(0.1))


@every_way
def test_returns_what_the_call_returns(limited):
    """A call that ends in time is not touched."""
    assert limited(lambda: 42, Limit(5)) == 42


@every_way
def test_lets_exceptions_through(limited):
    """An exception of the call is the caller's to handle."""
    with pytest.raises(ZeroDivisionError):
        limited(lambda: 1 / 0, Limit(5))


@every_way
def test_no_strike_lands_after_the_call(limited):
    """Code after a stopped call runs undisturbed, alarms, handlers and watchers being gone."""
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    for endless in (spin, spin_in_four_bare_excepts):
        with pytest.raises(TimeUp):
            limited(endless, Limit(0.05))
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            pass
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    assert "lessons-time-limit" not in [thread.name for thread in threading.enumerate()]


def test_a_real_interrupt_is_no_strike():
    """Where strikes are interrupts, the learner's own before the time stays one."""
    # Tests that a shell runs in the background have it switched off.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _limits._by_interrupt(lambda: signal.raise_signal(signal.SIGINT), Limit(5))
    finally:
        signal.signal(signal.SIGINT, former)


@every_way
def test_waiting_ends(limited):
    """A call that computes nothing is stopped too, by real time."""

    def waits():
        while True:
            time.sleep(0.01)

    limit = Limit(5, waiting=-4.8)
    with pytest.raises(TimeUp):
        limited(waits, limit)
    assert limit.computed < 5
    assert limit.run_out == "0.2 seconds, in which it mostly waited"


@pytest.mark.skipif(not HAS_ALARM, reason="this system has no alarms")
def test_alarm_ends_a_sleep():
    """Even within one long wait, and not at its end."""
    with pytest.raises(TimeUp):
        call_with_limit(lambda: time.sleep(3600), Limit(0.1, waiting=0.1))


@every_way
def test_other_threads_and_a_busy_machine_cost_nothing(limited):
    """Only what the call's own thread computes is counted."""
    done = threading.Event()

    def other():
        while not done.is_set():
            pass

    thread = threading.Thread(target=other, daemon=True)
    thread.start()
    limit = Limit(0.3)
    try:
        assert limited(lambda: time.sleep(1) or 42, limit) == 42
    finally:
        done.set()
        thread.join()
    assert limit.computed < 0.3


def test_calls_share_one_limit():
    """What the first call took is missing for the second; the third does not even begin."""
    limit = Limit(1.0)
    with pytest.raises(ZeroDivisionError):
        call_with_limit(lambda: burn(0.6) / 0, limit)
    with pytest.raises(TimeUp):
        call_with_limit(lambda: burn(0.6), limit)
    with pytest.raises(TimeUp):
        call_with_limit(pytest.fail, limit)


def burn(seconds):
    """Compute for some time, in one piece, and return it."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return seconds


SLOW_MODULE = """\
import time
end = time.thread_time() + 0.4
while time.thread_time() < end:
    pass
import slow_part
"""
LOADERS = {
    "statement": "import slow_module",
    "name": "import importlib; importlib.import_module('slow_module')",
    "lazy attribute": """\
class Lazy:
    def __getattr__(self, name):
        import slow_module
        return getattr(slow_module, name)
Lazy().end""",
    "swallowing": """\
try:
    import slow_module
except BaseException:
    pass""",
}


@pytest.fixture
def slow_module(tmp_path, monkeypatch):
    """A module that is slow to import and then imports another."""
    (tmp_path / "slow_module.py").write_text(SLOW_MODULE)
    (tmp_path / "slow_part.py").write_text("whole = True")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield
    for name in ("slow_module", "slow_part"):
        sys.modules.pop(name, None)


@every_way
@pytest.mark.parametrize("loader", LOADERS)
def test_an_import_is_neither_struck_nor_counted(limited, loader, slow_module):
    """However slow, it is finished; and the call has its whole time besides."""
    limit = Limit(0.2)

    def call():
        exec(LOADERS[loader], {})
        return 42

    assert limited(call, limit) == 42
    assert sys.modules["slow_module"].slow_part.whole


@every_way
def test_an_endless_call_is_struck_after_its_import(limited, slow_module):
    """The strikes that were held back during the import come after it, three tries long."""

    def call():
        import slow_module

        slow_module.time.sleep(0)
        spin()

    for _ in range(3):
        with pytest.raises(TimeUp):
            limited(call, Limit(0.1))
    assert sys.modules["slow_module"].slow_part.whole


@pytest.mark.skipif(not HAS_ALARM, reason="this system has no alarms")
def test_other_alarms_survive():
    """An alarm of someone else's is delivered after the call, to its own handler."""
    heard = []
    former = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert call_with_limit(lambda: 42, Limit(5)) == 42
        deadline = time.monotonic() + 30
        while not heard and time.monotonic() < deadline:
            time.sleep(0.01)
        assert heard == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
