#!/usr/bin/env python3
"""The pages of a SAML identity provider, for real browsers.

    python saml_pages_fake.py --port 8080 --identity FILE

FILE is JSON: the issuer, its key and certificate, and the roles that its assertions offer.

    GET  /app        what an application's address leads to: the form that posts to AWS if the
                     browser has a session, else the form for name and password
    POST /login      takes name and password, and `remember` for a cookie that outlives the browser
    GET  /__person   what the person in front of the page does next, as JSON; see below
    POST /__person   tells them: {"do": "sign-in", "remember": true}, {"do": "close"},
                     {"do": "popup"} (signs in in a window that the page opens)
    GET  /__log      the requests, in order
    GET  /__given    every response that was given out

The page asks for the person's next act and carries it out, as the hands of a person would.
"""

from __future__ import annotations

import argparse
import html
import http.cookies
import json
import pathlib
import secrets
import urllib.parse

from fake_service import Book, BookHandler, Request, Server, main, serve
from saml_assertions import SIGN_IN, Identity, Response

PERSON = """<script>
async function act() {
  const answer = await fetch('/__person', {cache: 'no-store'});
  const order = await answer.json();
  const form = document.getElementById('login');
  if (order.do === 'close') { window.close(); return; }
  if (order.do === 'popup') { window.open('/app?popup=1', 'popup', 'width=300'); return; }
  if (order.do === 'sign-in' && form) {
    if (!form.username.value) form.username.value = 'jane';
    form.password.value = order.password;
    form.remember.checked = order.remember;
    form.submit();
    return;
  }
  setTimeout(act, 50);
}
act();
</script>"""

LOGIN = """<!doctype html><title>Sign in</title><form id="login" method="post" action="/login">
<input name="username" autocomplete="username"><input name="password" type="password">
<input name="remember" type="checkbox" value="yes"><button>Sign in</button></form>"""

POST = """<!doctype html><title>Continue</title><body onload="document.forms[0].submit()">
<form method="post" action="{action}"><input type="hidden" name="RelayState" value="">
<input type="hidden" name="SAMLResponse" value="{response}"></form>"""


class Pages(Book):
    """What the identity provider knows."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__()
        data = json.loads(pathlib.Path(options.identity).read_text())
        self.identity = Identity(data["issuer"], data["key"].encode(), data["certificate"])
        self.roles: list[str] = data["roles"]
        self.password: str = data["password"]
        self.sign_in = options.sign_in
        self.orders: list[dict] = []
        self.sessions: set[str] = set()


class Handler(BookHandler):
    """Speaks HTTP."""

    pages: Pages

    def do_GET(self) -> None:
        request = self.read_request()
        if request.path == "/__person":
            with self.pages.lock:
                order = self.pages.orders.pop(0) if self.pages.orders else {"do": "wait"}
            self.reply(200, json.dumps(order).encode(), "application/json")
        elif request.path == "/__given":
            self.reply(200, json.dumps(self.pages.handed_out).encode(), "application/json")
        elif request.path == "/app":
            self.application(request)
        elif not self.read_book(request.path):
            self.reply(404, b"", "text/plain")

    def do_POST(self) -> None:
        request = self.read_request()
        if request.path == "/__person":
            order = {"password": self.pages.password, "remember": False, **json.loads(request.body)}
            with self.pages.lock:
                self.pages.orders.append(order)
            self.reply(200, b"{}", "application/json")
            return
        form = dict(urllib.parse.parse_qsl(request.body.decode()))
        ok = form.get("password") == self.pages.password and form.get("username") == "jane"
        self.note("login", 200 if ok else 403)
        if not ok:
            self.show(403, LOGIN + PERSON)
            return
        session = secrets.token_hex(16)
        with self.pages.lock:
            self.pages.sessions.add(session)
        lifetime = "; Max-Age=86400" if "remember" in form else ""
        self.send_response(303)
        self.send_header("Location", "/app")
        self.send_header("Set-Cookie", f"session={session}; Path=/; HttpOnly{lifetime}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def application(self, request: Request) -> None:
        cookie = http.cookies.SimpleCookie(request.one("cookie") or "").get("session")
        known = cookie is not None and cookie.value in self.pages.sessions
        self.note("app", 200, known=known, agent=request.one("user-agent"))
        if not known:
            order = {"do": "sign-in", "password": self.pages.password, "remember": False}
            if "popup" in request.query:
                with self.pages.lock:
                    self.pages.orders.append(order)
            self.show(200, LOGIN + PERSON)
            return
        encoded = Response(self.pages.identity, self.pages.roles).encoded()
        with self.pages.lock:
            self.pages.handed_out.append(encoded)
        self.show(
            200, POST.format(action=html.escape(self.pages.sign_in), response=html.escape(encoded))
        )

    def note(self, action: str, status: int, **more) -> None:
        with self.pages.lock:
            self.pages.calls[action] += 1
            self.pages.log.append({"action": action, "status": status, **more})

    def show(self, status: int, text: str) -> None:
        self.reply(status, text.encode(), "text/html; charset=utf-8")


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    pages = Pages(options)
    return serve(type("BoundHandler", (Handler,), {"pages": pages, "book": pages}), options)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description="A SAML identity provider for browsers.")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--identity", required=True)
    options.add_argument("--sign-in", default=SIGN_IN, help="where the form is posted to")
    options.add_argument("--certificate")
    options.add_argument("--key")
    return options


if __name__ == "__main__":
    main(start(parser().parse_args()))
