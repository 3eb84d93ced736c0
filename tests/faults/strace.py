"""strace at running processes: what they ask of the system, in order, and faults put into it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

WRITES = "pwrite64,pwritev,pwritev2"
SYNCS = "fsync,fdatasync"
SENDS = "write,writev,sendto,sendmsg"
ANSWERS = "writev,sendto,sendmsg"
"""What goes out to a client: plain writes are also those of a program to itself."""

YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")
"""Above 0 it lets nobody but root trace a running process that is no child of their own."""

LETTING_GO_SECONDS = 5

_CALL = re.compile(r"(?P<thread>\d+) +(?P<name>\w+)\((?P<given>.*)")
_RESUMED = re.compile(r"(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<given>.*)")


def needed() -> None:
    """Skip or fail the test that has no strace."""
    if not sys.platform.startswith("linux"):
        pytest.skip("strace is there on Linux only")
    if shutil.which("strace") is None:
        pytest.fail("No strace: `make test` installs it as root, else `apt install strace`.")
    scope = int(YAMA.read_text()) if YAMA.exists() else 0
    if scope > (2 if os.geteuid() == 0 else 0):
        pytest.skip(f"only parents may trace here ({YAMA} is {scope})")


@contextmanager
def attached(processes: Sequence[int], out: Path, *options: str) -> Iterator[None]:
    """Trace these processes, with all their threads and children, into a file until the block ends."""
    command = ["strace", "-f", "-y", "-s", "48", "-o", str(out), *options, *(f"-p{one}" for one in processes)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        try:
            assert strace.stderr is not None
            for _ in processes:
                line = strace.stderr.readline()
                assert "attached" in line, line
            yield
        finally:
            strace.terminate()  # it lets go of them; they run on
            try:
                strace.wait(LETTING_GO_SECONDS)
            except subprocess.TimeoutExpired:  # it waits for what was killed under it
                strace.kill()


@contextmanager
def failing(
    processes: Sequence[int], calls: str, error: str, files: Sequence[Path], out: Path
) -> Iterator[None]:
    """Let these calls fail on these files, as on a full or a broken disk, until the block ends."""
    paths = [word for file in files for word in ("-P", str(file))]
    with attached(processes, out, f"-etrace={calls}", f"-einject={calls}:error={error}", *paths):
        yield


def answers(trace: Path, log: str) -> list[bool]:
    """For each answer in a trace that says that something is done: whether a sync came before it.

    That is: since the answer before, a thread has written to the log (a file whose path holds `log`), and
    then has synced it with success.
    """
    found = []
    written: set[str] = set()
    synced: set[str] = set()  # threads; others may write to the log meanwhile
    waiting: dict[str, str] = {}  # thread → the file of a call that has not returned yet
    for line in trace.read_text(errors="replace").splitlines():
        if call := _CALL.match(line):
            thread, name, given = call["thread"], call["name"], call["given"]
            if re.search(r'"HTTP/1\.[01] (200|303)', given):
                found.append(bool(synced))
                written, synced = set(), set()
            waiting[thread] = given
        elif call := _RESUMED.match(line):
            thread, name, given = (
                call["thread"],
                call["name"],
                waiting.get(call["thread"], "") + call["given"],
            )
        else:
            continue
        if log not in given or "unfinished" in line:
            continue
        if name in WRITES.split(",") or name == "write":
            written.add(thread)
            synced.discard(thread)
        elif name in SYNCS.split(",") and line.endswith("= 0") and thread in written:
            synced.add(thread)
    return found


def killing(calls: str, at: int, file: Path) -> tuple[str, ...]:
    """What comes before a command so that it is killed at the `at`-th such call on a file."""
    inject = f"-einject={calls}:signal=KILL:when={at}"
    return ("strace", "-f", "-o", "/dev/null", f"-etrace={calls}", inject, "-P", str(file))


def order(trace: Path, *patterns: str) -> list[int]:
    """Where in a trace each of these is first found, after the one before it; -1 where it is not."""
    lines, found, after = trace.read_text(errors="replace").splitlines(), [], 0
    for pattern in patterns:
        at = next((n for n in range(after, len(lines)) if re.search(pattern, lines[n])), -1)
        found.append(at)
        after = max(after, at + 1)
    return found
