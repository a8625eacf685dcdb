#!/usr/bin/env python3
"""A sign-in to the AWS console, as `aws login` uses it, that refuses what the real one refuses.

One port answers for three services, so that AWS_ENDPOINT_URL alone sends a client here:

    sign-in     GET and POST /v1/authorize, with two buttons, `allow` and `deny`
                GET /v1/sessions/confirmation, which shows the code to be pasted
                POST /v1/token (CreateOAuth2Token), as JSON or as a form
    STS         POST / (sts_fake.py), which knows the keys that the sign-in hands out
    federation  GET /federation (federation_fake.py)

Refused are: a redirect to anything but a port of 127.0.0.1, S256 for the name of the challenge, a
code that was used, is over, or is redeemed with another verifier, redirect or client, a refresh
token that was used or is shown with another key than its login's, and a request without a proof
(DPoP), with one that was shown before, is for another address or of another time, or has a key with
private members or coordinates that are not 32 bytes long.

Beside them, everything that sts_fake.py has, and:

    GET  /__waiting    the states of what a person is to decide on
    POST /__approve    {"state": ...}; null: everything that waits
    POST /__deny       the same
    POST /__automatic  "allow", "deny" or null: what is decided on requests yet to come
    POST /__lifetime   how long keys yet to come last, in seconds
    POST /__end        ["refresh"]: ends refresh tokens; ["logins"]: the password was changed;
                       null: ends the keys that were handed out

Not known of the real service, and chosen: the words of errors; that a refresh token which was used
is refused at once (the model says that it works again for a while; `--keep-refresh-tokens`).
"""

from __future__ import annotations

import argparse
import html
import json
import time
import urllib.parse

import sts_fake
from fake_service import Dropped, Refusal, Request, Server, main, serve
from federation_fake import Federation
from identity_center_pages import form, page
from signin_service import CONFIRMATION, CROSS, Code, SignIn
from sts_service import STS

#: The exceptions of the service model, by the words that they carry.
EXCEPTIONS = {
    "INVALID_REQUEST": "ValidationException",
    "Throttling": "TooManyRequestsError",
    "server_error": "InternalServerException",
}


