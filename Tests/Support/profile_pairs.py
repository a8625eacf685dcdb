"""Random files of AWS profiles, and what botocore makes of each profile in them."""

from __future__ import annotations

import json
import pathlib
import random
from dataclasses import dataclass

import botocore.credentials
import botocore.session

ACCOUNT = "123456789012"
ENVIRONMENT_KEY = "AKIAENVIRONMENT00000"
NAMES = ["a", "b", "c", "d", "e f", "default"]
#: Whom logins of `aws login` are of.
LOGIN = f"arn:aws:iam::{ACCOUNT}:user/jane"
PORTAL = {"sso_start_url": "https://corp.awsapps.com/start", "sso_region": "eu-central-1"}


@dataclass
class Pair:
    """The content of both files."""

    config: bytes
    credentials: bytes

    def write(self, directory: pathlib.Path) -> None:
        directory.mkdir(exist_ok=True)
        (directory / "config").write_bytes(self.config)
        (directory / "credentials").write_bytes(self.credentials)

    def __str__(self) -> str:
        return f"config:\n{self.config.decode()}\ncredentials:\n{self.credentials.decode()}"


class Generator:
    """Makes pairs that are odd in the ways people's files are; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = 0

    def pair(self) -> Pair:
        return Pair(self._file(False), self._file(True))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _key(self) -> str:
        self.number += 1
        return f"AKIAEXAMPLE{self.number:09d}"

    def _file(self, isCredentials: bool) -> bytes:
        names = [name for name in NAMES if self._chance(0.35 if isCredentials else 0.8)]
        self.random.shuffle(names)
        lines: list[str] = []
        if self._chance(0.15):
            lines += ["[DEFAULT]", *self._settings(isCredentials, few=True)]
        for name in names:
            lines += self._title(name, isCredentials)
            lines += self._indented(self._settings(isCredentials))
        if not isCredentials:
            lines += ["[sso-session corp]", *(f"{key} = {PORTAL[key]}" for key in PORTAL)]
        end = self.random.choice(["\n", "\n", "\n", "\r\n", "\r"])
        return (end.join(lines) + end).encode()

    def _title(self, name: str, isCredentials: bool) -> list[str]:
        if isCredentials:
            title = f"[{name}]"
        elif name == "default":
            # Both of them only in the order in which all tools agree.
            both = ["[default]", f"aws_access_key_id = {self._key()}", "[profile default]"]
            return both if self._chance(0.2) else [self.random.choice(["[default]", both[2]])]
        else:
            quoted = f'"{name}"' if " " in name or self._chance(0.2) else name
            title = f"[profile {quoted}]"
        if self._chance(0.05):
            return [title.replace("[", "[ ", 1)]
        return [title + self.random.choice(["", "", "", " # x", "# x", ";x", " (x)", "]", " x] y"])]

    def _indented(self, lines: list[str]) -> list[str]:
        """Comments and blank lines between, which change nothing."""
        result = []
        for line in lines:
            if self._chance(0.1):
                result.append(self.random.choice(["# x", "; x = y", "", "   # x", "\t"]))
            result.append(line)
        return result

    def _settings(self, isCredentials: bool, few: bool = False) -> list[str]:
        lines: list[str] = []
        likely = 0.15 if few else 1.0
        if self._chance((0.9 if isCredentials else 0.35) * likely):
            lines += self._keys()
        if self._chance((0.1 if isCredentials else 0.5) * likely):
            lines += self._role()
        if self._chance(0.12 * likely):
            lines += self._process()
        if self._chance(0.06 * likely):
            lines.append("web_identity_token_file = /var/run/token")
        if self._chance(0.12 * likely):
            lines += self._sign_on()
        if self._chance(0.12 * likely):
            lines.append(f"login_session = {LOGIN}")
        if self._chance(0.3):
            lines.append("region = eu-west-1")
        if self._chance(0.1):
            lines += ["s3 =", "  max_concurrent_requests = 5"]
        self_contained = [lines[i : i + 1] for i in range(len(lines))]
        blocks: list[list[str]] = []
        for line in self_contained:
            if line[0][:1].isspace() and blocks:
                blocks[-1] += line
            else:
                blocks.append(line)
        self.random.shuffle(blocks)
        return [line for block in blocks for line in block]

    def _keys(self) -> list[str]:
        lines = [f"aws_access_key_id = {self._key()}", "aws_secret_access_key = secret#;="]
        if self._chance(0.06):
            lines.pop(self.random.randrange(2))
        if self._chance(0.08):
            lines.append(
                f"{self.random.choice(['aws_session_token', 'aws_security_token'])} = token"
            )
        return [
            self.random.choice(
                [
                    line,
                    line.replace(" = ", "="),
                    line.upper().replace("SECRET#", "secret#")
                    if "SECRET_ACCESS" in line.upper()
                    else line,
                ]
            )
            for line in lines
        ]

    def _role(self) -> list[str]:
        self.number += 1
        lines = [f"role_arn = arn:aws:iam::{ACCOUNT}:role/r{self.number}"]
        if self._chance(0.9):
            lines.append(f"source_profile = {self.random.choice(NAMES)}")
        if self._chance(0.12):
            lines.append("credential_source = Environment")
        if self._chance(0.2):
            lines.append("external_id : ext=1")
        if self._chance(0.2):
            lines.append(f"duration_seconds = {self.random.choice(['1800', 'an hour'])}")
        if self._chance(0.2):
            lines.append("role_session_name = me")
        if self._chance(0.1):
            lines.append(f"mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/me")
        return lines

    def _process(self) -> list[str]:
        answer = {"Version": 1, "AccessKeyId": self._key(), "SecretAccessKey": "a # b ; c"}
        if self._chance(0.5):
            return [f"credential_process = /bin/echo '{json.dumps(answer)}'"]
        return ["credential_process = /bin/echo", f"    '{json.dumps(answer)}'"]

    def _sign_on(self) -> list[str]:
        lines = [f"sso_account_id = {ACCOUNT}", "sso_role_name = Admin"]
        if self._chance(0.5):
            lines.append("sso_session = corp")
        else:
            lines += [f"{key} = {PORTAL[key]}" for key in PORTAL if self._chance(0.9)]
        if self._chance(0.1):
            lines.pop(0)
        return lines


class _Fetcher:
    """Stands for the one that would call AssumeRole, and keeps what it was given."""

    def __init__(self, source_credentials, role_arn, extra_args=None, **_options) -> None:
        self.source, self.role, self.extra = source_credentials, role_arn, extra_args or {}

    def fetch_credentials(self):
        raise AssertionError("nobody asked for keys")


class Botocore:
    """What botocore makes of the profiles in a directory's files, without calling anyone."""

    def __init__(self, directory: pathlib.Path, monkeypatch) -> None:
        self.directory = directory
        monkeypatch.setattr(botocore.credentials, "AssumeRoleCredentialFetcher", _Fetcher)
        monkeypatch.setattr(
            botocore.credentials, "create_mfa_serial_refresher", lambda refresh: refresh
        )

    def session(self, profile: str | None = None) -> botocore.session.Session:
        session = botocore.session.Session(profile=profile)
        session.set_config_variable("config_file", str(self.directory / "config"))
        session.set_config_variable("credentials_file", str(self.directory / "credentials"))
        return session

    def profiles(self) -> list[str]:
        return self.session().available_profiles

    def chain(self, profile: str) -> list[tuple] | None:
        """The links of a profile, what starts it first; `None` when it gives no credentials."""
        resolver = self.session(profile).get_component("credential_provider")
        # What a machine would offer is not the profile's.
        for name in ("ec2-credentials-file", "boto-config", "container-role", "iam-role"):
            resolver.remove(name)
        found = resolver.load_credentials()
        return None if found is None else self._links(found)

    def _links(self, found) -> list[tuple]:
        if found.method == "assume-role":
            fetcher = found._refresh_using.__self__
            extra = fetcher.extra
            own = (
                "role",
                fetcher.role,
                extra.get("ExternalId"),
                extra.get("DurationSeconds"),
                extra.get("RoleSessionName"),
                extra.get("SerialNumber"),
            )
            return [*self._links(fetcher.source), own]
        if found.method == "assume-role-with-web-identity":
            return [("token",)]
        if found.method == "login":
            return [("login", found._refresh_using.__self__._session_name)]
        if found.method == "sso":
            fetcher = found._refresh_using.__self__
            return [("portal", fetcher._start_url, fetcher._account_id, fetcher._role_name)]
        return [("keys", found.access_key, bool(found.token))]
