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
import itertools
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

sys.path[:0] = map(str, (Path(__file__).parents[2], Path(__file__).parents[1]))

import class_hub  # noqa: E402
import machine  # noqa: E402
import psutil  # noqa: E402
from front_end import KernelGone  # noqa: E402
from students import Student  # noqa: E402

MOST = 12  # students
CLASS = 10
LONGEST = 40 * 60  # seconds for all of it
LESSON = 30  # seconds in which they run cells of the lesson, one after the other
SETTLE = 5  # seconds of playing before anything is measured
PAUSE = 4.0  # mean seconds in a class between two cells: faster than anybody reads
GREEDY = """\
import numpy as np
hoard = []
while True:
    hoard.append(np.ones(10_000_000))  # 80 MB
"""


# --- a number of students ---------------------------------------------------------------------


async def measure(hub: class_hub.ClassHub, seconds: float) -> dict[str, float]:
    """Let all students of a hub come, run the lesson, and play; return what was measured.

    Parameters
    ----------
    hub : ClassHub
    seconds : float
        For how long they play.
    """
    students = [Student(hub.url, name, token) for name, token in hub.tokens.items()]
    started = await each(students, begin)
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
    rates = [rate(student, begun, ended) for student in students]
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


async def begin(student: Student) -> None:
    """Log in, start the server, open the lesson, and run its first cell."""
    await student.log_in()
    await student.start()
    await student.open()
    first = next(cell for cell in student.notebook.cells if cell.cell_type == "code")
    await student.run(first)


async def each(students: list[Student], act: Callable[[Student], Awaitable[None]]) -> list[float]:
    """Let all students do something at once, and return how many seconds each has taken."""

    async def timed(student: Student) -> float:
        begun = time.monotonic()
        await act(student)
        return time.monotonic() - begun

    return await asyncio.gather(*map(timed, students))


def rate(student: Student, begun: float, ended: float) -> float:
    """Return the pictures a second that have come to a student."""
    return sum(begun <= frame < ended for frame in student.player.frames) / (ended - begun)


def gap(student: Student, begun: float, ended: float) -> float:
    """Return the longest time, in seconds, in which no picture has come to a student."""
    frames = [begun, *(one for one in student.player.frames if begun <= one < ended), ended]
    return max(later - former for former, later in itertools.pairwise(frames))


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


# --- a class ----------------------------------------------------------------------------------


async def hold_class(hub: class_hub.ClassHub, seconds: float) -> list[str]:
    """Let a class work while things go wrong; return what was lost, in sentences.

    Parameters
    ----------
    hub : ClassHub
    seconds : float
        How long the class takes, from when all have begun.
    """
    students = [Student(hub.url, name, token) for name, token in hub.tokens.items()]
    greedy, killed, *others = students
    await each(students, begin)
    await each(students, Student.play)
    print(f"{len(students)} students play, and go on with the lesson.", flush=True)
    begun = time.monotonic()
    lessons = asyncio.gather(*(attend(student, begun + seconds) for student in students))

    await until(begun + 0.2 * seconds)
    at = time.monotonic()
    said = await spend_all(greedy)
    print(f"Who has spent all memory, after {time.monotonic() - at:.0f} s, is told: {said}")
    print_effect("the memory limit", others, at)

    await until(begun + 0.4 * seconds)
    at = time.monotonic()
    machine.kill(killed.name)
    await asyncio.sleep(10)
    print_effect("the killed server and kernel", others, at)

    await until(begun + 0.6 * seconds)
    at = time.monotonic()
    await asyncio.to_thread(hub.restart)
    print(f"The hub was restarted within {time.monotonic() - at:.1f} s.")
    await asyncio.sleep(5)
    print_effect("the restart of the hub", others, at)

    await lessons
    lost = [one for student in students for one in [*student.lost, *await student.losses()]]
    report_troubles(students)
    count = sum(len(student.answered) for student in students)
    print(
        f"{len(students)} notebooks and {count} progress entries compared: "
        f"{'nothing is' if not lost else f'{len(lost)} are'} lost.",
        flush=True,
    )
    return lost


async def attend(student: Student, end: float) -> None:
    """Play and go on with the lesson until the class is over; come back after a lost kernel."""
    while time.monotonic() < end:
        turning = asyncio.create_task(student.turn_until(end))
        try:
            await student.work(end, PAUSE)
            await until(end)
        except KernelGone:
            student.troubles.append("The kernel is gone; the lesson is run again.")
            await student.come_back()
        finally:
            turning.cancel()


async def spend_all(student: Student) -> str:
    """Run a cell that takes more and more memory, and return what the student is shown."""
    try:
        outputs = await student.kernel.run(GREEDY, "greedy")
        await student.kernel.run("del hoard", "generous")
    except KernelGone:
        return "the kernel has died."
    said = [f"{one.ename}: {one.evalue}" for one in outputs if one.output_type == "error"]
    return " ".join(said) or f"nothing; what the cell shows is {outputs}."


async def until(moment: float) -> None:
    """Wait until a moment of `time.monotonic`."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def print_effect(what: str, students: list[Student], at: float) -> None:
    """Print whether others have seen fewer pictures since something has happened."""
    now = time.monotonic()
    before = (at - (now - at), at)
    print(
        f"  {what}: the others had {statistics.median(rate(s, *before) for s in students):.0f} "
        f"pictures a second before and {statistics.median(rate(s, at, now) for s in students):.0f} "
        f"then; longest time without one {max(gap(s, *before) for s in students):.1f} s before, "
        f"{max(gap(s, at, now) for s in students):.1f} s then.",
        flush=True,
    )


def report_troubles(students: Iterable[Student]) -> None:
    """Print what did not go as students expect."""
    for student in students:
        for trouble, times in Counter(student.troubles).items():
            print(f"  {student.name}: {trouble}{f' ({times} times)' if times > 1 else ''}")


# --- all of it --------------------------------------------------------------------------------


async def run_all(counts: list[int], minutes: float, class_minutes: float, memory: str) -> int:
    """Measure each number of students, then hold the class; return the exit status."""
    measured, lost = [], []
    for count in counts:
        with new_hub(count, memory) as hub:
            measured.append(await measure(hub, 60 * minutes))
        print_table(measured)
    if class_minutes:
        with new_hub(CLASS, memory) as hub:
            lost = await hold_class(hub, 60 * class_minutes)
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
            while not (hub.folder / "kernels.socket").exists():
                time.sleep(0.1)
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