class Handler(sts_fake.Handler):
    """Speaks HTTP for all of them."""

    server_version = "signin-fake"
    signin: SignIn
    federation: Federation

    @property
    def base(self) -> str:
        """The address by which the client reached this server."""
        scheme = "https" if self.signin.options.certificate else "http"
        return f"{scheme}://{self.headers.get('Host', 'localhost')}"

    def do_GET(self) -> None:
        if self.path == "/__waiting":
            found = [code.state for code in self.signin.waiting()]
            self.reply(200, json.dumps(found).encode(), "application/json")
        elif not self.read_book(self.path):
            self.dispatch(self.read_request())

    def do_POST(self) -> None:
        request = self.read_request()
        if request.path.startswith("/__"):
            self.control(request.path, request.body)
        else:
            self.dispatch(request)

    def control(self, path: str, body: bytes) -> None:
        data = json.loads(body or b"null")
        if path in ("/__approve", "/__deny"):
            decision = "allow" if path == "/__approve" else "deny"
            count = self.signin.decide(decision, (data or {}).get("state"))
            self.reply(200 if count else 404, json.dumps(count).encode(), "application/json")
            return
        if path == "/__automatic":
            self.signin.automatic = data
        elif path == "/__lifetime":
            self.signin.options.keys_lifetime = data
        elif path == "/__end" and data is not None:
            self.signin.end(data)
        else:
            super().control(path, body)
            return
        self.reply(200, b"{}", "application/json")

    def dispatch(self, request: Request) -> None:
        services = {
            ("GET", "/v1/authorize"): self.authorize,
            ("POST", "/v1/authorize"): self.authorized,
            ("GET", CONFIRMATION): self.confirm,
            ("POST", "/v1/token"): self.token,
            ("GET", "/federation"): self.federate,
            ("POST", "/"): self.serve,
        }
        try:
            function = services.get((request.method, request.path))
            if function is None:
                self.reply(404, b"", "text/plain")
            else:
                function(request)
        except Dropped:
            self.close_connection = True

    def entry(self, action: str, request: Request) -> dict:
        """Writes a call into the book."""
        entry = {
            "action": action,
            "status": 0,
            "code": None,
            "query": request.query if action == "Authorize" else "",
            "user_agent": request.one("user-agent"),
            "type": request.one("content-type"),
            "time": time.monotonic(),
        }
        with self.sts.lock:
            self.sts.calls[action] += 1
            self.sts.log.append(entry)
        if self.sts.options.latency:
            time.sleep(self.sts.options.latency)
        return entry

    # Pages

    def show(self, status: int, title: str, body: str) -> None:
        self.reply(status, page(title, body), "text/html; charset=utf-8")

    def authorize(self, request: Request) -> None:
        entry = self.entry("Authorize", request)
        query = dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
        try:
            code = self.signin.authorize(query, self.base)
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            self.show(refusal.status, "Error", f"<p>{html.escape(refusal.message)}</p>")
            return
        entry["status"] = 200
        if code.decision is not None:
            self.send_back(code)
            return
        self.show(
            200,
            "Sign in to AWS",
            form("A program asks for keys of this session.", "/v1/authorize", state=code.state),
        )

    def authorized(self, request: Request) -> None:
        fields = dict(urllib.parse.parse_qsl(request.body.decode()))
        self.signin.decide(fields.get("decision", "deny"), fields.get("state", "-"))
        found = [code for code in self.signin.codes.values() if code.state == fields.get("state")]
        if found:
            self.send_back(found[-1])
        else:
            self.show(400, "Error", "<p>There is nothing to decide on.</p>")

    def send_back(self, code: Code) -> None:
        answer = {"code": code.text, "state": code.state}
        if code.decision == "deny":
            answer = {
                "error": "access_denied",
                "error_description": "The person said no",
                "state": code.state,
            }
        target = f"{code.redirect}?{urllib.parse.urlencode(answer)}"
        self.reply(303, b"", "text/plain", {"Location": target, "Cache-Control": "no-store"})

    def confirm(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        code = self.signin.codes.get(query.get("code", ""))
        if code is None or code.client != CROSS or code.decision != "allow":
            self.show(400, "Error", "<p>There is nothing to confirm.</p>")
        else:
            self.show(200, "Copy this code", f'<p id="code">{self.signin.shown(code)}</p>')

    # Tokens

    def token(self, request: Request) -> None:
        entry = self.entry("CreateOAuth2Token", request)
        try:
            entry["grant"] = json.loads(request.body).get("grantType")
        except (ValueError, AttributeError):
            entry["grant"] = None
        fault = self.sts.take_fault("CreateOAuth2Token")
        try:
            if fault is not None and self.break_before(fault, entry):
                return
            answer = self.signin.create_token(request, self.base)
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            self.refuse_json(refusal)
            return
        self.break_after(fault, entry)
        entry["status"] = 200
        with self.sts.lock:
            self.sts.served["CreateOAuth2Token"] += 1
        self.reply(
            200,
            json.dumps(answer).encode(),
            "application/json",
            {"x-amzn-RequestId": self.request_id()},
        )

    def refuse_json(self, refusal: Refusal) -> None:
        exception = EXCEPTIONS.get(refusal.code, "AccessDeniedException")
        if refusal.code == "Throttling":
            refusal.status = 429
        body = {"error": refusal.code, "message": refusal.message}
        self.reply(
            refusal.status,
            json.dumps(body).encode(),
            "application/json",
            {
                "x-amzn-RequestId": self.request_id(),
                "x-amzn-ErrorType": exception,
                **refusal.headers,
            },
        )

    def federate(self, request: Request) -> None:
        # The address holds secrets: the book does not.
        entry = self.entry("GetSigninToken", request)
        try:
            query = self.federation.query(request)
            entry["duration"] = query.get("SessionDuration")
            if query.get("Action") != "getSigninToken":
                raise Refusal(400, "BadRequest", "there is no such action")
            body = json.dumps(self.federation.signin_token(query)).encode()
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            self.show(refusal.status, "Error", f"<p>{html.escape(refusal.message)}</p>")
            return
        entry["status"] = 200
        self.reply(200, body, "application/json")


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    sts = STS(options)
    services = {
        "sts": sts,
        "book": sts,
        "signin": SignIn(sts, options),
        "federation": Federation(sts, options),
    }
    return serve(type("BoundHandler", (Handler,), services), options)


def parser() -> argparse.ArgumentParser:
    options = sts_fake.parser()
    options.description = "A strict sign-in to the AWS console for tests."
    add = options.add_argument
    add("--user", default="jane", help="who signs in")
    add("--auto-approve", action="store_true", help="nobody has to click")
    add("--code-lifetime", type=float, default=600)
    add("--keys-lifetime", type=float, default=900, help="of the keys, in seconds")
    add("--session-lifetime", type=float, default=43200, help="of logins, with their renewals")
    add("--signin-lifetime", type=float, default=900, help="of the console's sign-in tokens")
    add("--keep-refresh-tokens", action="store_true", help="they work more than once")
    add("--no-policy", action="store_true", help="the user may not have keys")
    return options


if __name__ == "__main__":
    main(start(parser().parse_args()))
