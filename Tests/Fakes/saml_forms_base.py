"""What identity providers for logins without a browser have in common; see saml_forms_fake.py."""

from __future__ import annotations

import argparse
import html
import http.cookies
import json
import pathlib
import secrets
import urllib.parse

from fake_service import Book, BookHandler, Request
from saml_assertions import SIGN_IN, Identity, Response

APPLICATIONS = {
    "okta": "/home/amazon_aws/0oa1b2c3d4/272",
    "adfs": "/adfs/ls/IdpInitiatedSignOn.aspx",
    "google": "/o/saml2/initsso",
}


class Provider(Book):
    """What an identity provider knows."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__()
        data = json.loads(pathlib.Path(options.identity).read_text())
        self.identity = Identity(data["issuer"], data["key"].encode(), data["certificate"])
        self.roles: list[str] = data["roles"]
        self.password: str = data["password"]
        self.mode: dict = {}
        self.used_codes: set[str] = set()
        self.known_devices: set[str] = set()
        # Tokens that this provider gave out and what they stand for.
        self.tokens: dict[str, str] = {}
        self.polls = 0
        self.polled_at = float("-inf")

    def give(self, meaning: str) -> str:
        token = secrets.token_urlsafe(24)
        with self.lock:
            self.tokens[token] = meaning
        return token

    def is_right(self, code: str) -> bool:
        right = len(code) == 6 and code.isdigit() and code != "000000"
        with self.lock:
            if not right or code in self.used_codes:
                return False
            self.used_codes.add(code)
        return True

    def response(self) -> str:
        encoded = Response(self.identity, self.roles[-self.mode.get("roles", 9) :]).encoded()
        with self.lock:
            self.handed_out.append(encoded)
        return encoded


class Handler(BookHandler):
    """What all of them have in common."""

    idp: Provider

    def do_GET(self) -> None:
        request = self.read_request()
        if request.path == "/__given":
            self.reply(200, json.dumps(self.idp.handed_out).encode(), "application/json")
        elif not self.read_book(request.path):
            self.get(request)

    def do_POST(self) -> None:
        request = self.read_request()
        if request.path == "/__mode":
            self.idp.mode = json.loads(request.body)
            self.reply(200, b"{}", "application/json")
        elif request.path == "/through":
            form = self.form(request) or {}
            if self.idp.tokens.pop(form.get("RelayState", form.get("t", "")), None) == "through":
                self.final(is_through=True)
            else:
                self.page("<p>No state", 400)
        else:
            self.post(request)

    def get(self, request: Request) -> None:
        raise NotImplementedError

    def post(self, request: Request) -> None:
        raise NotImplementedError

    def note(self, action: str, **more) -> None:
        with self.idp.lock:
            self.idp.calls[action] += 1
            self.idp.log.append({"action": action, **more})

    def cookie(self, request: Request, name: str) -> str | None:
        found = http.cookies.SimpleCookie(request.one("cookie") or "").get(name)
        return found.value if found else None

    def form(self, request: Request) -> dict[str, str] | None:
        kind = (request.one("content-type") or "").split(";")[0]
        if kind != "application/x-www-form-urlencoded":
            self.reply(415, b"", "text/plain")
            return None
        return dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))

    def page(self, body: str, status: int = 200, headers: dict | None = None) -> None:
        self.reply(status, f"<!DOCTYPE html><body>{body}".encode(), "text/html", headers)

    def go(self, place: str, headers: dict | None = None) -> None:
        self.reply(302, b"", "text/html", {"Location": place, **(headers or {})})

    def final(self, is_through: bool = False) -> None:
        """The page with the response, or one that leads there by itself."""
        through = None if is_through else self.idp.mode.get("through")
        if through:
            name = "RelayState" if through == "relay" else "t"
            load = ' onload="document.forms[0].submit()"' if through == "onload" else ""
            state = self.idp.give("through")
            text = f"<!DOCTYPE html><body{load}><form method=post action=/through>"
            text += f"<input type=hidden name={name} value={state}>"
            self.reply(200, text.encode(), "text/html")
            return
        # As untidy as the real ones: entities, no quotes, nothing closed.
        value = html.escape(self.idp.response()).replace("+", "&#x2b;").replace("=", "&#61;")
        self.note("response")
        self.page(
            f"<p>One moment<form method=POST action={SIGN_IN}><input type=hidden "
            f'name=SAMLResponse value="{value}"><input name=RelayState type=hidden>'
            "<noscript><input type=submit value=Continue></noscript>"
        )

    def is_person(self, form: dict[str, str], name: str, password: str, user: str) -> bool:
        right = form.get(name) == user and form.get(password) == self.idp.password
        self.note("password", right=right)
        return right
