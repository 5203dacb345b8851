"""The README's first command on a machine that has only Python."""

import json
import re
import sys
import time

import pytest

from databaseai.cli.serving import QUESTIONS
from tests.system.bare_machine import BareMachine, received_bytes

pytestmark = pytest.mark.system


def test_a_fresh_machine_answers_a_real_question(
    bare: BareMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    """`up` brings everything; `ask` answers from the sample data; `down` leaves nothing running."""
    began, received = time.monotonic(), received_bytes()
    script = f"""
        ./databaseai up --detach || exit 11
        ./databaseai status --json || exit 12
        ./databaseai ask --json "{QUESTIONS[1]}" || exit 13
        ./databaseai down || exit 14
        cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -cE 'databaseai[.]cli|[p]ostgres ' || true
    """
    done = bare.run(script)
    assert done.returncode == 0, done.stderr[-3000:]
    status, answer, processes = done.stdout.strip().splitlines()
    assert json.loads(status)["running"]
    assert json.loads(answer)["status"] == "answered"
    assert json.loads(answer)["rows"]
    assert int(processes) == 0, "something was left running"
    with capsys.disabled():
        seconds, megabytes = time.monotonic() - began, (received_bytes() - received) / 1e6
        sys.stdout.write(
            f"\nfresh machine to first answer and down: {seconds:.0f} s, {megabytes:.0f} MB received\n"
        )


def test_the_second_start_takes_seconds(bare: BareMachine) -> None:
    done = bare.run(
        "./databaseai up --detach && ./databaseai down && date +%s.%N && ./databaseai up --detach"
        " && date +%s.%N && ./databaseai down"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = (float(line) for line in done.stdout.strip().splitlines())
    assert second - first < 60  # a bound that no fetch or load would keep; the figure is in the closing note


def test_the_test_command_passes_as_a_user_without_rights(bare: BareMachine) -> None:
    """The README's second command: what CI runs as root, run as somebody on a machine with only Python."""
    done = bare.run("env -u DATABASEAI_SERVER_PORT ./databaseai test -q", timeout_s=1800)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
    assert not re.search(r"\d+ (skipped|xfailed)[ ,]", done.stdout)  # a test left out shows nothing


def test_nothing_can_be_written(bare: BareMachine) -> None:
    """Neither the clone nor the home: one line that names what to set."""
    done = bare.run("HOME=/proc ./databaseai status", cwd="/opt/databaseai")
    assert done.returncode == 2
    assert "DATABASEAI_CACHE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_home(bare: BareMachine) -> None:
    done = bare.run("HOME=/proc DATABASEAI_CACHE=/tmp/cache ./databaseai up")
    assert done.returncode == 2
    assert "DBAI002" in done.stderr
    assert "DATABASEAI_HOME" in done.stderr
    assert "Traceback" not in done.stderr
