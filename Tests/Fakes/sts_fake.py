#!/usr/bin/env python3
"""An STS that refuses what the real one refuses.

It verifies Signature Version 4 by itself (no botocore in here), knows which keys it handed out
and when they end, lets no one-time code pass twice, and keeps the limits of the API of
2011-06-15. Tests that pass against it and against moto have two independent witnesses.

    python sts_fake.py --port 8080 --access-key-id AKIA... --secret-access-key ...

Beside the API, on the same port:

    GET  /__calls    {"AssumeRole": 2, ...}: every call that came in, faults included
    GET  /__served   the same, but only calls that were answered with success
    GET  /__log      what came in, in order: action, status, code, duration, session name, caller
    GET  /__secrets  every secret access key and session token that was handed out
    POST /__faults   [{"kind": "throttle", "action": "AssumeRole", "count": 2}, ...], see Faults
    POST /__roles    {"arn": ..., "external_id": ..., "mfa": true, "max_duration": 3600,
                      "trusts": ["arn of a caller", ...], "subject": "repo:o/r:*",
                      "mfa_age": 900, "lifetime": 15}
    POST /__users    {"name": "jane", "access_key_id": ..., "secret_access_key": ..., "mfa": serial}
    POST /__devices  {"serial": ..., "seed": base32, "period": 30}: a virtual MFA device
    POST /__saml_providers {"arn": ..., "issuer": ..., "certificate": PEM}
    POST /__aliases  {"123456789012": "acme-dev"}: what POST /saml shows, AWS' page of SAML roles
    POST /__sessions {"access_key_id": ..., "secret_access_key": ..., "token": ..., "arn": ...,
                      "user_id": ..., "expires": epoch seconds}: keys that another service made
    POST /__providers {"https://issuer": {"jwks": {...}, "audiences": [...]}}: IAM OIDC providers;
                      with one, tokens of web identities are verified
    POST /__end      ends every session that was handed out so far
    GET  /__held     how many calls wait, see the faults `hold` and `hold-after`
    POST /__release  lets them go
    POST /__reset    forgets calls and faults, but no keys

Roles exist without being made; one whose name begins with `Denied` lets nobody in. Of codes,
000000 is always wrong and any other six digits are right, once for each device; a device whose
seed is known takes the codes of the present window and its neighbours, once each (RFC 6238).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import time
import urllib.parse
import xml.sax.saxutils

from fake_service import (
    BookHandler,
    Dropped,
    Refusal,
    Request,
    Server,
    denied,
    invalid,
    main,
    serve,
)
from sts_service import PARAMETERS, STS, Device, Role

VERSION = "2011-06-15"
NAMESPACE = f"https://sts.amazonaws.com/doc/{VERSION}/"
FORM = "application/x-www-form-urlencoded"
UNSIGNED = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}


@dataclasses.dataclass
class API:
    """A version of a service's API, and the method of the service that answers its actions."""

    service: str
    namespace: str
    parameters: dict[str, str]
    method: str


