"""The access portal of the fake Identity Center: accounts, roles, role credentials, logout."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import secrets
import threading
import urllib.parse
from collections.abc import Callable

from fake_service import Refusal, Request
from identity_center_oidc import ACCOUNT_ACCESS, OIDC, Token

NAMESPACE = "com.amazonaws.switchboard.portal"
NO_SESSION = "Session token not found or invalid"


def wrong(status: int, name: str, message: str, headers: dict | None = None) -> Refusal:
    return Refusal(status, f"{name}Exception", message, headers)


class Bucket:
    """Lets `rate` requests a second through, and `burst` at once."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        self.rate, self.burst, self.level = rate, burst, burst
        self.clock = clock
        self.last = clock()
        self.lock = threading.Lock()

    def take(self) -> float:
        """0, or how many seconds are to pass until there is room again."""
        with self.lock:
            now = self.clock()
            self.level = min(self.burst, self.level + (now - self.last) * self.rate)
            self.last = now
            if self.level >= 1:
                self.level -= 1
                return 0
            return (1 - self.level) / self.rate


class Organisation:
    """The accounts and permission sets of one person."""

    def __init__(self, options) -> None:
        self.account_list = [
            {
                "accountId": str(100000000001 + index),
                "accountName": f"account-{index:04d}",
                "emailAddress": f"account-{index:04d}@example.com",
            }
            for index in range(options.accounts)
        ]
        if options.twins and len(self.account_list) >= 2:
            # The last two accounts have one name.
            self.account_list[-1]["accountName"] = self.account_list[-2]["accountName"] = "twins"
        self.names = ["AdministratorAccess", "ReadOnlyAccess", "PowerUserAccess", "Billing"]
        self.names += [f"Team{index:02d}" for index in range(len(self.names), options.roles)]
        self.assigned = {
            account["accountId"]: list(self.names[: options.roles]) for account in self.account_list
        }

    def put(self, accounts: list[dict]) -> None:
        """Replaces everything: [{"id": ..., "name": ..., "roles": [...]}, ...]."""
        self.account_list = [
            {
                "accountId": item["id"],
                "accountName": item["name"],
                "emailAddress": item.get("email", "root@example.com"),
            }
            for item in accounts
        ]
        self.assigned = {item["id"]: item["roles"] for item in accounts}
        self.names = sorted({role for item in accounts for role in item["roles"]})


class Portal:
    """The service without the network."""

    def __init__(self, oidc: OIDC, sts, options) -> None:
        self.oidc, self.sts, self.options = oidc, sts, options
        self.organisation = Organisation(options)
        self.bucket = (
            Bucket(options.rate, options.burst or options.rate, sts.now) if options.rate else None
        )

    def token(self, request: Request, throttled: bool = True) -> Token:
        if request.one("authorization") is not None:
            raise wrong(403, "Forbidden", "the portal takes no Authorization header")
        given = request.headers.get("x-amz-sso_bearer_token", [])
        token = self.oidc.tokens.get(given[0]) if len(given) == 1 else None
        now = self.sts.now()
        if token is None or token.login.over or min(token.expires, token.login.expires) <= now:
            raise wrong(401, "Unauthorized", NO_SESSION)
        # Clients that named no scope are those of the first years, and may.
        if token.scopes and ACCOUNT_ACCESS not in token.scopes:
            raise wrong(401, "Unauthorized", NO_SESSION)
        if throttled and self.bucket is not None:
            pause = self.bucket.take()
            if pause > 0:
                raise wrong(
                    429,
                    "TooManyRequests",
                    "Rate exceeded",
                    {} if self.options.no_retry_after else {"Retry-After": str(math.ceil(pause))},
                )
        return token

    @staticmethod
    def query(request: Request, *known: str) -> dict[str, str]:
        pairs = urllib.parse.parse_qsl(request.query, keep_blank_values=True)
        query = dict(pairs)
        if len(query) != len(pairs) or not set(query) <= set(known):
            raise wrong(400, "InvalidRequest", f"wrong parameters: {sorted(query)}")
        return query

    def page(self, items: list[dict], query: dict[str, str], scope: str) -> tuple[list, str | None]:
        """One page; the token of the next belongs to this listing and to no other."""
        text = query.get("max_result", "100")
        if not text.isdigit() or not 1 <= int(text) <= 100:
            raise wrong(400, "InvalidRequest", f"max_result may not be {text}")
        begin = 0
        if "next_token" in query:
            try:
                begin, given = json.loads(base64.b64decode(query["next_token"], validate=True))
            except (ValueError, TypeError):
                begin, given = 0, None
            if given != scope:
                raise wrong(400, "InvalidRequest", "Invalid next token")
        end = begin + min(int(text), self.options.page_size)
        following = None
        if end < len(items):
            following = base64.b64encode(json.dumps([end, scope]).encode()).decode()
        return items[begin:end], following

    def accounts(self, request: Request) -> dict:
        token = self.token(request)
        query = self.query(request, "max_result", "next_token")
        scope = "accounts:" + hashlib.sha256(token.text.encode()).hexdigest()[:16]
        found, following = self.page(self.organisation.account_list, query, scope)
        return {"accountList": found, "nextToken": following}

    def roles(self, request: Request) -> dict:
        token = self.token(request)
        query = self.query(request, "max_result", "next_token", "account_id")
        account = self.account(query)
        scope = f"{account}:" + hashlib.sha256(token.text.encode()).hexdigest()[:16]
        found, following = self.page(
            [
                {"roleName": name, "accountId": account}
                for name in self.organisation.assigned[account]
            ],
            query,
            scope,
        )
        return {"roleList": found, "nextToken": following}

    def account(self, query: dict[str, str]) -> str:
        account = query.get("account_id", "")
        if not (len(account) == 12 and account.isdigit()):
            raise wrong(400, "InvalidRequest", "account_id is no account id")
        if account not in self.organisation.assigned:
            raise wrong(404, "ResourceNotFound", "Account not found")
        return account

    def credentials(self, request: Request) -> dict:
        self.token(request)
        query = self.query(request, "account_id", "role_name")
        account, role = self.account(query), query.get("role_name", "")
        if role not in self.organisation.names:
            raise wrong(404, "ResourceNotFound", "Role not found")
        if role not in self.organisation.assigned[account]:
            raise wrong(403, "Forbidden", "No access")
        tail = hashlib.sha256(f"{account}/{role}".encode()).hexdigest()[:16]
        expires = int(self.sts.now()) + self.options.role_lifetime
        keys = self.sts.add_session(
            {
                "access_key_id": "ASIA" + secrets.token_hex(8).upper(),
                "secret_access_key": secrets.token_urlsafe(30),
                "token": "IQoJ" + secrets.token_urlsafe(600),
                "arn": f"arn:aws:sts::{account}:assumed-role/AWSReservedSSO_{role}_{tail}/jane",
                "user_id": f"AROA{tail.upper()}A:jane",
                "expires": expires,
                "chained": True,
            }
        )
        return {
            "roleCredentials": {
                "accessKeyId": keys.access_key_id,
                "secretAccessKey": keys.secret_access_key,
                # Milliseconds, unlike everywhere else.
                "sessionToken": keys.token,
                "expiration": expires * 1000,
            }
        }

    def logout(self, request: Request) -> dict:
        self.token(request, throttled=False).login.over = True
        return {}
