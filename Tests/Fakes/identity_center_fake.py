#!/usr/bin/env python3
"""An IAM Identity Center that refuses what the real one refuses, with an STS and a console.

One port answers for five services, so that AWS_ENDPOINT_URL alone sends a client here:

    OIDC        POST /client/register, /device_authorization, /token; GET /authorize
    the portal  GET /assignment/accounts, /assignment/roles, /federation/credentials; POST /logout
    a person    GET and POST /device, the decision on /authorize: two buttons, `allow` and `deny`
    STS         POST / (sts_fake.py), which knows the role credentials that the portal hands out
    federation  GET /federation?Action=getSigninToken and Action=login (federation_fake.py)

Beside them, everything that sts_fake.py has (/__calls, /__served, /__log, /__secrets, /__faults,
/__roles, /__users, /__sessions, /__reset), and:

    GET  /__waiting    what a person is to decide on: [{"user_code": ..., "state": ...}, ...]
    POST /__approve    {"user_code": ...} or {"state": ...}; null: everything that waits
    POST /__deny       the same
    POST /__automatic  "allow", "deny" or null: what is decided on requests yet to come
    POST /__accounts   [{"id": ..., "name": ..., "roles": [...]}, ...] instead of generated ones
    POST /__end        ["access", "refresh", "clients", "roles"]: ends those that were handed out;
                       null: access tokens and every session of the STS

Faults have two more kinds: `refuse`, with the name of an exception in `code`, and `slow_down`,
which raises the interval as polling too fast does. Actions are named as in the API: RegisterClient,
StartDeviceAuthorization, Authorize, CreateToken, ListAccounts, ListAccountRoles,
GetRoleCredentials, Logout, GetSigninToken, Login.

Not known of the real service, and chosen: the words of errors; that a rotated refresh token is
refused at once; which of 403 and 404 an account or role that is not assigned gets. Here an account
or a permission set that nobody has is 404, one that is not assigned 403.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import time

import sts_fake
from fake_service import Dropped, Refusal, Request, Server, main, serve
from federation_fake import Federation
from identity_center_oidc import OIDC
from identity_center_pages import Pages
from identity_center_portal import NAMESPACE, Portal
from sts_service import STS


def snake(name: str) -> str:
    """`AuthorizationPendingException` as OAuth 2.0 writes it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Exception")).lower()


