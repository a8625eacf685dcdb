#!/usr/bin/env python3
"""Identity providers for logins without a browser: Okta's API, and the pages of ADFS and Google.

    python saml_forms_fake.py --kind okta --port 8080 --identity FILE

FILE is as for `saml_pages_fake.py`. They refuse what the real ones refuse: requests without the
cookies or hidden fields that a page before set, wrong passwords, codes that were used already, and
programs that do not look like a browser. Of codes, 000000 is always wrong and any other six digits
are right once. Beside the pages:

    POST /__mode     {"factors": ["totp", "push", "sms", "webauthn"], "push": "reject", ...}
    GET  /__log      what was done, in order
    GET  /__given    every response and session token that was given out
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
        encoded = Response(self.identity, self.roles).encoded()
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
            return
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

    def final(self) -> None:
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


class Okta(Handler):
    """A classic Okta organization."""

    def get(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        if request.path == "/login/sessionCookieRedirect":
            known = self.idp.tokens.pop(query.get("token", ""), None)
            if known != "session" or not query.get("redirectUrl", "").endswith(
                APPLICATIONS["okta"]
            ):
                self.page("<p>no session", 403)
                return
            sid = self.idp.give("sid")
            self.go(query["redirectUrl"], {"Set-Cookie": f"sid={sid}; Path=/; HttpOnly"})
        elif request.path == APPLICATIONS["okta"]:
            if self.idp.tokens.get(self.cookie(request, "sid") or "") != "sid":
                self.page("<form method=post action=/login><input name=username>", 200)
                return
            self.final()
        else:
            self.reply(404, b"", "text/plain")

    def answer(self, code: int, **members) -> None:
        self.reply(code, json.dumps(members).encode(), "application/json")

    def failure(self, status: int, code: str, summary: str) -> None:
        self.answer(status, errorCode=code, errorSummary=summary, errorCauses=[])

    def post(self, request: Request) -> None:
        if (request.one("content-type") or "") != "application/json":
            self.failure(415, "E0000021", "Bad content type")
            return
        device = self.cookie(request, "DT") or ""
        body = json.loads(request.body)
        if self.idp.mode.get("engine") == "identity":
            self.failure(403, "E0000138", "This action requires an interaction")
        elif request.path == "/api/v1/authn":
            self.begin(body, device)
        elif self.idp.tokens.get(body.get("stateToken", "")) != "state":
            self.failure(401, "E0000011", "Invalid token provided")
        elif request.path.startswith("/api/v1/authn/factors/"):
            remembers = request.query == "rememberDevice=true" and len(device) == 25
            self.verify(request.path.split("/")[5], body, device if remembers else None)
        else:
            self.reply(404, b"", "text/plain")

    def begin(self, body: dict, device: str) -> None:
        if not self.is_person(body, "username", "password", "jane"):
            self.failure(401, "E0000004", "Authentication failed")
            return
        factors = self.idp.mode.get("factors", [])
        if factors and device not in self.idp.known_devices:
            state = self.idp.give("state")
            self.answer(
                200,
                status="MFA_REQUIRED",
                stateToken=state,
                _embedded={"factors": [self.factor(kind) for kind in factors]},
            )
            return
        self.success(None)

    def factor(self, kind: str) -> dict:
        types = {"totp": "token:software:totp"}
        link = f"http://{self.headers['Host']}/api/v1/authn/factors/{kind}/verify"
        return {
            "id": kind,
            "factorType": types.get(kind, kind),
            "provider": "OKTA",
            "profile": {"phoneNumber": "+1 XXX-XXX-1234"} if kind == "sms" else {},
            "_links": {"verify": {"href": link, "hints": {"allow": ["POST"]}}},
        }

    def success(self, device: str | None) -> None:
        if device:
            self.idp.known_devices.add(device)
        token = self.idp.give("session")
        self.idp.handed_out.append(token)
        self.answer(200, status="SUCCESS", sessionToken=token)

    def verify(self, kind: str, body: dict, device: str | None) -> None:
        self.note("verify", factor=kind, polls=self.idp.polls)
        if kind == "push":
            self.push(body["stateToken"], device)
        elif "passCode" not in body:
            self.answer(200, status="MFA_CHALLENGE", stateToken=body["stateToken"])
        elif self.idp.is_right(body["passCode"]):
            self.success(device)
        else:
            self.failure(403, "E0000068", "Invalid Passcode/Answer")

    def push(self, state: str, device: str | None) -> None:
        self.idp.polls += 1
        factor = self.factor("push") | {"_embedded": {"challenge": {"correctAnswer": 42}}}
        waiting = {"status": "MFA_CHALLENGE", "stateToken": state}
        if self.idp.polls < 2:
            self.answer(200, **waiting, factorResult="WAITING", _embedded={"factor": factor})
        elif self.idp.mode.get("push") == "reject":
            self.answer(200, **waiting, factorResult="REJECTED")
        else:
            self.success(device)


class ADFS(Handler):
    """A federation service with forms."""

    LOGIN = """<div id="errorText">{error}</div><form method="post" id="loginForm"
        action="/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices&amp;step=2">
        <input id="userNameInput" name="UserName" type="email" value="">
        <input id="passwordInput" name="Password" type="password">
        <input type=checkbox name=Kmsi id=kmsiInput value=true checked>
        <input type=hidden name=AuthMethod value=FormsAuthentication></form>"""
    FACTOR = """<form method="post" id="loginForm" action="IdpInitiatedSignOn.aspx?step=3">
        <input type="hidden" name="AuthMethod" value="{method}">
        <input type="hidden" name="Context" value="{context}">
        <input type="hidden" name="__EVENTTARGET" value="">{more}</form>"""

    def get(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        if not (request.one("user-agent") or "").startswith("Mozilla/"):
            self.reply(401, b"", "text/plain", {"WWW-Authenticate": "Negotiate"})
        elif request.path != APPLICATIONS["adfs"] or query != {
            "loginToRp": "urn:amazon:webservices"
        }:
            self.reply(404, b"", "text/plain")
        else:
            self.page(
                self.LOGIN.format(error=""), 200, {"Set-Cookie": "MSISSamlRequest=x; path=/adfs"}
            )

    def post(self, request: Request) -> None:
        form = self.form(request)
        if form is None:
            return
        query = dict(urllib.parse.parse_qsl(request.query))
        if self.cookie(request, "MSISSamlRequest") != "x":
            self.page("<p id=errorMessage>An error occurred: no request", 400)
        elif query.get("step") == "2":
            self.sign_in(form)
        elif self.idp.tokens.get(form.get("Context", "")) == "factor":
            self.factor(form)
        else:
            self.page("<p id=errorMessage>An error occurred: no context", 400)

    def sign_in(self, form: dict[str, str]) -> None:
        right = self.is_person(form, "UserName", "Password", "CORP\\jane")
        if not right or "Kmsi" in form or form.get("AuthMethod") != "FormsAuthentication":
            self.page(self.LOGIN.format(error="Incorrect user ID or password."))
        elif not self.idp.mode:
            self.final()
        else:
            self.ask()

    def ask(self) -> None:
        context = self.idp.give("factor")
        if self.idp.mode["factor"] == "code":
            more = '<input id="vip" name="security_code" type="text"><input type=submit name=Go>'
            self.page(self.FACTOR.format(method="VIPAuthentication", context=context, more=more))
        else:
            more = "<p id=instructions>Open your app<p id=validEntropyNumber>73"
            self.page(
                self.FACTOR.format(method="AzureMfaAuthentication", context=context, more=more)
            )

    def factor(self, form: dict[str, str]) -> None:
        self.note("factor", method=form.get("AuthMethod"))
        if self.idp.mode["factor"] == "code":
            if self.idp.is_right(form.get("security_code", "")):
                self.final()
            else:
                self.ask()
            return
        self.idp.polls += 1
        if self.idp.polls < 3:
            self.ask()
        elif self.idp.mode.get("push") == "reject":
            self.page(
                "<label id=errorText>The request was denied.</label>"
                + self.FACTOR.format(method="AzureMfaAuthentication", context="", more="")
            )
        else:
            self.final()


class Google(Handler):
    """Google's pages without scripts."""

    def get(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        if request.path == APPLICATIONS["google"]:
            if query.get("hl") != "en" or "idpid" not in query:
                self.reply(400, b"", "text/plain")
                return
            self.page(
                '<form id="gaia_loginform" method="post" action="/signin/v1/lookup">'
                f'<input type="hidden" name="gxf" value="{self.idp.give("lookup")}">'
                '<input type="email" name="Email"><input type=submit name=go value=Next></form>',
                200,
                {"Set-Cookie": "GAPS=1; Path=/; HttpOnly"},
            )
        elif request.path.startswith("/signin/challenge/totp"):
            self.challenge("")
        elif self.idp.tokens.pop(query.get("continue", ""), None) == "done":
            self.final()
        elif request.path.startswith("/signin/challenge/sk"):
            self.page('<form id="challenge" method="post" action="/x"><input name=response></form>')
        else:
            self.reply(404, b"", "text/plain")

    def challenge(self, error: str) -> None:
        self.page(
            f'<span class="error-msg">{error}</span>'
            '<form id="challenge" method="post" action="/signin/challenge/totp/2">'
            f'<input type="hidden" name="TL" value="{self.idp.give("totp")}">'
            '<input type="tel" name="Pin"><input type=checkbox name=TrustDevice></form>'
        )

    def password(self, error: str) -> None:
        self.page(
            f'<span class="error-msg" id="errormsg">{error}</span>'
            '<form id="gaia_loginform" method="post" action="/signin/challenge/sl/password">'
            f'<input type="hidden" name="gxf" value="{self.idp.give("password")}">'
            '<input type="password" name="Passwd"></form>'
        )

    def post(self, request: Request) -> None:
        form = self.form(request)
        if form is None:
            return
        if self.cookie(request, "GAPS") != "1":
            self.page("<p>Your browser has cookies disabled", 400)
            return
        step = self.idp.tokens.pop(form.get("gxf", form.get("TL", "")), None)
        if request.path == "/signin/v1/lookup" and step == "lookup":
            if self.idp.mode.get("factor") == "blocked":
                self.page("<p>This browser or app may not be secure")
                return
            self.user = form.get("Email")
            self.password("")
        elif request.path == "/signin/challenge/sl/password" and step == "password":
            if not self.is_person({**form, "Email": "jane"}, "Email", "Passwd", "jane"):
                self.password("Wrong password. Try again.")
            elif self.idp.mode.get("factor") == "sk":
                self.go("/signin/challenge/sk/1")
            elif self.idp.mode.get("factor") == "totp":
                self.go("/signin/challenge/totp/2")
            else:
                self.final()
        elif request.path == "/signin/challenge/totp/2" and step == "totp":
            self.note("factor", trusts=form.get("TrustDevice"))
            if self.idp.is_right(form.get("Pin", "")):
                self.go(f"/CheckCookie?continue={self.idp.give('done')}")
            else:
                self.challenge("Wrong code")
        else:
            self.page("<p>400. That’s an error.", 400)


KINDS = {"okta": Okta, "adfs": ADFS, "google": Google}


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    idp = Provider(options)
    return serve(type("Bound", (KINDS[options.kind],), {"idp": idp, "book": idp}), options)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description="Identity providers without browsers.")
    options.add_argument("--kind", choices=sorted(KINDS), required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--identity", required=True)
    options.add_argument("--certificate")
    options.add_argument("--key")
    return options


if __name__ == "__main__":
    main(start(parser().parse_args()))
