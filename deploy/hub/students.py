"""Starts each student's server: an account, a home and limits of their own."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner, set_user_setuid
from traitlets import Any, Unicode

from deploy.hub.accounts import account_name, make_account

__all__ = ["StudentSpawner"]


class StudentSpawner(LocalProcessSpawner):
    """A server as a process of this machine, under an account that is the student's alone."""

    homes = Unicode("/srv/lessons/students", help="Folder of the students' homes.").tag(config=True)
    groups = Any(help="The control groups, a ControlGroups.").tag(config=True)

    @property
    def account(self) -> str:
        """Name of the student's account."""
        return account_name(self.user.name)

    async def start(self) -> tuple[str, int]:
        """Start the student's server."""
        make_account(self.user.name, Path(self.homes))
        self.groups.set(self.account, self.mem_limit, self.cpu_limit)
        return await super().start()

    async def stop(self, now: bool = False) -> None:
        """Stop the student's server, and what else the student has left running."""
        await super().stop(now)
        await self.groups.end(self.account)

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Return what the new process does before it is the server."""
        enter, become = self.groups.entrance(self.account), set_user_setuid(self.account)

        def preexec() -> None:
            enter()  # as root, who may
            become()

        return preexec

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add the student's own variables."""
        account = pwd.getpwnam(self.account)
        programs = [str(Path(sys.prefix, "bin")), env.get("PATH", os.defpath)]
        return {
            **env,
            "USER": self.account,
            "HOME": account.pw_dir,
            "SHELL": account.pw_shell,
            "PATH": os.pathsep.join(programs),
        }

    async def _signal(self, sig: int) -> bool:
        """Signal a process if it is the student's: numbers come again after a restart."""
        try:
            own = os.stat(f"/proc/{self.pid}").st_uid == pwd.getpwnam(self.account).pw_uid
        except (FileNotFoundError, KeyError):  # no such process, or no account on a new machine
            return False
        return own and await super()._signal(sig)
