"""A bare Debian 12 in a directory: what `debootstrap` installs, and this machine's way to the network."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import debian

CACHE = Path.home() / ".cache" / "databaseai-tests"
PACKAGES = "python3,python3-venv,git,ca-certificates,curl"
USER = "ada"
HOST_FILES = (
    "etc/resolv.conf",
    "etc/hosts",
    "etc/pip.conf",
    "etc/npmrc",
    "etc/ssl/certs/ca-certificates.crt",
)
"""Resolver, certificates and package-client settings: how this network is reached, nothing else."""
CARRIED = ("proxy", "_CERT", "CERT_", "CA_", "PIP_", "NPM_CONFIG", "SSL_")
WITHOUT = ("find", "extra")
"""Options of the machine's pip that point at its own disk."""


@dataclass(frozen=True)
class BareMachine:
    """One copy of the bare system, with a user and a clone of this repository."""

    root: Path

    def run(
        self, command: str, *, timeout_s: float = 900, user: str = USER, cwd: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a shell command as the user in the clone, in namespaces that end with it.

        What the command leaves running dies with its process namespace.
        """
        home = "/root" if user == "root" else f"/home/{user}"
        inner = (
            "mount -t proc proc /proc && mount -t tmpfs -o mode=1777 shm /dev/shm && "
            f'exec setpriv --reuid={user} --regid={user} --init-groups sh -c "$COMMAND"'
        )
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": home,
            "LANG": "C.UTF-8",
            "COMMAND": f"cd {cwd or home + '/databaseai'} && {command}",
            "DATABASEAI_SERVER_PORT": "0",  # the network is this machine's, and so are its ports
        } | carried()
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "chroot", self.root, "sh", "-c", inner],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )


def carried() -> dict[str, str]:
    """Variables by which package clients find the network."""
    return {name: value for name, value in os.environ.items() if any(part in name for part in CARRIED)}


def base() -> Path:
    """The bootstrapped system, made once and cached."""
    root = CACHE / "bookworm"
    if not (root / "complete").exists():
        debian.ensure("debootstrap", "debootstrap")
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (root / "complete").touch()
    return root


def make(directory: Path, repository: Path) -> BareMachine:
    """Copy the bare system, add the user, clone the repository's HEAD into their home."""
    root = directory / "root"
    subprocess.run(["cp", "-a", "--reflink=auto", base(), root], check=True)
    for name in HOST_FILES:
        source = Path("/") / name
        if source.exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, root / name)
    drop_local_indexes(root / "etc/pip.conf")
    subprocess.run(["chroot", root, "useradd", "-m", "-s", "/bin/sh", USER], check=True)
    for clone in (root / "home" / USER / "databaseai", root / "opt" / "databaseai"):
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", repository, clone], check=True)
    subprocess.run(["chroot", root, "chown", "-R", f"{USER}:{USER}", f"/home/{USER}"], check=True)
    return BareMachine(root)


def drop_local_indexes(configuration: Path) -> None:
    """Take directories of this machine out of pip's settings: they are not on the bare one."""
    if configuration.exists():
        lines = configuration.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(WITHOUT)]
        configuration.write_text("\n".join(kept) + "\n")


def received_bytes() -> int:
    """Bytes this machine received so far, loopback left out."""
    interfaces = Path("/sys/class/net").iterdir()
    return sum(
        int((interface / "statistics/rx_bytes").read_text())
        for interface in interfaces
        if interface.name != "lo"
    )
