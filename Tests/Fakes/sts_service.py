"""What the fake STS knows and decides, without the network: keys, roles, devices, sessions."""

from __future__ import annotations

import argparse
import base64
import dataclasses
import datetime
import hashlib
import hmac
import re
import secrets

from fake_service import Book, denied, invalid
from sts_signatures import Signatures
from sts_special import SPECIAL_PARAMETERS, SpecialActions
from sts_web_identity import WebIdentity

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
    # When that was.
    mfa_at: float | None = None
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
    # What the `sub` of an identity token must be like, with `*`.
    subject: str | None = None
    # For how many seconds after its code a user's session is let in (aws:MultiFactorAuthAge).
    mfa_age: float | None = None
    # How long its sessions last, whatever was asked for.
    lifetime: int | None = None


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


class STS(Signatures, SpecialActions, WebIdentity, Book):
    """The service without the network."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.skew)
        self.options = options
        self.keys: dict[str, Keys] = {}
        self.roles: dict[str, Role] = {}
        self.providers: dict[str, dict] = {}
        self.used_codes: set[tuple[str, str]] = set()
        self.devices: dict[str, Device] = {}
        # By ARN: what IAM knows of an identity provider, its issuer and certificate.
        self.saml_providers: dict[str, dict[str, str]] = {}
        # By number: what an account is called.
        self.aliases: dict[str, str] = {}
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
        if action == "AssumeRoleWithSAML":
            return self.assume_role_with_saml(fields)
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
            mfa_at=self.now() if "TokenCode" in fields else None,
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
            self.verify_token(role, fields)
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
            role.lifetime or seconds,
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
        # A session that no code was given for has no age at all.
        is_old = keys.mfa_at is None or self.now() - keys.mfa_at > (role.mfa_age or 0)
        if role.mfa_age is not None and "TokenCode" not in fields and is_old:
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
        mfa_at: float | None = None,
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
            mfa_at,
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
