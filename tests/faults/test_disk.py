"""A disk that is full or fails: nothing is called saved that is not, and work goes on after it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import strace
from tests.faults.audit import Found, address, audit, there
from tests.faults.clients import STEPS, Client, Ledger, start, tick
from tests.faults.house import House, running
from tests.faults.words import BROKEN, FULL, UNCERTAIN, refused
from tests.support.evidence import kept, photo, scene
from tracker.serving import server


@pytest.fixture(scope="module")
def signed_in(house: House) -> Client:
    return Client(house.url)


@pytest.fixture
def client(signed_in: Client) -> Client:
    return signed_in.again()


@pytest.mark.parametrize(
    ("calls", "error", "status", "words"),
    [
        (strace.WRITES, "ENOSPC", 507, FULL),
        (strace.WRITES, "EIO", 500, UNCERTAIN),
        (strace.SYNCS, "EIO", 500, UNCERTAIN),
        (strace.SYNCS, "ENOSPC", 500, UNCERTAIN),
    ],
)
def test_a_log_that_cannot_be_written_is_said_and_what_is_sent_again_is_kept_once(
    house: House, client: Client, tmp_path: Path, calls: str, error: str, status: int, words: str
) -> None:
    strace.needed()
    run, forms = start(client, anyway="1"), [tick(step) for step in STEPS]
    with strace.failing(house.processes(), calls, error, [house.log_of_changes], tmp_path / "trace"):
        assert refused(client.post(f"/runs/{run}/records", forms[0]), status, words)
        assert refused(client.post(f"/runs/{run}/close", {"omit": STEPS}), status, words)
        assert not there(house.database, forms[0])
        assert client.get(f"/runs/{run}").status == 200  # reading goes on
    for form in forms:  # without a restart
        assert client.post(f"/runs/{run}/records", form).acknowledged and there(house.database, form)
    assert client.post(f"/runs/{run}/close", {}).acknowledged
    assert audit(address(house.database)) == Found()


def test_what_a_failing_sync_has_left_undecided_is_there_once_or_not_at_all_after_a_kill(
    house: House, client: Client, tmp_path: Path
) -> None:
    """The log holds it, so the next start may find it. Nobody was told that it is saved, or is not."""
    strace.needed()
    run, form = start(client, anyway="1"), tick(STEPS[0])
    with strace.failing(house.processes(), strace.SYNCS, "EIO", [house.log_of_changes], tmp_path / "trace"):
        assert refused(client.post(f"/runs/{run}/records", form), 500, UNCERTAIN)
        house.kill()
    assert audit(address(house.database)) == Found()
    house.start()
    assert client.again().post(f"/runs/{run}/records", form).acknowledged and there(house.database, form)
    assert audit(address(house.database)) == Found()


def test_a_database_file_that_cannot_grow_keeps_nothing_from_being_recorded(
    house: House, client: Client, tmp_path: Path
) -> None:
    """What was acknowledged stays in the log until it can be brought over."""
    strace.needed()
    trace = tmp_path / "trace"
    run, forms = start(client, anyway="1"), []
    calls = f"{strace.WRITES},{strace.SYNCS}"
    with strace.failing(house.processes(), calls, "ENOSPC", [house.database], trace):
        while "INJECTED" not in trace.read_text():  # the log is long enough to be brought over
            forms.append(tick(STEPS[0], kind="skipped", reason="torn", note="x" * 1900))
            assert client.post(f"/runs/{run}/records", forms[-1]).acknowledged
        forms.append(tick(STEPS[1]))
        assert client.post(f"/runs/{run}/records", forms[-1]).acknowledged
    assert all(there(house.database, form) for form in forms) and audit(address(house.database)) == Found()


@pytest.mark.parametrize(
    ("calls", "error", "status", "words"),
    [
        ("write", "ENOSPC", 507, FULL),
        ("write", "EIO", 500, BROKEN),
        ("fsync", "EIO", 500, BROKEN),
        ("rename,renameat,renameat2", "ENOSPC", 507, FULL),
    ],
)
def test_evidence_that_cannot_be_kept_is_said_and_its_record_is_not_made(
    house: House, client: Client, tmp_path: Path, calls: str, error: str, status: int, words: str
) -> None:
    strace.needed()
    run, form = start(client, "delivery", anyway="1"), tick("photo")
    picture = scene(sum(map(ord, calls + error)))  # another one each time
    before = kept(house.workspace)
    with strace.attached(
        house.processes(), tmp_path / "trace", f"-etrace={calls}", f"-einject={calls}:error={error}"
    ):
        answer = client.upload(f"/runs/{run}/records", form, "photo", picture)
        assert refused(answer, status, words)
    assert not there(house.database, form) and kept(house.workspace) == before
    assert client.upload(f"/runs/{run}/records", form, "photo", picture).acknowledged
    assert there(house.database, form)
    assert audit(address(house.database), evidence=house.workspace / "instance/evidence") == Found()


@pytest.fixture
def small_disk(delivery: Path, tmp_path: Path) -> Iterator[Path]:
    """The workspace with its instance on a disk of 16 MB."""
    place = shutil.copytree(delivery, tmp_path / "workspace", ignore=shutil.ignore_patterns("instance"))
    instance = place / "instance"
    instance.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(instance)]
    try:
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("only root may mount a small disk")
    except FileNotFoundError:
        pytest.skip("no disk can be mounted here")
    try:
        shutil.copytree(delivery / "instance", instance, dirs_exist_ok=True)
        yield place
    finally:
        subprocess.run(["umount", "-l", str(instance)], check=True)


def test_a_disk_that_is_really_full_loses_nothing(small_disk: Path) -> None:
    ledger = Ledger()
    filler = small_disk / "instance/filler"
    with running(small_disk, processes=1) as house:
        client = Client(house.url)
        run, forms = start(client), [tick(step) for step in STEPS]
        delivery, sent = start(client, "delivery"), tick("photo")
        ledger.sent = {form["id"] for form in [*forms, sent]}
        for block in (1_000_000, 4096, 1):
            with filler.open("ab", buffering=0) as out:
                while _fits(out, bytes(block)):
                    pass
        answers = [client.post(f"/runs/{run}/records", form) for form in forms]
        ledger.records |= {
            form["id"] for form, answer in zip(forms, answers, strict=True) if answer.acknowledged
        }
        assert all(answer.acknowledged or refused(answer, 507, FULL) for answer in answers)
        assert refused(client.upload(f"/runs/{delivery}/records", sent, "photo", photo()), 507, FULL)
        filler.unlink()
        assert all(client.post(f"/runs/{run}/records", form).acknowledged for form in forms)
        assert client.upload(f"/runs/{delivery}/records", sent, "photo", photo()).acknowledged
        ledger.records = set(ledger.sent)
        house.kill()
        assert audit(address(house.database), ledger, small_disk / "instance/evidence") == Found()


def _fits(out: object, content: bytes) -> bool:
    try:
        return out.write(content) == len(content)  # type: ignore[attr-defined,no-any-return]
    except OSError:
        return False


def test_what_cannot_be_said_on_a_full_disk_ends_no_thread() -> None:
    """What the server says goes to a log, which lies on that disk, too."""
    with Path("/dev/full").open("wb", buffering=0) as log:
        tell = server.whatever_happens(lambda text: print(log.write(text.encode())))
        tell("The site is up to date.")
