"""People at work: they start runs, record steps and close the runs, and keep what was acknowledged."""

from __future__ import annotations

import hashlib
import http.client
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.support.installation import PASSWORD
from tests.support.patience import PATIENCE

STEPS = ("switch-on-the-light", "unlock-the-door", "start-the-till")
"""Those of the SOP “opening”, which has nothing that blocks."""

AGAIN_SECONDS = 0.02
"""Between two tries of what was not acknowledged."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    location: str

    @property
    def acknowledged(self) -> bool:
        """Said to be done: a page of what changed, or the way to it."""
        return self.status in (200, 303)


@dataclass(slots=True)
class Ledger:
    """What somebody has sent, and what of it was acknowledged."""

    sent: set[str] = field(default_factory=set)  # ids of records
    records: set[str] = field(default_factory=set)
    runs: dict[str, int] = field(default_factory=dict)  # ref → number
    closed: set[int] = field(default_factory=set)
    refused: int = 0  # answers that said 5xx
    unanswered: int = 0

    @property
    def acknowledged(self) -> int:
        return len(self.records) + len(self.runs) + len(self.closed)


class Client:
    """A signed-in device. Its connection is made anew whenever the server has hung up."""

    def __init__(self, url: str, login: str = "sam") -> None:
        self._place = urlsplit(url).netloc
        self._connection = http.client.HTTPConnection(self._place, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self._learn("/login")
        assert self.post("/login", {"login": login, "password": PASSWORD}).status == 302
        self._learn("/")

    def again(self) -> Client:
        """The same session on a connection of its own."""
        other = object.__new__(Client)
        other._place, other._cookies, other._token = self._place, dict(self._cookies), self._token
        other._connection = http.client.HTTPConnection(self._place, timeout=PATIENCE)
        return other

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, form: Mapping[str, object]) -> Answer:
        return self._send(
            "POST",
            path,
            urlencode({**form, "csrf_token": self._token}, doseq=True).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )

    def upload(self, path: str, form: dict[str, str], name: str, content: bytes) -> Answer:
        """Post a form with one file."""
        edge = uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in {**form, "csrf_token": self._token}.items()
        ]
        about = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="it.jpg"\r\n\r\n'
        body = b"".join([*parts, about.encode(), content, f"\r\n--{edge}--\r\n".encode()])
        return self._send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def _learn(self, path: str) -> None:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        self._token = found[1]

    def _send(
        self, method: str, path: str, body: bytes | None = None, more: dict[str, str] | None = None
    ) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies, "Accept": "text/html", **(more or {})}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except BaseException:
            self._connection.close()  # the next request makes a new one
            raise
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(answer.status, text, answer.headers.get("Location", ""))


def start(client: Client, sop: str = "opening", **form: str) -> int:
    """The number of a new run."""
    answer = client.post(f"/start/{sop}", {"ref": str(uuid4()), **form})
    assert answer.status == 303, answer
    return _number(answer)


def tick(step: str, **more: str) -> dict[str, str]:
    """The form of a record."""
    return {"id": str(uuid4()), "step": step, "kind": "done", "value": "", **more}


def _device(name: str) -> str:
    """What the page of a phone of this name would call it."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]


def _number(answer: Answer) -> int:
    found = re.search(r"/runs/(\d+)", answer.location)
    assert found, answer
    return int(found[1])


class Crew:
    """Clients that work beside each other, each as fast as it is answered."""

    def __init__(self, client: Client, count: int, seed: int) -> None:
        self._stop = threading.Event()
        self.failures: list[BaseException] = []
        self.ledgers = [Ledger() for _ in range(count)]
        self._moved = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, args=(client.again(), ledger, f"{seed}-{number}"))
            for number, ledger in enumerate(self.ledgers)
        ]
        for thread in self._threads:
            thread.start()

    def acknowledged(self) -> int:
        return sum(ledger.acknowledged for ledger in self.ledgers)

    def refused(self) -> int:
        return sum(ledger.refused for ledger in self.ledgers)

    def wait_for(self, more: int) -> None:
        """Until so many more requests were acknowledged."""
        wanted = self.acknowledged() + more
        self.wait_until(lambda: self.acknowledged() >= wanted)

    def wait_until(self, reached: Callable[[], bool], patience: float = 90) -> None:
        """Until something holds that answers bring about."""
        with self._moved:
            done = self._moved.wait_for(lambda: self.failures or reached(), patience)
        assert done and not self.failures, (self.failures, self.acknowledged(), self.refused())

    def end(self) -> None:
        """Let everybody stop where they are: what is being sent stays unacknowledged if no answer comes."""
        self._stop.set()
        for thread in self._threads:
            thread.join(90)
        if self.failures:
            raise self.failures[0]

    def _work(self, client: Client, ledger: Ledger, name: str) -> None:
        chance, count = random.Random(name), 0
        try:
            while not self._stop.is_set():
                count = self._run(client, ledger, chance, name, count)
        except BaseException as error:
            self.failures.append(error)
            self._tell()

    def _run(self, client: Client, ledger: Ledger, chance: random.Random, name: str, count: int) -> int:
        """Do one run from its start to its end; how many records this device has made by then."""
        ref = str(uuid4())
        answer = self._until_answered(client, ledger, "/start/opening", {"ref": ref, "anyway": "1"})
        if answer is None:
            return count
        run = ledger.runs[ref] = _number(answer)
        self._tell()
        for step in STEPS:
            kind = chance.choices(("done", "failed", "skipped"), (8, 1, 1))[0]
            form = tick(step, kind=kind, reason="" if kind == "done" else "torn", device_id=_device(name))
            form["device_seq"] = str(count := count + 1)
            ledger.sent.add(form["id"])
            if self._until_answered(client, ledger, f"/runs/{run}/records", form) is None:
                return count
            ledger.records.add(form["id"])
            self._tell()
        if self._until_answered(client, ledger, f"/runs/{run}/close", {}) is not None:
            ledger.closed.add(run)
            self._tell()
        return count

    def _until_answered(
        self, client: Client, ledger: Ledger, path: str, form: dict[str, str]
    ) -> Answer | None:
        """Send this until it is acknowledged; None if the work ends before that."""
        sent_before = False
        while not self._stop.is_set():
            try:
                answer = client.post(path, form)
            except (OSError, http.client.HTTPException):
                ledger.unanswered += 1
            else:
                closed_already = answer.status == 409 and sent_before and path.endswith("/close")
                if answer.acknowledged or closed_already:
                    return answer
                assert answer.status >= 500, (path, form, answer)
                ledger.refused += 1
                self._tell()
            sent_before = True
            self._stop.wait(AGAIN_SECONDS)
        return None

    def _tell(self) -> None:
        with self._moved:
            self._moved.notify_all()


@contextmanager
def working(client: Client, count: int, seed: int = 1) -> Iterator[Crew]:
    """A crew at work until the block ends."""
    crew = Crew(client, count, seed)
    try:
        yield crew
    finally:
        crew.end()


def together(ledgers: Sequence[Ledger]) -> Ledger:
    """Everything that all of them have sent and were told."""
    whole = Ledger()
    for one in ledgers:
        whole.sent |= one.sent
        whole.records |= one.records
        whole.runs |= one.runs
        whole.closed |= one.closed
        whole.refused += one.refused
        whole.unanswered += one.unanswered
    return whole