class Handler(BookHandler):
    """Speaks HTTP for the service."""

    server_version = "sts-fake"
    sts: STS
    # By the version that requests name.
    apis = {VERSION: API("sts", NAMESPACE, PARAMETERS, "answer")}

    def do_POST(self) -> None:
        request = self.read_request()
        if request.path.startswith("/__"):
            self.control(request.path, request.body)
            return
        if request.path == "/saml":
            self.role_page(request)
            return
        try:
            self.serve(request)
        except Dropped:
            self.close_connection = True

    def role_page(self, request: Request) -> None:
        """The page of the sign-in on which people choose a role, for a response that is right."""
        fields = dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))
        with self.sts.lock:
            self.sts.calls["RolePage"] += 1
        try:
            accounts = self.sts.accounts_of_response(fields.get("SAMLResponse", ""))
        except Refusal as refusal:
            self.reply(refusal.status, b"<html><body>Error</body></html>", "text/html")
            return
        names = self.sts.aliases
        shown = "".join(
            '<fieldset><div class="saml-account"><div class="saml-account-name">Account: '
            + (f"{names[account]} ({account})" if account in names else account)
            + "</div><hr></div></fieldset>"
            for account in accounts
        )
        self.reply(200, f"<html><body>{shown}</body></html>".encode(), "text/html")

    def control(self, path: str, body: bytes) -> None:
        data = json.loads(body or b"null")
        if path == "/__aliases":
            self.sts.aliases.update(data)
        elif path == "/__faults":
            self.sts.add_faults(data)
        elif path == "/__roles":
            self.sts.roles[data["arn"]] = Role(**data)
        elif path == "/__users":
            self.sts.add_user(
                data["name"], data["access_key_id"], data["secret_access_key"], data.get("mfa")
            )
        elif path == "/__devices":
            self.sts.devices[data["serial"]] = Device(**data)
        elif path == "/__saml_providers":
            self.sts.saml_providers[data["arn"]] = data
        elif path == "/__sessions":
            self.sts.add_session(data)
        elif path == "/__providers":
            self.sts.providers.update(data)
        elif path == "/__end":
            self.sts.end_sessions()
        elif path == "/__release":
            self.sts.let_go()
        elif path == "/__reset":
            with self.sts.lock:
                self.sts.reset()
        else:
            self.reply(404, b"", "text/plain")
            return
        self.reply(200, b"{}", "application/json")

    def serve(self, request: Request) -> None:
        fields = dict(
            urllib.parse.parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        )
        action = fields.pop("Action", "")
        entry = {
            "action": action,
            "status": 0,
            "code": None,
            "duration": fields.get("DurationSeconds"),
            "session": fields.get("RoleSessionName"),
            "role": fields.get("RoleArn") or fields.get("TargetPrincipal"),
            "policies": [
                value for name, value in fields.items() if re.match(r"Policy$|PolicyArns", name)
            ],
            "user_agent": request.one("user-agent"),
            "caller": None,
        }
        with self.sts.lock:
            self.sts.calls[action] += 1
            self.sts.log.append(entry)
        if self.sts.options.latency:
            time.sleep(self.sts.options.latency)

        fault = self.sts.take_fault(action)
        namespace = NAMESPACE
        try:
            if fault is not None and self.break_before(fault, entry):
                return
            version = fields.pop("Version", "")
            api = self.apis.get(version)
            if api is None or action not in api.parameters:
                raise Refusal(
                    400, "InvalidAction", f"Could not find operation {action} for version {version}"
                )
            namespace = api.namespace
            if (request.one("content-type") or "").split(";")[0] != FORM:
                raise Refusal(400, "InvalidAction", "the body is no form")
            keys = None
            if action in UNSIGNED:
                if request.one("authorization") is not None:
                    raise denied(f"{action} is to be sent without a signature")
            else:
                keys = self.sts.caller(request, api.service)
                entry["caller"] = keys.arn
            for name in fields:
                if not re.fullmatch(api.parameters[action], name):
                    raise invalid(f"Unknown parameter {name} for {action}")
            result = getattr(self.sts, api.method)(action, fields, keys, request.one("host") or "")
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            self.refuse(refusal, namespace)
            return
        self.break_after(fault, entry)
        entry["status"] = 200
        with self.sts.lock:
            self.sts.served[action] += 1
        if result is not None:
            result = f"  <{action}Result>{result}</{action}Result>\n"
        self.reply(
            200,
            (
                f'<{action}Response xmlns="{namespace}">\n{result or ""}'
                f"  <ResponseMetadata><RequestId>{self.request_id()}</RequestId>"
                f"</ResponseMetadata>\n</{action}Response>\n"
            ).encode(),
            "text/xml",
        )

    def refuse(self, refusal: Refusal, namespace: str) -> None:
        message = xml.sax.saxutils.escape(refusal.message)
        self.reply(
            refusal.status,
            (
                f'<ErrorResponse xmlns="{namespace}">\n  <Error>\n    <Type>Sender</Type>\n'
                f"    <Code>{refusal.code}</Code>\n    <Message>{message}</Message>\n  </Error>\n"
                f"  <RequestId>{self.request_id()}</RequestId>\n</ErrorResponse>\n"
            ).encode(),
            "text/xml",
            refusal.headers,
        )


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    sts = STS(options)
    return serve(type("BoundHandler", (Handler,), {"sts": sts, "book": sts}), options)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description="A strict STS for tests.")
    options.add_argument("--port", type=int, default=0, help="0: any; the address is printed")
    options.add_argument("--access-key-id", default="AKIAFAKEENGINEER0001")
    options.add_argument("--secret-access-key", default="fake+secret/of/the/engineer+user00000000")
    options.add_argument("--account", default="123456789012")
    options.add_argument("--mfa-serial", help="the only device the first user has")
    options.add_argument(
        "--lifetime", type=int, help="seconds every session lasts, whatever is asked"
    )
    options.add_argument("--min-duration", type=int, default=900)
    options.add_argument("--latency", type=float, default=0, help="seconds before every answer")
    options.add_argument("--skew", type=float, default=0, help="seconds the clock is ahead")
    options.add_argument("--certificate", help="PEM file; the server then speaks TLS")
    options.add_argument("--key", help="PEM file of the certificate's key")
    return options


if __name__ == "__main__":
    main(start(parser().parse_args()))
