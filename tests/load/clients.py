"""Those who come in the deadline hour: focal points who sign in and save, readers who read."""

import http.client
import json
import random
import re
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PATIENCE = 60.0  # seconds until a person gives an answer up


@dataclass
class Tally:
    """What was answered, from all threads: seconds by kind of request, and statuses."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int, seconds: float) -> None:
        """One answer; status 0 where none came."""
        with self.lock:
            self.seconds.setdefault(kind, []).append(seconds)
            self.statuses[status] = self.statuses.get(status, 0) + 1


class Client:
    """One browser with its cookies."""

    def __init__(self, url: str, tally: Tally) -> None:
        self._url, self._tally = url, tally
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str, kind: str = "page") -> str:
        """A page as text; empty where it was refused."""
        return self._ask(urllib.request.Request(self._url + path), kind)  # noqa: S310  # our site

    def post(self, path: str, fields: Mapping[str, str], kind: str, *, script: bool = False) -> str:
        """A form sent; for a script the answer is JSON."""
        data = urllib.parse.urlencode(fields).encode()
        headers = {"Accept": "application/json"} if script else {}
        asked = urllib.request.Request(self._url + path, data, headers)  # noqa: S310  # our site
        return self._ask(asked, kind)

    def _ask(self, asked: urllib.request.Request, kind: str) -> str:
        begun, status, body = time.perf_counter(), 0, ""
        try:
            with self._opener.open(asked, timeout=PATIENCE) as answer:
                status, body = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        except (OSError, http.client.HTTPException):
            pass  # no answer, or half of one: status 0 is counted and printed
        self._tally.note(kind, status, time.perf_counter() - begun)
        return body


@dataclass(frozen=True)
class Task:
    """One focal point's account and report."""

    email: str
    password: str
    user_id: int
    report: str  # public id
    sections: Mapping[str, tuple[int, ...]]  # paragraphs by section


@dataclass
class FocalPoint:
    """Signs in, then opens sections and saves answers until the hour is over.

    ``acknowledged`` is the last text of each paragraph that the site said it had saved; ``sent``
    every text that was sent, for an answer that never came may have been saved all the same.
    """

    task: Task
    client: Client
    think: float  # mean seconds between two saves
    over: threading.Event
    acknowledged: dict[int, str] = field(default_factory=dict)
    sent: dict[int, list[str]] = field(default_factory=dict)
    saves: int = 0

    def work(self) -> None:
        """What its thread does."""
        chance = random.Random(self.task.email)  # noqa: S311  # the same hour each time
        if self.over.wait(chance.uniform(0, self.think)):
            return
        page = self.client.get("/sign-in")
        form = {"email": self.task.email, "password": self.task.password}
        self.client.post("/sign-in", form | {"csrf_token": token_of(page)}, "sign-in")
        while not self.over.is_set():
            section = chance.choice(list(self.task.sections))
            self._fill(section, chance)

    def _fill(self, section: str, chance: random.Random) -> None:
        page = self.client.get(f"/reports/{self.task.report}/sections/{section}", "section")
        token = token_of(page)
        for paragraph in self.task.sections[section]:
            if self.over.wait(chance.expovariate(1 / self.think)):
                return
            version = re.search(rf'name="p{paragraph}-version"[^>]*value="(\d*)"', page)
            if version:
                self._save(paragraph, version[1], token, chance)

    def _save(self, paragraph: int, version: str, token: str, chance: random.Random) -> None:
        text = f"What was done about it, {secrets.token_hex(4)}. " * chance.randint(1, 40)
        text = text.strip()
        self.sent.setdefault(paragraph, []).append(text)
        name = f"p{paragraph}"
        fields = {
            f"{name}-version": version,
            f"{name}-progress": chance.choice(["implemented", "partly_implemented"]),
            f"{name}-narrative": text,
            f"{name}-audience": "public",
            "csrf_token": token,
            "save_key": secrets.token_hex(16),
            "user": str(self.task.user_id),
        }
        path = f"/reports/{self.task.report}/responses/{paragraph}"
        answer = self.client.post(path, fields, "save", script=True)
        if answer and json.loads(answer)["ok"]:
            self.acknowledged[paragraph] = text
            self.saves += 1


def token_of(page: str) -> str:
    """The token of the page's forms."""
    found = TOKEN.search(page)
    return found[1] if found else ""


def read_on(client: Client, paths: list[str], think: float, over: threading.Event) -> None:
    """A delegate who goes from page to page."""
    chance = random.Random(id(client))  # noqa: S311  # which page comes next
    while not over.wait(chance.expovariate(1 / think)):
        client.get(chance.choice(paths))
