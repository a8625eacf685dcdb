"""What the fake Identity Center remembers: clients, logins, tokens, and what waits for a person."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass
class Client:
    """A registered client."""

    identifier: str
    secret: str
    grants: set[str]
    scopes: set[str]
    redirects: list[str]
    issuer: str | None
    expires: float


@dataclasses.dataclass
class Login:
    """What a person allowed once; it ends by a logout or by itself."""

    start_url: str
    expires: float
    over: bool = False


@dataclasses.dataclass
class Token:
    """An access token or a refresh token."""

    text: str
    client: str
    login: Login
    scopes: set[str]
    expires: float
    used: bool = False


@dataclasses.dataclass
class Waiting:
    """A request that a person is to decide on: a device's, or a browser's."""

    code: str
    client: str
    start_url: str
    expires: float
    interval: float = 0
    user_code: str | None = None
    last_poll: float | None = None
    decision: str | None = None
    used: bool = False
    # A browser's only.
    redirect: str = ""
    state: str = ""
    challenge: str = ""
