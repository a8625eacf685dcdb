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
                      "trusts": ["arn of a caller", ...]}
    POST /__users    {"name": "jane", "access_key_id": ..., "secret_access_key": ..., "mfa": serial}
    POST /__devices  {"serial": ..., "seed": base32, "period": 30}: a virtual MFA device
    POST /__sessions {"access_key_id": ..., "secret_access_key": ..., "token": ..., "arn": ...,
                      "user_id": ..., "expires": epoch seconds}: keys that another service made
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
import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import re
import secrets
import sys
import time
import urllib.parse
import xml.sax.saxutils

from fake_service import (
    Book,
    BookHandler,
    Dropped,
    Refusal,
    Request,
    Server,
    denied,
    invalid,
    serve,
)
from sts_signatures import Signatures
from sts_special import SPECIAL_PARAMETERS, SpecialActions

VERSION = "2011-06-15"
NAMESPACE = f"https://sts.amazonaws.com/doc/{VERSION}/"
FORM = "application/x-www-form-urlencoded"

# Every parameter an action may have; anything else is a mistake of the client.
PARAMETERS = {
    "AssumeRole": (
        r"RoleArn|RoleSessionName|DurationSeconds|ExternalId|SerialNumber|TokenCode|Policy"
        r"|SourceIdentity|PolicyArns\.member\.\d+\.arn|Tags\.member\.\d+\.(Key|Value)"
        r"|TransitiveTagKeys\.member\.\d+"
    ),
    "AssumeRoleWithWebIdentity": (
        r"RoleArn|RoleSessionName|DurationSeconds|WebIdentityToken|ProviderId|Policy"
        r"|PolicyArns\.member\.\d+\.arn"
    ),
    "GetSessionToken": r"DurationSeconds|SerialNumber|TokenCode",
    "GetCallerIdentity": r"(?!)",
    **SPECIAL_PARAMETERS,
}
UNSIGNED = {"AssumeRoleWithWebIdentity"}

WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
WRONG_DEVICE = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA "
    "serial number is valid and associated with this user."
)


@dataclasses.dataclass
class Keys:
    """A pair of keys and whom it stands for."""

    access_key_id: str
    secret_access_key: str
    arn: str
    user_id: str
    token: str | None = None
    expires: float | None = None
    # "user" for long-lived keys, "session" for GetSessionToken, "role" for assumed roles, "root"
    # for AssumeRoot, "federation" for GetFederationToken.
    kind: str = "user"
    mfa: str | None = None
    # Whether a code was given for them.
    mfa_present: bool = False
    # Whether they were had with other temporary credentials, or from IAM Identity Center.
    chained: bool = False

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclasses.dataclass
class Role:
    """What a role asks for, beyond what every role does."""

    arn: str
    external_id: str | None = None
    mfa: bool = False
    max_duration: int = 43200
    trusts: list[str] | None = None


