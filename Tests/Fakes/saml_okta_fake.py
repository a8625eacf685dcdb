"""A classic Okta organization, for logins without a browser; see saml_forms_fake.py."""

from __future__ import annotations

import json
import re
import time
import urllib.parse

from fake_service import Request
from saml_forms_base import APPLICATIONS, Handler


class Okta(Handler):
    """A classic Okta organization."""

    def get(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        if request.path == "/login/sessionCookieRedirect":
            known = self.idp.tokens.pop(query.get("token", ""), None)
            if known != "session" or not query.get("redirectUrl", "").endswith(
                APPLICATIONS["okta"]
            ):
                self.page("<p>no session", 403)
                return
            sid = self.idp.give("sid")
            self.go(query["redirectUrl"], {"Set-Cookie": f"sid={sid}; Path=/; HttpOnly"})
        elif request.path == APPLICATIONS["okta"]:
            self.application(self.cookie(request, "sid") or "")
        elif request.path == "/login/step-up/redirect":
            sid = self.cookie(request, "sid") or ""
            if self.idp.tokens.pop(query.get("stateToken", ""), None) != f"stepped {sid}":
                self.page("<p>no session", 403)
                return
            self.idp.tokens[sid] = "stepped sid"
            self.go(APPLICATIONS["okta"])
        else:
            self.reply(404, b"", "text/plain")

    def application(self, sid: str) -> None:
        meaning = self.idp.tokens.get(sid)
        if meaning == "stepped sid" or (meaning == "sid" and "step_up" not in self.idp.mode):
            self.final()
        elif meaning == "sid":
            # As Okta writes it: other variables before it, and JavaScript's escapes.
            state = f"00abc-{self.idp.give('-')}"
            self.idp.tokens[state] = f"step-up {sid}"
            escaped = state.replace("-", "\\x2D")
            self.page(
                "<script>var stateTokenAllFlows = '';\nvar config = {'x': 1};\n"
                f"var stateToken='{escaped}';</script><div id=okta-sign-in>"
            )
        else:
            self.page("<form method=post action=/login><input name=username>", 200)

    def answer(self, code: int, **members) -> None:
        self.reply(code, json.dumps(members).encode(), "application/json")

    def failure(self, status: int, code: str, summary: str) -> None:
        self.answer(status, errorCode=code, errorSummary=summary, errorCauses=[])

    def post(self, request: Request) -> None:
        if (request.one("content-type") or "") != "application/json":
            self.failure(415, "E0000021", "Bad content type")
            return
        device = self.cookie(request, "DT") or ""
        body = json.loads(request.body)
        if self.idp.mode.get("engine") == "identity":
            self.failure(403, "E0000138", "This action requires an interaction")
        elif request.path == "/api/v1/authn" and "stateToken" not in body:
            self.begin(body, device)
        elif not self.is_state(body.get("stateToken", "")):
            self.failure(401, "E0000011", "Invalid token provided")
        elif request.path == "/api/v1/authn":
            self.require(body["stateToken"], self.idp.mode["step_up"])
        elif request.path == "/api/v1/authn/skip":
            self.success(body["stateToken"], None)
        elif request.path.startswith("/api/v1/authn/factors/"):
            remembers = request.query == "rememberDevice=true" and len(device) == 25
            self.verify(request.path.split("/")[5], body, device if remembers else None)
        else:
            self.reply(404, b"", "text/plain")

    def begin(self, body: dict, device: str) -> None:
        if not self.is_person(body, "username", "password", "jane"):
            self.failure(401, "E0000004", "Authentication failed")
            return
        factors = self.idp.mode.get("factors", [])
        status = self.idp.mode.get("status")
        if status == "PASSWORD_WARN":
            link = f"http://{self.headers['Host']}/api/v1/authn/skip"
            self.answer(
                200,
                status=status,
                stateToken=self.idp.give("state"),
                _links={"next": {"name": "changePassword"}, "skip": {"name": "skip", "href": link}},
            )
        elif status:
            self.answer(200, status=status, _links={"next": [{"name": "unlock"}]})
        elif factors and device not in self.idp.known_devices:
            self.require(self.idp.give("state"), factors)
        else:
            self.success(None, None)

    def is_state(self, token: str) -> bool:
        meaning = self.idp.tokens.get(token, "")
        return meaning == "state" or meaning.startswith("step-up ")

    def require(self, state: str, factors: list[str]) -> None:
        """Asks for a second factor, if any."""
        if not factors:
            self.success(state, None)
            return
        self.answer(
            200,
            status="MFA_REQUIRED",
            stateToken=state,
            _embedded={"factors": [self.factor(kind) for kind in factors]},
        )

    def factor(self, kind: str) -> dict:
        types = {
            "totp": "token:software:totp",
            "yubikey": "token:hardware",
            "rsa": "token",
        }
        profiles = {
            "sms": {"phoneNumber": "+1 XXX-XXX-1234"},
            "question": {"question": "first_pet", "questionText": "What was your first pet?"},
        }
        link = f"http://{self.headers['Host']}/api/v1/authn/factors/{kind}/verify"
        return {
            "id": kind,
            "factorType": types.get(kind, kind),
            "provider": {"yubikey": "YUBICO", "rsa": "RSA"}.get(kind, "OKTA"),
            "profile": profiles.get(kind, {}),
            "_links": {"verify": {"href": link, "hints": {"allow": ["POST"]}}},
        }

    def success(self, state: str | None, device: str | None) -> None:
        if device:
            self.idp.known_devices.add(device)
        meaning = self.idp.tokens.pop(state or "", "state")
        if meaning.startswith("step-up "):
            # The session is there already: no token, but a place to go on.
            self.idp.tokens[state] = meaning.replace("step-up", "stepped")
            place = f"http://{self.headers['Host']}/login/step-up/redirect?stateToken={state}"
            link = {"name": "original", "href": place, "hints": {"allow": ["GET"]}}
            self.answer(200, status="SUCCESS", type="SESSION_STEP_UP", _links={"next": link})
            return
        token = self.idp.give("session")
        self.idp.handed_out.append(token)
        self.answer(200, status="SUCCESS", sessionToken=token)

    def is_answer(self, kind: str, body: dict) -> bool:
        if kind == "question":
            return body.get("answer") == "Rex"
        code = body["passCode"]
        if kind == "yubikey":
            return re.fullmatch("[cbdefghijklnrtuv]{44}", code) is not None
        return len(code) == 8 and code.isdigit() if kind == "rsa" else self.idp.is_right(code)

    def verify(self, kind: str, body: dict, device: str | None) -> None:
        self.note("verify", factor=kind, polls=self.idp.polls)
        if kind == "push":
            self.push(body["stateToken"], device)
        elif not {"passCode", "answer"} & body.keys():
            self.answer(200, status="MFA_CHALLENGE", stateToken=body["stateToken"])
        elif self.is_answer(kind, body):
            self.success(body["stateToken"], device)
        else:
            self.failure(403, "E0000068", "Invalid Passcode/Answer")

    def push(self, state: str, device: str | None) -> None:
        now = time.monotonic()
        if now - self.idp.polled_at < 3:
            self.failure(429, "E0000047", "API call exceeded rate limit due to too many requests.")
            return
        self.idp.polled_at = now
        self.idp.polls += 1
        factor = self.factor("push") | {"_embedded": {"challenge": {"correctAnswer": 42}}}
        waiting = {"status": "MFA_CHALLENGE", "stateToken": state}
        if self.idp.polls < 2:
            self.answer(200, **waiting, factorResult="WAITING", _embedded={"factor": factor})
        elif self.idp.mode.get("push") == "reject":
            self.answer(200, **waiting, factorResult="REJECTED")
        else:
            self.success(state, device)
