"""What the fake Identity Center shows to a person: two buttons, `allow` and `deny`."""

from __future__ import annotations

import html
import urllib.parse

from fake_service import Refusal, Request
from identity_center_records import Waiting

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>{body}</body></html>
"""
FORM = """<p>{text}</p><form method="post" action="{action}">{fields}
<button id="allow" name="decision" value="allow">Allow access</button>
<button id="deny" name="decision" value="deny">Deny access</button></form>"""


def page(title: str, body: str) -> bytes:
    return PAGE.format(title=html.escape(title), body=body).encode()


def form(text: str, action: str, **fields: str) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    return FORM.format(text=html.escape(text), action=action, fields=hidden)


class Pages:
    """The pages of a handler that knows a `center`."""

    def show(self, status: int, title: str, body: str, headers: dict | None = None) -> None:
        self.reply(status, page(title, body), "text/html; charset=utf-8", headers)

    def decision(self, request: Request) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(request.body.decode()))

    def authorize(self, request: Request) -> None:
        entry = self.entry("Authorize", request)
        try:
            waiting = self.center.oidc.authorize(
                dict(urllib.parse.parse_qsl(request.query, keep_blank_values=True))
            )
        except Refusal as refusal:
            entry["status"], entry["code"] = refusal.status, refusal.code
            self.show(refusal.status, "Error", f"<p>{html.escape(refusal.message)}</p>")
            return
        entry["status"] = 200
        if waiting.decision is not None:
            self.send_back(waiting)
            return
        self.show(
            200,
            "Allow access?",
            form(
                "A program on your computer asks for access to your accounts.",
                "/authorize",
                state=waiting.state,
            ),
        )

    def authorized(self, request: Request) -> None:
        fields = self.decision(request)
        self.center.oidc.decide(fields.get("decision", "deny"), fields.get("state", "-"))
        found = [
            item for item in self.center.oidc.codes.values() if item.state == fields.get("state")
        ]
        if found:
            self.send_back(found[-1])
        else:
            self.show(400, "Error", "<p>There is nothing to decide on.</p>")

    def send_back(self, waiting: Waiting) -> None:
        answer = {"code": waiting.code, "state": waiting.state}
        if waiting.decision == "deny":
            answer = {
                "error": "access_denied",
                "error_description": "The person said no",
                "state": waiting.state,
            }
        target = f"{waiting.redirect}?{urllib.parse.urlencode(answer)}"
        self.reply(303, b"", "text/plain", {"Location": target, "Cache-Control": "no-store"})

    def device(self, request: Request) -> None:
        code = dict(urllib.parse.parse_qsl(request.query)).get("user_code", "")
        if any(item.user_code == code for item in self.center.oidc.waiting()):
            self.show(
                200,
                "Confirm this code",
                f'<p id="code">{html.escape(code)}</p>'
                + form("Is it the code that the program shows?", "/device", user_code=code),
            )
        else:
            self.show(
                200,
                "Authorization requested",
                '<form method="get"><input name="user_code"><button>Next</button></form>',
            )

    def device_decided(self, request: Request) -> None:
        fields = self.decision(request)
        count = self.center.oidc.decide(
            fields.get("decision", "deny"), fields.get("user_code", "-")
        )
        self.show(
            200 if count else 400,
            "Done" if count else "Error",
            '<p id="over">You may close this window.</p>',
        )
