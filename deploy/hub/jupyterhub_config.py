"""JupyterHub for a class of this course; docs/HUB.md says how to set one up.

Its settings are environment variables, with their defaults:

- ``LESSONS_HUB_FOLDER`` (``/srv/lessons``): ``students/`` has a home for each student, ``data/``
  the data files, which all read, ``hub/`` the hub's database and secrets
- ``LESSONS_HUB_MEMORY`` (``2G``): what one student may hold
- ``LESSONS_HUB_CPUS`` (``0``, no limit): how many processors one student may keep busy
- ``LESSONS_HUB_LOGIN`` (``native``): ``native``, students sign up and an instructor approves, or
  ``tokens``, for tests on this machine, with ``LESSONS_HUB_TOKENS`` as in ``anna=3f9c,ben=77d0``
- ``LESSONS_HUB_INSTRUCTORS`` (nobody): names, with commas between them
- ``LESSONS_HUB_ADDRESS`` (``127.0.0.1``) and ``LESSONS_HUB_PORT`` (``8000``): where the proxy
  listens; the two ports after it are used inside the machine
- ``LESSONS_HUB_MORE`` (``/etc/lessons/hub.py``): your own file of JupyterHub's settings, such as
  another authenticator; loaded last, if it is there
"""

import logging
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from deploy.hub import accounts, limits, logins, settings, students  # noqa: E402

c = get_config()  # noqa: F821 -- JupyterHub's own
chosen = settings.read_settings()
chosen.make_folders()
log = logging.getLogger("lessons")

# The proxy is a process of its own, and servers are nobody's children: a hub that is restarted
# disturbs nobody who works.
c.JupyterHub.bind_url = f"http://{chosen.address}:{chosen.port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{chosen.hub_port}"
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False
c.JupyterHub.init_spawners_timeout = 1  # second; what trains, or just starts, answers late
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{chosen.proxy_port}"
c.ConfigurableHTTPProxy.auth_token = chosen.proxy_token()
c.JupyterHub.db_url = f"sqlite:///{chosen.own / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(chosen.own / "cookie_secret")

groups = limits.ControlGroups()
if groups.unavailable:
    log.warning(
        "No student's memory or processors are limited, for this machine's control groups cannot "
        "be written to: %s",
        groups.unavailable,
    )
for path in (Path(sys.prefix), Path(sys.base_prefix), REPOSITORY):
    if (closed := accounts.closed_folder(path)) is not None:
        log.warning(
            "Students cannot start their servers: %s is closed to them, and %s lies in it. Install "
            "the course where everybody can read, such as /srv/lessons/course, with a Python that "
            "everybody can run.",
            closed,
            path,
        )

c.JupyterHub.spawner_class = students.StudentSpawner
c.StudentSpawner.homes = str(chosen.students)
c.StudentSpawner.groups = groups
c.StudentSpawner.cmd = [sys.executable, str(Path(__file__).with_name("student_server.py"))]
c.StudentSpawner.mem_limit = chosen.memory
c.StudentSpawner.cpu_limit = chosen.cpus or None
c.StudentSpawner.environment = {
    "LESSONS_DATA_DIR": str(chosen.data),
    "LESSONS_HUB_KERNELS": str(chosen.kernels),
}
c.StudentSpawner.start_timeout = 120  # seconds, when a whole class comes at once
c.StudentSpawner.http_timeout = 120

c.Authenticator.admin_users = set(chosen.instructors)
c.Authenticator.allow_all = True  # who may come in, the login itself decides
if chosen.login == "tokens":
    c.JupyterHub.authenticator_class = logins.TokenAuthenticator
    c.TokenAuthenticator.tokens = chosen.tokens
else:
    c.JupyterHub.authenticator_class = "native"
    c.NativeAuthenticator.minimum_password_length = 8
    c.NativeAuthenticator.check_common_password = True

# A server that nobody uses ends after an hour.
c.JupyterHub.services = [
    {
        "name": "idle-servers",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-servers",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-servers"],
    }
]

if chosen.more.exists():
    load_subconfig(str(chosen.more))  # noqa: F821 -- JupyterHub's own
