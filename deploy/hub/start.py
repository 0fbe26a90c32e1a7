"""Start a part of the class's hub, in place of this: `start.py proxy`, `kernels` or `hub`.

The proxy leads students to their servers and goes on when the hub is restarted. The kernel service
has TensorFlow loaded for all; without it a student's kernel is slower to start, and larger.
"""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deploy.hub.settings import Settings, WrongSetting, read_settings

CONFIG = Path(__file__).with_name("jupyterhub_config.py")
KERNELS = Path(__file__).with_name("kernels.py")
_FOR_KERNELS = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")  # a student can read what it began with


def proxy_command(chosen: Settings) -> list[str]:
    """Return what starts the proxy."""
    program = shutil.which("configurable-http-proxy") or shutil.which(
        "configurable-http-proxy", path=Path(sys.prefix, "bin")
    )
    if program is None:
        raise WrongSetting(
            "The proxy, configurable-http-proxy, is not installed; install it with "
            f"`npm install --global --prefix {sys.prefix} configurable-http-proxy`."
        )
    return [
        program,
        f"--ip={chosen.address}",
        f"--port={chosen.port}",
        "--api-ip=127.0.0.1",
        f"--api-port={chosen.proxy_port}",
        f"--error-target=http://127.0.0.1:{chosen.hub_port}/hub/error",
    ]


def hub_command(chosen: Settings) -> list[str]:
    """Return what starts the hub."""
    return [sys.executable, "-m", "jupyterhub", f"--config={CONFIG}"]


def kernels_command(chosen: Settings) -> list[str]:
    """Return what starts the kernel service."""
    return [sys.executable, str(KERNELS), str(chosen.kernels)]


def main(part: str) -> None:
    """Start one of the three."""
    chosen = read_settings()
    chosen.make_folders()
    os.chdir(chosen.own)
    if part == "kernels":
        command = kernels_command(chosen)
        kept = {name: os.environ[name] for name in _FOR_KERNELS if name in os.environ}
        os.execve(command[0], command, {**kept, "PYTHONUTF8": "1"})
    # The proxy has its secret from the environment, where `ps` shows it to nobody.
    os.environ["CONFIGPROXY_AUTH_TOKEN"] = chosen.proxy_token()
    command = {"proxy": proxy_command, "hub": hub_command}[part](chosen)
    os.execv(command[0], command)


if __name__ == "__main__":
    if sys.argv[1:] not in (["proxy"], ["kernels"], ["hub"]):
        sys.exit(f"Say what to start: {sys.argv[0]} proxy, kernels or hub.")
    try:
        main(sys.argv[1])
    except WrongSetting as wrong:
        sys.exit(str(wrong))
