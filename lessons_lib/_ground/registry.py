"""The data files of the course as registry.txt lists them: name, SHA-256, publisher's address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lessons_lib._ground import folders


@dataclass(frozen=True)
class Source:
    """A publisher's address for a file and the SHA-256 of its content."""

    url: str
    sha256: str


def registry_file() -> Path:
    """Return the list of data files; a library without its repository has it beside itself."""
    of_the_course = folders.REPOSITORY / "data" / "registry.txt"
    return of_the_course if of_the_course.exists() else Path(__file__).with_name("registry.txt")


def sources() -> dict[str, Source]:
    """Return the data files by their names.

    Raises
    ------
    OSError
        When the list cannot be read.
    """
    lines = registry_file().read_text(encoding="utf-8").splitlines()
    listed = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: Source(url, digest.removeprefix("sha256:")) for name, digest, url in listed}
