"""Debian's packages for the system tests: installed when their program is missing, else a clear failure."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def ensure(program: str | Path, package: str) -> None:
    """Install `package` unless `program` is there; only root may."""
    if shutil.which(program) is not None:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.fail(f"{program} is missing: run as root on Debian, or install {package}.")
    if package.startswith("postgresql") and not NO_CLUSTER.exists():
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n")  # the programs, not a server on 5432
    install = ["install", "-y", "-qq", "--no-install-recommends", package]
    for arguments in (["update", "-qq"], install):
        done = subprocess.run(["apt-get", *arguments], env=os.environ | QUIET, check=False)
        if done.returncode:
            pytest.fail(f"apt-get {arguments[0]} failed")
