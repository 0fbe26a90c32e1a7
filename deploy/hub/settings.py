"""The few settings of the class's hub, read from environment variables.

Hub, proxy and tests read them here. The hub's log names a value that cannot be meant, with the
values that can.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["LOGINS", "Settings", "WrongSetting", "read_settings"]

LOGINS = ("native", "tokens")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PREFIX = "LESSONS_HUB_"


class WrongSetting(ValueError):
    """A setting that cannot be meant, said in one sentence."""


class Settings(NamedTuple):
    """What the instructor has chosen.

    Attributes
    ----------
    folder : Path
        ``LESSONS_HUB_FOLDER``: students' homes, shared data, the hub's own files.
    memory : str
        ``LESSONS_HUB_MEMORY``: what one student may hold, as in ``2G`` or ``1500M``.
    cpus : float
        ``LESSONS_HUB_CPUS``: how many processors one student may keep busy; 0 for no limit.
    login : str
        ``LESSONS_HUB_LOGIN``: ``native``, accounts with passwords that the instructor approves, or
        ``tokens``, for tests on this machine.
    instructors : frozenset of str
        ``LESSONS_HUB_INSTRUCTORS``: names, with commas between them.
    tokens : dict of str to str
        ``LESSONS_HUB_TOKENS``: with the login ``tokens``, what each student logs in with,
        as in ``anna=3f9c,ben=77d0``.
    address : str
        ``LESSONS_HUB_ADDRESS``: where the proxy listens.
    port : int
        ``LESSONS_HUB_PORT``: the proxy's; the two ports after it are used inside the machine.
    more : Path
        ``LESSONS_HUB_MORE``: the instructor's own file of JupyterHub's settings, loaded last.
    """

    folder: Path
    memory: str
    cpus: float
    login: str
    instructors: frozenset[str]
    tokens: dict[str, str]
    address: str
    port: int
    more: Path

    @property
    def students(self) -> Path:
        """Folder of the students' homes."""
        return self.folder / "students"

    @property
    def data(self) -> Path:
        """Folder of the data files, which all read and none changes."""
        return self.folder / "data"

    @property
    def own(self) -> Path:
        """Folder of the hub's own files, closed to students."""
        return self.folder / "hub"

    @property
    def kernels(self) -> Path:
        """Where students' servers ask the kernel service for a kernel."""
        return self.folder / "kernels.socket"

    @property
    def proxy_port(self) -> int:
        """Port on which the hub tells the proxy where to send whom."""
        return self.port + 1

    @property
    def hub_port(self) -> int:
        """Port of the hub itself."""
        return self.port + 2

    def make_folders(self) -> None:
        """Make what is missing of the folders."""
        for folder, mode in [
            (self.folder, 0o755),
            (self.students, 0o711),  # nobody lists who is in the class
            (self.data, 0o755),
            (self.own, 0o700),
        ]:
            folder.mkdir(mode=mode, parents=True, exist_ok=True)

    def proxy_token(self) -> str:
        """Return what hub and proxy know each other by; made once, read by nobody else."""
        file = self.own / "proxy_token"
        if not file.exists():
            with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as opened:
                opened.write(secrets.token_hex(32))
        return file.read_text()


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Parameters
    ----------
    environ : mapping of str to str
        Environment variables.

    Raises
    ------
    WrongSetting
        When a value cannot be meant.
    """

    def given(name: str, otherwise: str) -> str:
        return environ.get(_PREFIX + name, "").strip() or otherwise

    settings = Settings(
        folder=Path(given("FOLDER", "/srv/lessons")).absolute(),
        memory=given("MEMORY", "2G"),
        cpus=_number("CPUS", given("CPUS", "0"), float, "2, or 1.5, or 0 for no limit"),
        login=given("LOGIN", "native"),
        instructors=frozenset(_names(given("INSTRUCTORS", ""))),
        tokens=_tokens(given("TOKENS", "")),
        address=given("ADDRESS", "127.0.0.1"),
        port=_number("PORT", given("PORT", "8000"), int, "8000"),
        more=Path(given("MORE", "/etc/lessons/hub.py")),
    )
    if settings.login not in LOGINS:
        raise _wrong("LOGIN", "one of " + ", ".join(LOGINS), settings.login)
    if settings.login == "tokens" and settings.address not in LOOPBACK:
        raise _wrong(
            "ADDRESS", "127.0.0.1 with the login `tokens`, which is for tests", settings.address
        )
    if not re.fullmatch(r"\d+(\.\d+)?[KMGT]", settings.memory):
        raise _wrong("MEMORY", "a number with M or G behind it, as in 2G", settings.memory)
    return settings


def _wrong(name: str, expected: str, received: str) -> WrongSetting:
    return WrongSetting(f"{_PREFIX}{name} must be {expected}, and is {received!r}.")


def _number(name: str, text: str, kind: type, example: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = -1
    if number < 0:
        raise _wrong(name, f"a number, as in {example}", text)
    return number


def _names(text: str) -> list[str]:
    return [name.lower() for name in re.split(r"[,\s]+", text) if name]


def _tokens(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in re.split(r"[,\s]+", text) if pair]
    if not all(name and token for name, _, token in pairs):
        raise WrongSetting(
            f"{_PREFIX}TOKENS must be names with their tokens, as in anna=3f9c,ben=77d0, and has "
            "one without."  # not repeated: it may hold tokens
        )
    return {name.lower(): token for name, _, token in pairs}