class Center:
    """All services on their one port."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.sts = STS(options)
        self.oidc = OIDC(self.sts, options)
        self.portal = Portal(self.oidc, self.sts, options)
        self.federation = Federation(self.sts, options)


class Handler(Pages, sts_fake.Handler):
    """Speaks HTTP for all of them."""

    server_version = "identity-center-fake"
    center: Center

    @property
    def base(self) -> str:
        """The address by which the client reached this server."""
        scheme = "https" if self.center.sts.options.certificate else "http"
        return f"{scheme}://{self.headers.get('Host', 'localhost')}"

    def do_GET(self) -> None:
        if self.path == "/__waiting":
            found = [
                {"user_code": item.user_code, "state": item.state}
                for item in self.center.oidc.waiting()
            ]
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
        oidc = self.center.oidc
        if path in ("/__approve", "/__deny"):
            name = (data or {}).get("user_code") or (data or {}).get("state")
            count = oidc.decide("allow" if path == "/__approve" else "deny", name)
            self.reply(200 if count else 404, json.dumps(count).encode(), "application/json")
            return
        if path == "/__automatic":
            oidc.automatic = data
        elif path == "/__accounts":
            self.center.portal.organisation.put(data)
        elif path == "/__end":
            oidc.end(["access"] if data is None else data)
            if data is None or "roles" in data:
                self.center.sts.end_sessions()
        else:
            super().control(path, body)
            return
        self.reply(200, b"{}", "application/json")

    # Services

    def dispatch(self, request: Request) -> None:
        oidc, portal = self.center.oidc, self.center.portal
        services = {
            ("POST", "/client/register"): ("RegisterClient", oidc.register),
            ("POST", "/device_authorization"): (
                "StartDeviceAuthorization",
                lambda request: oidc.start_device(request, self.base),
            ),
            ("POST", "/token"): ("CreateToken", oidc.create_token),
            ("GET", "/assignment/accounts"): ("ListAccounts", portal.accounts),
            ("GET", "/assignment/roles"): ("ListAccountRoles", portal.roles),
            ("GET", "/federation/credentials"): ("GetRoleCredentials", portal.credentials),
            ("POST", "/logout"): ("Logout", portal.logout),
        }
        pages = {
            ("GET", "/authorize"): self.authorize,
            ("POST", "/authorize"): self.authorized,
            ("GET", "/device"): self.device,
            ("POST", "/device"): self.device_decided,
            ("GET", "/federation"): self.federate,
        }
        key = (request.method, request.path)
        try:
            if key in services:
                self.serve_json(request, *services[key])
            elif key in pages:
                pages[key](request)
            elif key == ("POST", "/"):
                self.serve(request)
            else:
                self.reply(404, b"", "text/plain")
        except Dropped:
            self.close_connection = True

    def entry(self, action: str, request: Request) -> dict:
        """Writes a call into the book."""
        entry = {
            "action": action,
            "status": 0,
            "code": None,
            "query": request.query,
            "user_agent": request.one("user-agent"),
            "time": time.monotonic(),
        }
        if action == "CreateToken":
            try:
                entry["grant"] = json.loads(request.body).get("grantType")
            except (ValueError, AttributeError):
                entry["grant"] = None
        with self.center.sts.lock:
            self.center.sts.calls[action] += 1
            self.center.sts.log.append(entry)
        if self.center.sts.options.latency:
            time.sleep(self.center.sts.options.latency)
        return entry

    def serve_json(self, request: Request, action: str, function) -> None:
        entry = self.entry(action, request)
        fault = self.center.sts.take_fault(action)
        try:
            if fault is not None:
                if fault.kind == "slow_down":
                    self.slow_down(request)
                if self.break_before(fault, entry):
                    return
            answer = function(request)
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            self.refuse_json(request, refusal)
            return
        self.break_after(fault, entry)
        entry["status"] = 200
        with self.center.sts.lock:
            self.center.sts.served[action] += 1
        self.reply(200, json.dumps(answer).encode(), "application/json", self.trace())

    def slow_down(self, request: Request) -> None:
        device = self.center.oidc.devices.get(json.loads(request.body).get("deviceCode"))
        if device is not None:
            device.interval += 5
            device.last_poll = self.center.sts.now()
        raise Refusal(400, "SlowDownException", "Slow down")

    def trace(self) -> dict[str, str]:
        return {"x-amzn-RequestId": self.request_id()}

    def refuse_json(self, request: Request, refusal: Refusal) -> None:
        name = refusal.code
        if name == "Throttling":
            name, refusal.status = "TooManyRequestsException", 429
        if request.path in ("/client/register", "/device_authorization", "/token"):
            body = {"error": snake(name), "error_description": refusal.message or None}
            kind = name
        else:
            body = {"message": refusal.message, "__type": f"{NAMESPACE}#{name}"}
            # The portal's servers say where the name is from.
            kind = f"{name}:http://internal.amazon.com/coral/{NAMESPACE}/"
        self.reply(
            refusal.status,
            json.dumps(body).encode(),
            "application/json",
            {**self.trace(), "x-amzn-ErrorType": kind, **refusal.headers},
        )

    def federate(self, request: Request) -> None:
        federation = self.center.federation
        entry = None
        try:
            query = federation.query(request)
            action = {"getSigninToken": "GetSigninToken", "login": "Login"}.get(
                query.get("Action", ""), ""
            )
            # The address holds secrets: the book does not.
            entry = self.entry(action, Request("GET", request.path, "", request.headers, b""))
            entry["duration"] = query.get("SessionDuration")
            entry["destination"] = query.get("Destination")
            fault = self.center.sts.take_fault(action)
            if fault is not None and self.break_before(fault, entry):
                return
            if action == "GetSigninToken":
                body = json.dumps(federation.signin_token(query)).encode()
                entry["status"] = 200
                self.reply(200, body, "application/json")
            elif action == "Login":
                arn, destination = federation.login(query)
                entry["status"], entry["caller"] = 200, arn
                self.show(
                    200,
                    "Console",
                    (
                        f'<p id="arn">{html.escape(arn)}</p>'
                        f'<p id="destination">{html.escape(destination)}</p>'
                    ),
                )
            else:
                raise Refusal(400, "BadRequest", "there is no such action")
        except Refusal as refusal:
            if entry is not None:
                entry["status"], entry["code"] = refusal.status, refusal.code
            # The real one shows a page, whatever the client takes.
            self.show(refusal.status, "Error", f"<p>{html.escape(refusal.message)}</p>")


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    center = Center(options)
    handler = type(
        "BoundHandler", (Handler,), {"center": center, "sts": center.sts, "book": center.sts}
    )
    return serve(handler, options)


def parser() -> argparse.ArgumentParser:
    options = sts_fake.parser()
    options.description = "A strict IAM Identity Center for tests."
    add = options.add_argument
    add("--start-url", action="append", help="what clients may name; may be given again")
    add("--auto-approve", action="store_true", help="nobody has to click")
    add("--accounts", type=int, default=3, help="how many are generated")
    add("--roles", type=int, default=2, help="permission sets of each account")
    add("--twins", action="store_true", help="the last two accounts have one name")
    add("--page-size", type=int, default=100, help="the most a page of the portal holds")
    add("--rate", type=float, default=0, help="requests of the portal a second; 0: any")
    add("--burst", type=float, default=0, help="requests at once; 0: those of one second")
    add("--no-retry-after", action="store_true", help="429 comes without Retry-After")
    add("--interval", type=int, default=1, help="seconds between polls")
    add("--device-lifetime", type=float, default=600)
    add("--token-lifetime", type=float, default=28800, help="of access tokens, in seconds")
    add("--session-lifetime", type=float, default=7 * 86400, help="of logins, with their renewals")
    add("--registration-lifetime", type=float, default=90 * 86400)
    add("--role-lifetime", type=int, default=3600, help="of role credentials, in seconds")
    add("--signin-lifetime", type=float, default=900, help="of the console's sign-in tokens")
    add("--keep-refresh-tokens", action="store_true", help="they do not rotate")
    return options


def arguments(texts: list[str] | None = None) -> argparse.Namespace:
    options = parser().parse_args(texts)
    options.start_url = [
        url.rstrip("/") for url in options.start_url or ["https://example.awsapps.com/start"]
    ]
    return options


if __name__ == "__main__":
    main(start(arguments()))
