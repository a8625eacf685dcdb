"""Grants, facts and the generation, written as Core writes them (docs/protocol.md)."""

from __future__ import annotations

import os
import pathlib
import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from world import World

#: An expiry that never comes, and a session that renews itself for ever.
ALWAYS = 9223372036854775807
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@+:")


def percent(text: str | bytes) -> str:
    """Percent-encoding as in Sources/Core/Percent.swift."""
    data = text if isinstance(text, bytes) else os.fsencode(text)
    return "".join(chr(b) if b in PLAIN else f"%{b:02x}" for b in data)


def fnv1a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def seal(lines: str) -> str:
    """A grant with its last line."""
    return f"{lines}end\t{fnv1a(os.fsencode(lines)):016x}\n"


def unsealed(grant: str) -> str:
    """A grant without its last line."""
    return re.sub(r"^end\t.*\n\Z", "", grant, flags=re.M)


def stamp(path: pathlib.Path) -> str:
    try:
        status = path.stat()
    except FileNotFoundError:
        return "-"
    times = f"{status.st_mtime_ns}:{status.st_ctime_ns}"
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{times}"


class HookFiles:
    """What the hook reads below `state`, by a second hand: nothing here is the project's own."""

    state: pathlib.Path
    repository: pathlib.Path
    generation = 0

    # ---- Sessions

    def facts_path(self, name: str) -> pathlib.Path:
        encoded = percent(name.lower()).replace("/", "%2f").replace("@", "%40")
        encoded = encoded.replace("+", "%2b").replace(":", "%3a")
        return self.state / f"sessions/r/{encoded}.facts"

    def session(
        self,
        name: str,
        left: int | None = 3600 * 3 + 725,
        *,
        renewable: int = 0,
        state: str = "valid",
        region: str = "-",
    ) -> int:
        """Writes facts for a session that ends in `left` seconds (`None`: never)."""
        expiry = 0 if left is None else int(time.time()) + left
        until = renewable if renewable in (0, ALWAYS) else int(time.time()) + renewable
        line = (
            f"atmos-auth-facts 1 {self.generation} {expiry} {until} {state} 123456789012 "
            f"{region} {percent(name)}\n"
        )
        self.replace(self.facts_path(name), line.encode(), expiry or None)
        return expiry

    def replace(self, path: pathlib.Path, data: bytes, modified: int | None = None) -> None:
        temporary = path.with_name(path.name + ".new")
        temporary.write_bytes(data)
        temporary.chmod(0o600)
        if modified is not None:
            os.utime(temporary, (modified, modified))
        temporary.rename(path)

    def advance(self) -> None:
        """What `allow`, `deny` and `revoke` do so that shells look again."""
        self.generation += 1
        self.replace(
            self.state / "generation", f"atmos-auth-generation {self.generation}\n".encode()
        )

    # ---- Grants

    def delivered(self, name: str) -> dict[str, str]:
        return {
            "AWS_CONFIG_FILE": f"{self.state}/aws/k/config",
            "AWS_PROFILE": name,
            "AWS_SDK_LOAD_CONFIG": "1",
            "AWS_SHARED_CREDENTIALS_FILE": f"{self.state}/aws/k/credentials",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "ATMOS_IDENTITY": name,
        }

    UNSET = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_DEFAULT_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_VAULT",
    ]

    #: Variables that never hold a secret.
    PLAIN = frozenset(
        [
            "AWS_CONFIG_FILE",
            "AWS_PROFILE",
            "AWS_SDK_LOAD_CONFIG",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AWS_EC2_METADATA_DISABLED",
            "ATMOS_IDENTITY",
            "AWS_DEFAULT_PROFILE",
            "AWS_ROLE_ARN",
            "AWS_VAULT",
        ]
    )

    def grant(
        self,
        directory: pathlib.Path,
        name: str = "dev",
        *,
        says: str | None = None,
        profile: str | None = None,
        region: str | None = None,
        decision: str = "allow",
        protected: bool = False,
        changed: bool = False,
        inputs: tuple[pathlib.Path, ...] = (),
        environment: dict[str, str | None] | None = None,
        extra: dict[str, str] | None = None,
        symbol: str | None = None,
        warn: int = 900,
        shows_region: bool = False,
        color: bool = True,
        advance: bool = True,
        append: bool = False,
        version: int = 2,
    ) -> pathlib.Path:
        """Decides about a directory; with `append` beside what was decided before."""

        def optional(value: str | None) -> str:
            return "-" if value is None else "%2d" if value == "-" else percent(value)

        status = directory.stat()
        real = os.path.realpath(directory)
        path = self.state / f"trust/{status.st_dev}-{status.st_ino}.grant"
        head = [
            f"atmos-auth-grant {version}",
            f"decision\t{decision}",
            f"directory\t{percent(real)}\t{status.st_dev}\t{status.st_ino}",
        ]
        lines = []
        if decision == "allow":
            lines += [
                f"selection\t{optional(says or name)}\t0\t{optional(profile)}\t{optional(region)}",
                f"fingerprint\tf00d\t{int(changed)}",
                "trait\trole",
            ]
            lines += [f"input\t{percent(str(p))}\t{stamp(p)}" for p in inputs]
            for variable, value in (environment or {}).items():
                hashed = "-" if value is None else fnv1a(value.encode())
                lines.append(f"environment\t{variable}\t{hashed}")
            lines += [
                f"identity\t{percent(name)}\tr\t{int(protected)}\t{percent(str(self.facts_path(name)))}",
                f"style\t{warn}\t{optional(symbol)}\t{int(shows_region)}\t{int(color)}\t0",
            ]
            if version > 1:
                lines += ["expires\tAWS_CREDENTIAL_EXPIRATION", "region\teu-west-1"]
            changes = [
                (k, f"set\t{k}\t{percent(v)}")
                for k, v in {**self.delivered(name), **(extra or {})}.items()
            ]
            changes += [(k, f"unset\t{k}") for k in self.UNSET]
            for variable, line in changes:
                lines.append(f"{line}\t{int(variable in self.PLAIN)}" if version > 1 else line)
        if append and path.exists():
            head = unsealed(path.read_text()).splitlines()
        text = "\n".join(head + lines) + "\n"
        self.replace(path, (seal(text) if version > 1 else text).encode())
        if advance:
            self.advance()
        return path

    def stack(self, path: str, says: str = "dev", **options) -> pathlib.Path:
        """A directory of the repository whose identity file is allowed to say what it says."""
        directory = self.repository / path
        directory.mkdir(parents=True, exist_ok=True)
        (directory / ".atmos-identity").write_text(says + "\n")
        self.grant(directory, **{"name": says, **options})
        return directory


def use(world: World, name: str, guard: str = "") -> None:
    """Lets the stub answer `use`, as Commands does through ShellAnswer."""
    facts = world.facts_path(name)
    line = facts.read_text().rstrip("\n") if facts.exists() else ""
    expiry = line.split(" ")[3] if line else "0"
    world.main(
        "case \"$3\" in fish) end='; ' ;; *) end='\n' ;; esac\n"
        f"printf \"__atmos_auth_pin 'use' '{name}'$end\"\n"
        f"printf \"__atmos_auth_put 'AWS_PROFILE' '' '{name}'$end\"\n"
        f"printf \"__atmos_auth_put 'ATMOS_IDENTITY' '' '{name}'$end\"\n"
        f"printf \"__atmos_auth_state '{facts}' '{line}' '{name}' 'd1' '{guard}' '' '{expiry}' '0'"
        " 'valid' '900' '☁ ' '1'$end\"\n"
        "echo '#atmos-auth-ok'"
    )