@dataclasses.dataclass
class Device:
    """A virtual MFA device."""

    serial: str
    seed: str
    period: int = 30

    def codes(self, now: float) -> list[str]:
        """The codes of the window before, the present one and the next (RFC 6238, 5.2)."""
        key = base64.b32decode(self.seed)
        codes = []
        for window in range(int(now) // self.period - 1, int(now) // self.period + 2):
            digest = hmac.digest(key, window.to_bytes(8, "big"), "sha1")
            offset = digest[-1] & 15
            number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
            codes.append(f"{number % 10**6:06}")
        return codes


class STS(Signatures, SpecialActions, Book):
    """The service without the network."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.skew)
        self.options = options
        self.keys: dict[str, Keys] = {}
        self.roles: dict[str, Role] = {}
        self.used_codes: set[tuple[str, str]] = set()
        self.devices: dict[str, Device] = {}
        self.add_user(
            "engineer", options.access_key_id, options.secret_access_key, options.mfa_serial
        )

    def add_user(
        self, name: str, access_key_id: str, secret_access_key: str, mfa: str | None = None
    ) -> None:
        account = self.options.account
        self.keys[access_key_id] = Keys(
            access_key_id,
            secret_access_key,
            f"arn:aws:iam::{account}:user/{name}",
            "AIDA" + hashlib.sha256(name.encode()).hexdigest()[:17].upper(),
            mfa=mfa,
        )

    def add_session(self, data: dict) -> Keys:
        """Takes keys that another service handed out."""
        keys = Keys(
            data["access_key_id"],
            data["secret_access_key"],
            data["arn"],
            data["user_id"],
            data["token"],
            data["expires"],
            data.get("kind", "role"),
            chained=data.get("chained", True),
        )
        with self.lock:
            self.keys[keys.access_key_id] = keys
            self.handed_out += [keys.secret_access_key, keys.token]
        return keys

    def end_sessions(self) -> None:
        with self.lock:
            for keys in self.keys.values():
                if keys.expires is not None:
                    keys.expires = self.now()

    # Actions

    def answer(self, action: str, fields: dict[str, str], keys: Keys | None, host: str = "") -> str:
        if action == "GetCallerIdentity":
            return (
                f"<Arn>{keys.arn}</Arn><UserId>{keys.user_id}</UserId>"
                f"<Account>{keys.account}</Account>"
            )
        if action == "GetSessionToken":
            return self.get_session_token(fields, keys)
        if action == "AssumeRoot":
            return self.assume_root(fields, keys, host)
        if action == "GetFederationToken":
            return self.get_federation_token(fields, keys)
        return self.assume_role(action, fields, keys)

    def get_session_token(self, fields: dict[str, str], keys: Keys) -> str:
        if keys.kind != "user":
            raise denied("Cannot call GetSessionToken with session credentials")
        seconds = self.duration(fields, 43200, 129600)
        self.check_code(fields, keys)
        return self.hand_out(
            seconds,
            keys.arn,
            keys.user_id,
            "session",
            mfa=keys.mfa,
            mfa_present="TokenCode" in fields,
        )

    def assume_role(self, action: str, fields: dict[str, str], keys: Keys | None) -> str:
        arn = fields.get("RoleArn", "")
        match = re.fullmatch(r"arn:(aws[a-z-]*):iam::(\d{12}):role/([\w+=,.@/-]+)", arn)
        if not match:
            raise invalid(f"{arn} is invalid")
        session = fields.get("RoleSessionName", "")
        if not re.fullmatch(r"[\w+=,.@-]{2,64}", session, re.ASCII):
            raise invalid(
                f"1 validation error detected: Value '{session}' at 'roleSessionName' failed to "
                "satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
            )
        role = self.roles.get(arn, Role(arn))
        seconds = self.duration(fields, 3600, 43200)
        if keys is not None and keys.kind == "role" and seconds > 3600:
            raise invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
                "by role chaining"
            )
        if seconds > role.max_duration:
            raise invalid(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        if action == "AssumeRoleWithWebIdentity":
            if fields.get("WebIdentityToken", "").count(".") != 2:
                raise Refusal(
                    400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT"
                )
        else:
            self.check_trust(role, match.group(3).rsplit("/", 1)[-1], fields, keys)
        self.check_tags(fields)
        assumed = (
            f"arn:{match.group(1)}:sts::{match.group(2)}:assumed-role/"
            f"{match.group(3).rsplit('/', 1)[-1]}/{session}"
        )
        role_id = "AROA" + hashlib.sha256(arn.encode()).hexdigest()[:17].upper()
        user = (
            f"<AssumedRoleUser><AssumedRoleId>{role_id}:{session}</AssumedRoleId>"
            f"<Arn>{assumed}</Arn></AssumedRoleUser>"
        )
        return user + self.hand_out(
            seconds,
            assumed,
            f"{role_id}:{session}",
            "role",
            chained=keys is not None and keys.kind == "role",
        )

    def check_trust(self, role: Role, name: str, fields: dict[str, str], keys: Keys) -> None:
        refusal = denied(
            f"User: {keys.arn} is not authorized to perform: sts:AssumeRole on resource: {role.arn}"
        )
        if name.startswith("Denied"):
            raise refusal
        if role.trusts is not None and keys.arn not in role.trusts:
            raise refusal
        if role.external_id is not None and fields.get("ExternalId") != role.external_id:
            raise refusal
        if role.mfa and "TokenCode" not in fields:
            raise refusal
        self.check_code(fields, keys)

    def check_code(self, fields: dict[str, str], keys: Keys) -> None:
        serial, code = fields.get("SerialNumber"), fields.get("TokenCode")
        if serial is None and code is None:
            return
        if serial is None or not re.fullmatch(r"\d{6}", code or ""):
            raise denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one "
                "time pass code."
            )
        if keys.mfa is not None and serial != keys.mfa:
            raise denied(WRONG_DEVICE)
        with self.lock:
            device = self.devices.get(serial)
            is_right = code in device.codes(self.now()) if device else code != "000000"
            if not is_right or (serial, code) in self.used_codes:
                raise denied(WRONG_CODE)
            self.used_codes.add((serial, code))

    @staticmethod
    def check_tags(fields: dict[str, str]) -> None:
        tags = [value.lower() for name, value in fields.items() if name.endswith(".Key")]
        if len(tags) > 50 or len(tags) != len(set(tags)):
            raise invalid(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        for name, value in fields.items():
            if name.startswith("TransitiveTagKeys.") and value.lower() not in tags:
                raise invalid(f"Transitive tag key {value} is not among the session tags")

    def duration(self, fields: dict[str, str], standard: int, maximum: int) -> int:
        text = fields.get("DurationSeconds", str(standard))
        minimum = self.options.min_duration
        if not text.isdigit() or not minimum <= int(text) <= maximum:
            raise invalid(
                f"1 validation error detected: Value '{text}' at 'durationSeconds' failed to "
                f"satisfy constraint: Member must have value between {minimum} and {maximum}"
            )
        return int(text)

    def hand_out(
        self,
        seconds: int,
        arn: str,
        user_id: str,
        kind: str,
        mfa: str | None = None,
        chained: bool = False,
        mfa_present: bool = False,
    ) -> str:
        if self.options.lifetime is not None:
            seconds = self.options.lifetime
        # AWS tells whole seconds and keeps them.
        expires = int(self.now()) + seconds
        keys = Keys(
            "ASIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
            secrets.token_urlsafe(30),
            arn,
            user_id,
            "IQoJ" + secrets.token_urlsafe(300) + "==",
            expires,
            kind,
            mfa,
            mfa_present,
            chained,
        )
        with self.lock:
            self.keys[keys.access_key_id] = keys
            self.handed_out += [keys.secret_access_key, keys.token]
        stamp = datetime.datetime.fromtimestamp(expires, datetime.timezone.utc)
        return (
            f"<Credentials><AccessKeyId>{keys.access_key_id}</AccessKeyId>"
            f"<SecretAccessKey>{keys.secret_access_key}</SecretAccessKey>"
            f"<SessionToken>{keys.token}</SessionToken>"
            f"<Expiration>{stamp.strftime('%Y-%m-%dT%H:%M:%SZ')}</Expiration></Credentials>"
        )


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
        try:
            self.serve(request)
        except Dropped:
            self.close_connection = True

    def control(self, path: str, body: bytes) -> None:
        data = json.loads(body or b"null")
        if path == "/__faults":
            self.sts.add_faults(data)
        elif path == "/__roles":
            self.sts.roles[data["arn"]] = Role(**data)
        elif path == "/__users":
            self.sts.add_user(
                data["name"], data["access_key_id"], data["secret_access_key"], data.get("mfa")
            )
        elif path == "/__devices":
            self.sts.devices[data["serial"]] = Device(**data)
        elif path == "/__sessions":
            self.sts.add_session(data)
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


def main() -> None:
    server = start(parser().parse_args())
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
