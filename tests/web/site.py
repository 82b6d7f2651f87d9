"""A served example company: starts it, signs people in, asks it. Used by the tests of the site."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

ROLES = ("admin", "manager", "csm", "viewer")
OWNER = "Ines Duarte"
"""Whose customers the csm of the tests has."""
PASSWORD = "a long word of {role}"

PEOPLE = """
import json, sys
from tenure.workspace import Workspace
from tenure.web import start
start.django(Workspace.find(sys.argv[1]).config)
from tenure.web import people, tokens
made = {}
for role in sys.argv[3:]:
    owner = sys.argv[2] if role == "csm" else ""
    person = people.add(f"{role}@example.com", role, f"a long word of {role}", owner, f"The {role}")
    made[role] = tokens.make(person)
made["nobody"] = tokens.make(people.add("nobody@example.com", "csm", "a long word of nobody"))
print(json.dumps(made))
"""


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class Site:
    """A running server, its folder and its people."""

    folder: Path
    process: subprocess.Popen[str]
    url: str
    tokens: dict[str, str]
    _jars: dict[str, http.cookiejar.CookieJar] = field(default_factory=dict)

    def ask(self, path: str, *, data: dict[str, str] | None = None, jar: Any = None, **headers: str) -> Reply:
        """One request, as it is; redirects are answers."""
        handlers: list[Any] = [_Stay()]
        if jar is not None:
            handlers.append(urllib.request.HTTPCookieProcessor(jar))
        opener = urllib.request.build_opener(*handlers)
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data=body, headers=named)
        try:
            with opener.open(request, timeout=60) as found:
                return Reply(found.status, found.headers, found.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    def get(self, role: str, path: str, **headers: str) -> Reply:
        """A page, as somebody who is signed in (role "" is nobody)."""
        return self.ask(path, jar=self.jar(role) if role else None, **headers)

    def whole(self, role: str, path: str) -> Reply:
        """A page of what takes long, when it is there."""
        until = time.monotonic() + 300
        while time.monotonic() < until:
            reply = self.get(role, path)
            if 'id="working"' not in reply.text:
                return reply
            time.sleep(0.5)
        raise AssertionError(f"{path} is never there")

    def post(self, role: str, path: str, data: dict[str, str]) -> Reply:
        """A form, with its mark, as somebody who is signed in."""
        jar = self.jar(role)
        page = self.ask("/account", jar=jar).text
        mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return self.ask(path, data={"csrfmiddlewaretoken": mark[1] if mark else "", **data}, jar=jar)

    def api(self, role: str, path: str, **headers: str) -> Reply:
        """An answer of the API, to a token (role "" is nobody's)."""
        token = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return self.ask(path, **token, **headers)

    def jar(self, role: str) -> http.cookiejar.CookieJar:
        """The cookies of somebody, who is signed in at the first need."""
        if role not in self._jars:
            jar = http.cookiejar.CookieJar()
            reply = sign_in(self, jar, f"{role}@example.com", PASSWORD.format(role=role))
            assert reply.status == 302, reply.text
            self._jars[role] = jar
        return self._jars[role]

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it; answers the exit code."""
        self.process.send_signal(how)
        return self.process.wait(30)


def sign_in(site: Site, jar: http.cookiejar.CookieJar, email: str, password: str, onward: str = "/") -> Reply:
    """Open the form and send it."""
    page = site.ask("/sign-in", jar=jar).text
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert mark, page
    data = {"csrfmiddlewaretoken": mark[1], "email": email, "password": password, "next": onward}
    return site.ask("/sign-in", data=data, jar=jar)


def command(folder: Path, *words: str) -> list[str]:
    """A command line of tenure over a folder."""
    return [sys.executable, "-m", "tenure", "-C", str(folder), *words]


def start(folder: Path, people: dict[str, str] | None = None, *options: str) -> Site:
    """Serve a folder at a free port; ready when this returns."""
    if people is None:
        made = subprocess.run(
            [sys.executable, "-c", PEOPLE, str(folder), OWNER, *ROLES], capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
        people = json.loads(made.stdout)
    process = subprocess.Popen(
        command(folder, "serve", "--port", "0", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        said.append(line)
        found = re.search(r"http://\S+", line)
        if found:
            site = Site(folder, process, found[0], people)
            assert site.ask("/healthz").status == 200
            return site
        if not line:
            break
    raise AssertionError("".join(said))
