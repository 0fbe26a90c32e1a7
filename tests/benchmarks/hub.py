"""How many students a machine can have: simulated students work on the course's own hub.

``python3 tests/benchmarks/hub.py 2 5 10`` starts a hub on this machine, for this machine alone,
and lets so many students at once log in, run cells of lesson 01, and play a live panel. Then a
class of ten works for some minutes, in which one student runs into the memory limit, another one's
server and kernel are killed, and the hub is restarted; nothing of what they have saved or answered
may be lost. It needs root, for each student gets an account; all accounts are gone afterwards.
"""

import argparse
import asyncio
import contextlib
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = map(str, (Path(__file__).parents[2], Path(__file__).parents[1]))

import class_hub  # noqa: E402
import class_of_ten  # noqa: E402
import machine  # noqa: E402
import psutil  # noqa: E402
from students import Student, each, report_troubles  # noqa: E402

MOST = 12  # students
LONGEST = 40 * 60  # seconds for all of it
LESSON = 30  # seconds in which they run cells of the lesson, one after the other
SETTLE = 5  # seconds of playing before anything is measured


async def measure(hub: class_hub.ClassHub, seconds: float) -> dict[str, float]:
    """Let all students of a hub come, run the lesson, and play; return what was measured.

    Parameters
    ----------
    hub : ClassHub
    seconds : float
        For how long they play.
    """
    students = [Student(hub.url, name, token) for name, token in hub.tokens.items()]
    started = await each(students, Student.begin)
    print(f"{len(students)} students have begun the lesson.", flush=True)
    late = time.monotonic() + LESSON
    ran = await asyncio.gather(*(student.work(late) for student in students))
    print("They make a live panel.", flush=True)
    await each(students, Student.play)
    print(f"They play for {seconds:.0f} s.", flush=True)
    await asyncio.sleep(SETTLE)

    before = machine.taken(list(hub.tokens))
    busy = busy_seconds()
    begun, own = time.monotonic(), time.process_time()
    await asyncio.gather(*(student.turn_until(begun + seconds) for student in students))
    ended = time.monotonic()
    passed, busy = ended - begun, busy_seconds() - busy
    after = machine.taken(list(hub.tokens))
    worked = sum(after[name].seconds - before[name].seconds for name in after)
    simulated = time.process_time() - own
    delays = [delay for student in students for delay in student.player.delays]
    rates = [student.player.rate(begun, ended) for student in students]
    report_troubles(students)
    return {
        "students": len(students),
        "start": statistics.median(started),
        "last": max(started),
        "cells": statistics.median(ran),
        "share": statistics.mean(one.share for one in after.values()),
        "own": statistics.mean(one.own for one in after.values()),
        "counted": max(one.counted for one in after.values()),
        "hub": machine.memory_of_hub(),
        "frames": statistics.median(rates),
        "fewest": min(rates),
        "delay": statistics.median(delays),
        "late": statistics.quantiles(delays, n=20)[-1],
        "processors": worked / passed,
        "simulated": simulated / passed,
        "others": max(0.0, busy - worked - simulated) / passed,
    }


def busy_seconds() -> float:
    """Return how long the machine's processors have worked so far, all together."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


ROWS = {
    "start": ("log in to first cell's answer, s", ".0f"),
    "last": ("  the last of them, s", ".0f"),
    "cells": (f"cells of lesson 01 run in {LESSON} s, of 47", ".0f"),
    "share": ("memory a student, shared pages by share, MB", ".0f"),
    "own": ("  which no other process has, MB", ".0f"),
    "counted": ("  most that a control group counts, MB", ".0f"),
    "hub": ("memory of hub and proxy, MB", ".0f"),
    "frames": ("pictures a second", ".0f"),
    "fewest": ("  the slowest student's", ".0f"),
    "delay": ("slider to picture, s", ".3f"),
    "late": ("  95 of 100 within, s", ".3f"),
    "processors": ("processors busy for students", ".1f"),
    "simulated": ("  for what simulates their browsers", ".1f"),
    "others": ("  for all else on this machine", ".1f"),
}


def print_table(measured: list[dict[str, float]]) -> None:
    """Print what was measured, a column for each number of students."""
    print(f"\n{'students at once':<46}" + "".join(f"{one['students']:>9}" for one in measured))
    for name, (words, form) in ROWS.items():
        print(f"{words:<46}" + "".join(f"{one[name]:>9{form}}" for one in measured))
    print(flush=True)


# --- all of it --------------------------------------------------------------------------------


async def run_all(counts: list[int], minutes: float, class_minutes: float, memory: str) -> int:
    """Measure each number of students, then hold the class; return the exit status."""
    measured, lost = [], []
    for count in counts:
        with new_hub(count, memory) as hub:
            measured.append(await measure(hub, 60 * minutes))
        print_table(measured)
    if class_minutes:
        with new_hub(class_of_ten.SIZE, memory) as hub:
            lost = await class_of_ten.hold_class(hub, 60 * class_minutes)
    for sentence in lost:
        print(sentence)
    return 1 if lost else 0


@contextlib.contextmanager
def new_hub(count: int, memory: str) -> Iterator[class_hub.ClassHub]:
    """Give a hub that runs for so many students, in a folder of its own."""
    names = [f"student{number}" for number in range(1, count + 1)]
    with tempfile.TemporaryDirectory(prefix="lessons-hub-") as folder:
        Path(folder).chmod(0o755)
        limit = {"memory": memory} if memory else {}
        with class_hub.ClassHub(Path(folder), names, **limit) as hub:
            yield hub


def end(*_: object) -> None:
    """End, and with it the hub and all students' servers, when a signal asks for it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # another one would leave some of them
    sys.exit(143)


def main(arguments: list[str]) -> int:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument(
        "counts", nargs="*", type=int, metavar="N", help=f"students at once, at most {MOST}"
    )
    parser.add_argument("--minutes", type=float, default=1, help="for which they play (1)")
    parser.add_argument(
        "--class-minutes", type=float, default=5, help="of the class of ten (5); 0 leaves it out"
    )
    parser.add_argument("--memory", default="", help="a student's limit, as in 2G; the hub's own")
    options = parser.parse_args(arguments)
    if wrong := [count for count in options.counts if not 1 <= count <= MOST]:
        parser.error(f"there can be 1 to {MOST} students at once, and {wrong[0]} were asked for")
    if reason := class_hub.reason_to_skip():
        parser.error(f"a hub cannot be started here: {reason}")
    signal.signal(signal.SIGTERM, end)
    all_of_it = run_all(options.counts, options.minutes, options.class_minutes, options.memory)
    return asyncio.run(asyncio.wait_for(all_of_it, LONGEST))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
