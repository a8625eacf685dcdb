#!/usr/bin/env python3
"""An IAM that refuses what the real one refuses, with the STS of sts_fake.py on the same port.

A user may look after their own access keys and virtual MFA devices: two keys at most, codes that
have to be right, twice in a row and in order, no session without a second factor. What was made is
not known at once (`--propagation`), as it is with the real one.

    python iam_fake.py --port 8080 --access-key-id AKIA... --secret-access-key ...

Beside what sts_fake.py has:

    GET  /__state    {"keys": [{"id": ..., "status": ..., "user": ...}, ...],
                      "devices": [{"serial": ..., "user": null or a name}, ...]}
    POST /__policy   {"user": ..., "deny": [action, ...], "mfa": [action, ...]}: what the user may
                     not do, and what only after a second factor
    POST /__keys     {"user": ..., "access_key_id": ..., "secret_access_key": ..., "age": seconds,
                      "unused": seconds, "status": "Active"}: another key
    POST /__forget   {"access_key_id": ...}: somebody deletes a key
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import secrets
import threading

import sts_fake
from fake_service import Refusal, Request, Server, denied, main, serve
from iam_devices import DEVICE_PARAMETERS, Device, Devices, missing, stamp
from sts_service import STS, Keys

VERSION = "2010-05-08"
NAMESPACE = f"https://iam.amazonaws.com/doc/{VERSION}/"

PARAMETERS = {
    "CreateAccessKey": r"UserName",
    "ListAccessKeys": r"UserName|Marker|MaxItems",
    "GetAccessKeyLastUsed": r"AccessKeyId",
    "UpdateAccessKey": r"UserName|AccessKeyId|Status",
    "DeleteAccessKey": r"UserName|AccessKeyId",
    **DEVICE_PARAMETERS,
}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclasses.dataclass
class AccessKey:
    """What IAM knows of an access key, beside its secret."""

    id: str
    user: str
    created: float
    status: str = "Active"
    used: tuple[float, str, str] | None = None
    # How many calls each service still refuses, since it has not heard of the key.
    unknown: dict[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Policy:
    deny: set[str] = dataclasses.field(default_factory=set)
    mfa: set[str] = dataclasses.field(default_factory=set)


class IAM(Devices, STS):
    """Both services without the network."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.access_keys: dict[str, AccessKey] = {}
        self.devices: dict[str, Device] = {}
        self.policies: dict[str, Policy] = {}
        # A user's changes come one after the other.
        self.work = threading.RLock()
        super().__init__(options)

    def add_user(
        self, name: str, access_key_id: str, secret_access_key: str, mfa: str | None = None
    ) -> None:
        super().add_user(name, access_key_id, secret_access_key, mfa)
        self.access_keys[access_key_id] = AccessKey(access_key_id, name, self.now() - 400 * 86400)

    # Who calls

    def known_keys(self, key_id: str, service: str) -> Keys | None:
        with self.lock:
            record = self.access_keys.get(key_id)
            if record is not None:
                if record.status != "Active":
                    return None
                if record.unknown.get(service, 0) > 0:
                    record.unknown[service] -= 1
                    return None
        return super().known_keys(key_id, service)

    def check_region(self, service: str, region: str) -> None:
        if service == "iam" and region != "us-east-1":
            raise Refusal(
                403,
                "SignatureDoesNotMatch",
                f"Credential should be scoped to a valid region, not '{region}'. ",
            )

    def caller(self, request: Request, expected: str = "sts") -> Keys:
        keys = super().caller(request, expected)
        if expected == "iam" and keys.kind == "session" and not keys.mfa_present:
            # What IAM says to sessions of GetSessionToken that are without a second factor.
            raise Refusal(
                403, "InvalidClientTokenId", "The security token included in the request is invalid"
            )
        with self.lock:
            record = self.access_keys.get(keys.access_key_id)
            if record is not None:
                record.used = (self.now(), expected, "us-east-1")
        return keys

    # Actions

    def answer_iam(
        self, action: str, fields: dict[str, str], keys: Keys, host: str = ""
    ) -> str | None:
        name = keys.arn.rsplit("/", 1)[-1]
        self.authorize(action, keys, name)
        if keys.kind not in ("user", "session") or fields.get("UserName", name) != name:
            raise self.denial(action, keys, fields.get("UserName", name))
        method = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", action.replace("MFA", "Mfa")).lower()
        with self.work:
            return getattr(self, method)(fields, name)

    def authorize(self, action: str, keys: Keys, name: str) -> None:
        policy = self.policies.get(name, Policy())
        if action in policy.deny:
            raise self.denial(action, keys, name)
        if action in policy.mfa and not keys.mfa_present:
            raise self.denial(
                action, keys, name, "with an explicit deny in an identity-based policy"
            )

    @staticmethod
    def denial(
        action: str,
        keys: Keys,
        name: str,
        why: str = "because no identity-based policy allows the action",
    ) -> Refusal:
        return denied(
            f"User: {keys.arn} is not authorized to perform: iam:{action} on resource: user {name} "
            f"{why}"
        )

    def create_access_key(self, fields: dict[str, str], name: str) -> str:
        if len(self.keys_of(name)) >= 2:
            raise Refusal(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
        key_id = "AKIA" + "".join(secrets.choice(ALPHABET) for _ in range(16))
        secret = secrets.token_urlsafe(30)
        self.add_key(name, key_id, secret)
        record = self.access_keys[key_id]
        count = self.options.propagation
        record.unknown = {"sts": count, "iam": count}
        with self.lock:
            self.handed_out.append(secret)
        return (
            f"<AccessKey><UserName>{name}</UserName><AccessKeyId>{key_id}</AccessKeyId>"
            f"<Status>Active</Status><SecretAccessKey>{secret}</SecretAccessKey>"
            f"<CreateDate>{stamp(record.created)}</CreateDate></AccessKey>"
        )

    def add_key(self, name: str, key_id: str, secret: str) -> None:
        mfa = next((keys.mfa for keys in self.keys.values() if keys.arn.endswith(f"/{name}")), None)
        self.add_user(name, key_id, secret, mfa)
        self.access_keys[key_id].created = self.now()

    def keys_of(self, name: str) -> list[AccessKey]:
        return [key for key in self.access_keys.values() if key.user == name]

    def key(self, fields: dict[str, str], name: str) -> AccessKey:
        key_id = fields.get("AccessKeyId", "")
        if not re.fullmatch(r"\w{16,128}", key_id):
            raise Refusal(400, "ValidationError", f"Value '{key_id}' at 'accessKeyId' is not valid")
        record = self.access_keys.get(key_id)
        if record is None or record.user != name:
            raise missing(f"The Access Key with id {key_id}")
        return record

    def list_access_keys(self, fields: dict[str, str], name: str) -> str:
        members = "".join(
            f"<member><UserName>{name}</UserName><AccessKeyId>{key.id}</AccessKeyId>"
            f"<Status>{key.status}</Status><CreateDate>{stamp(key.created)}</CreateDate></member>"
            for key in self.keys_of(name)
        )
        return f"<IsTruncated>false</IsTruncated><AccessKeyMetadata>{members}</AccessKeyMetadata>"

    def get_access_key_last_used(self, fields: dict[str, str], name: str) -> str:
        key = self.key(fields, name)
        if key.used is None:
            use = "<Region>N/A</Region><ServiceName>N/A</ServiceName>"
        else:
            moment, service, region = key.used
            use = (
                f"<Region>{region}</Region><LastUsedDate>{stamp(moment)}</LastUsedDate>"
                f"<ServiceName>{service}</ServiceName>"
            )
        return f"<UserName>{name}</UserName><AccessKeyLastUsed>{use}</AccessKeyLastUsed>"

    def update_access_key(self, fields: dict[str, str], name: str) -> None:
        if fields.get("Status") not in ("Active", "Inactive"):
            raise Refusal(400, "ValidationError", "Value at 'status' is not valid")
        self.key(fields, name).status = fields["Status"]

    def delete_access_key(self, fields: dict[str, str], name: str) -> None:
        self.forget(self.key(fields, name).id)

    def forget(self, key_id: str) -> None:
        # Sessions that were made with it go on.
        with self.lock:
            del self.access_keys[key_id]
            del self.keys[key_id]

    def state(self) -> dict:
        with self.work:
            return {
                "keys": [
                    {"id": key.id, "status": key.status, "user": key.user}
                    for key in self.access_keys.values()
                ],
                "devices": [
                    {"serial": device.serial, "user": device.user}
                    for device in self.devices.values()
                ],
            }


class Handler(sts_fake.Handler):
    """Speaks HTTP for both services."""

    server_version = "iam-fake"
    sts: IAM
    apis = {
        **sts_fake.Handler.apis,
        VERSION: sts_fake.API("iam", NAMESPACE, PARAMETERS, "answer_iam"),
    }

    def read_book(self, path: str) -> bool:
        if path == "/__state":
            self.reply(200, json.dumps(self.sts.state()).encode(), "application/json")
            return True
        return super().read_book(path)

    def control(self, path: str, body: bytes) -> None:
        if path not in ("/__policy", "/__keys", "/__forget"):
            super().control(path, body)
            return
        data = json.loads(body)
        if path == "/__policy":
            self.sts.policies[data["user"]] = Policy(
                set(data.get("deny", [])), set(data.get("mfa", []))
            )
        elif path == "/__keys":
            self.sts.add_key(data["user"], data["access_key_id"], data["secret_access_key"])
            key = self.sts.access_keys[data["access_key_id"]]
            key.created -= data.get("age", 0)
            key.status = data.get("status", "Active")
            if "unused" in data:
                key.used = (self.sts.now() - data["unused"], "s3", "eu-west-1")
        else:
            self.sts.forget(data["access_key_id"])
        self.reply(200, b"{}", "application/json")


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    iam = IAM(options)
    return serve(type("BoundHandler", (Handler,), {"sts": iam, "book": iam}), options)


def parser() -> argparse.ArgumentParser:
    options = sts_fake.parser()
    options.description = "A strict IAM and STS for tests."
    options.add_argument(
        "--propagation",
        type=int,
        default=0,
        help="how many calls each service refuses that are signed with a new key",
    )
    return options


if __name__ == "__main__":
    main(start(parser().parse_args()))
