"""A class of simulated students in which things go wrong and nothing that was saved may be lost."""

import asyncio
import statistics
import time

import class_hub
import machine
from front_end import KernelGone
from students import Student, each, report_troubles

SIZE = 10  # students
PAUSE = 8.0  # mean seconds between two cells: faster than anybody reads
GREEDY = """\
import numpy as np
hoard = []
while True:
    hoard.append(np.ones(10_000_000))  # 80 MB
"""


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
    await each(students, Student.begin)
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
    now, players = time.monotonic(), [student.player for student in students]
    before = (at - (now - at), at)
    print(
        f"  {what}: the others had {statistics.median(p.rate(*before) for p in players):.0f} "
        f"pictures a second before and {statistics.median(p.rate(at, now) for p in players):.0f} "
        f"then; longest time without one {max(p.gap(*before) for p in players):.1f} s before, "
        f"{max(p.gap(at, now) for p in players):.1f} s then.",
        flush=True,
    )
