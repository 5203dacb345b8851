"""`./databaseai test`: all that CI runs of one unprivileged user; `--system` as root adds the rest.

With paths or pytest options, only those tests run: `./databaseai test tests/ask -k gate`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUIET = {"-q", "-x", "-v"}
"""Options that choose no tests."""


def run(title: str, *command: str) -> None:
    """One part; the first that fails ends the run with its exit code."""
    print(f"\n== {title}", flush=True)
    code = subprocess.run([sys.executable, "-P", "-m", *command], cwd=ROOT, check=False).returncode
    if code:
        print(f"== {title}: failed ({code})", flush=True)
        sys.exit(code)


def main(arguments: list[str]) -> None:
    """Choose the parts."""
    system = "--system" in arguments
    rest = [argument for argument in arguments if argument != "--system"]
    chosen = [argument for argument in rest if argument not in QUIET]
    if system and os.geteuid() != 0:
        sys.exit(
            "databaseai test --system: installs packages and makes chroots and namespaces; run it as root"
        )
    if system:
        run("tests that need root, packages, containers or namespaces", "pytest", "-m", "system", *rest)
    elif chosen:
        run("chosen tests", "pytest", "-m", "not system", *rest)
    else:
        run("layout, lint, types, floors", "poethepoet", "-q", "check")
        run("tests", "pytest", "-m", "not system", "--cov", "--cov-report=term", *rest)


if __name__ == "__main__":
    main(sys.argv[1:])
