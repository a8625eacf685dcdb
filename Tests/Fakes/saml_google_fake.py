"""Google's pages without scripts; see saml_forms_fake.py."""

from __future__ import annotations

import urllib.parse

from fake_service import Request
from saml_forms_base import APPLICATIONS, Handler


class Google(Handler):
    """Google's pages without scripts."""

    def get(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        if request.path == APPLICATIONS["google"]:
            if query.get("hl") != "en" or "idpid" not in query:
                self.reply(400, b"", "text/plain")
                return
            self.page(
                '<form id="gaia_loginform" method="post" action="/signin/v1/lookup">'
                f'<input type="hidden" name="gxf" value="{self.idp.give("lookup")}">'
                '<input type="email" name="Email"><input type=submit name=go value=Next></form>',
                200,
                {"Set-Cookie": "GAPS=1; Path=/; HttpOnly"},
            )
        elif request.path.startswith("/signin/challenge/totp"):
            self.challenge("")
        elif request.path.startswith("/signin/challenge/ipp"):
            self.text_message()
        elif request.path.startswith(("/signin/challenge/az", "/signin/challenge/dp")):
            self.prompt(request.path.split("/")[3])
        elif request.path == "/signin/challenge/selectchallenge":
            self.choice()
        elif self.idp.tokens.pop(query.get("continue", ""), None) == "done":
            self.final()
        elif request.path.startswith("/signin/challenge/sk"):
            self.page('<form id="challenge" method="post" action="/x"><input name=response></form>')
        else:
            self.reply(404, b"", "text/plain")

    def challenge(self, error: str) -> None:
        self.page(
            f'<span class="error-msg">{error}</span>'
            '<form id="challenge" method="post" action="/signin/challenge/totp/2">'
            f'<input type="hidden" name="TL" value="{self.idp.give("totp")}">'
            f'<input type="tel" name="Pin">{self.TRUST}</form>'
        )

    # Ticked, as Google's is.
    TRUST = '<input type="checkbox" name="TrustDevice" checked>'

    def text_message(self, is_sent: bool = False) -> None:
        """Asks whether to send one, or what it says; Google writes `G-` before the field."""
        what = (
            'G-<input type="tel" name="Pin"><input type="submit" value="Done">'
            if is_sent
            else '<button type="submit" name="SendMethod" value="SMS">Send text message</button>'
        )
        self.page(
            '<form method="POST" id="challenge" action="/signin/challenge/ipp/2"><span>'
            f'<input type="hidden" name="TL" value="{self.idp.give("ipp")}">{what}{self.TRUST}'
            '</span></form><form method="POST" action="/signin/challenge/skip">'
            '<input type="submit" value="Try another way to sign in"></form>'
        )

    def prompt(self, kind: str) -> None:
        """A prompt on a telephone; without scripts its answer is said with a button."""
        number = '<samp class="NOZDsb">89</samp>' if kind == "dp" else ""
        self.page(
            '<form action="/signin/challenge" method="POST" data-challengeentry="5">'
            "<button>Resend it</button></form>"
            f'<form method="POST" id="challenge" action="/signin/challenge/{kind}/5">'
            f'<input type="hidden" name="TL" value="{self.idp.give(kind)}">Tap <b>Yes</b>{number}'
            '<input id="authzenToken" type="hidden" name="token">'
            '<input id="azAction" type="hidden" name="action" value="VERIFY"><noscript>'
            '<button type="submit" value="submit">I have responded from my phone</button>'
            f"</noscript>{self.TRUST}</form>"
        )

    def choice(self) -> None:
        forms = "".join(
            f'<form action="/signin/challenge/{kind}/{number}" method="POST" '
            f'data-challengeentry="{number}"><input type="hidden" name="subAction" '
            f'value="startChallenge"><input type="hidden" name="TL" '
            f'value="{self.idp.give("choice")}"><button>{kind}</button></form>'
            for number, kind in enumerate(["sk", "totp", "ipp", "dp"], 2)
        )
        self.page(f"<h2>Try another way to sign in</h2>{forms}")

    def password(self, error: str) -> None:
        self.page(
            f'<span class="error-msg" id="errormsg">{error}</span>'
            '<form id="gaia_loginform" method="post" action="/signin/challenge/sl/password">'
            f'<input type="hidden" name="gxf" value="{self.idp.give("password")}">'
            '<input type="password" name="Passwd"></form>'
        )

    def post(self, request: Request) -> None:
        form = self.form(request)
        if form is None:
            return
        if self.cookie(request, "GAPS") != "1":
            self.page("<p>Your browser has cookies disabled", 400)
            return
        step = self.idp.tokens.pop(form.get("gxf", form.get("TL", "")), None)
        if request.path == "/signin/v1/lookup" and step == "lookup":
            if self.idp.mode.get("factor") == "blocked":
                self.page("<p>This browser or app may not be secure")
                return
            self.user = form.get("Email")
            self.password("")
        elif request.path == "/signin/challenge/sl/password" and step == "password":
            if not self.is_person({**form, "Email": "jane"}, "Email", "Passwd", "jane"):
                self.password("Wrong password. Try again.")
            elif self.idp.mode.get("factor") == "sk":
                self.go("/signin/challenge/sk/1")
            elif "factor" in self.idp.mode:
                kind = self.idp.mode["factor"]
                self.go(f"/signin/challenge/{kind}{'' if 'select' in kind else '/2'}")
            else:
                self.final()
        elif step == "choice" and form.get("subAction") == "startChallenge":
            self.go(request.path)
        elif request.path == "/signin/challenge/ipp/2" and step == "ipp":
            self.note("factor", trusts=form.get("TrustDevice"), sends=form.get("SendMethod"))
            if self.idp.is_right(form.get("Pin", "")):
                self.go(f"/CheckCookie?continue={self.idp.give('done')}")
            else:
                self.text_message(is_sent=form.get("SendMethod") == "SMS")
        elif request.path.endswith("/5") and step in ("az", "dp"):
            self.note("factor", trusts=form.get("TrustDevice"), does=form.get("action"))
            self.idp.polls += 1
            if self.idp.polls > self.idp.mode.get("impatience", 0):
                self.go(f"/CheckCookie?continue={self.idp.give('done')}")
            else:
                self.prompt(step)
        elif request.path.startswith("/signin/challenge/totp/") and step == "totp":
            self.note("factor", trusts=form.get("TrustDevice"))
            if self.idp.is_right(form.get("Pin", "")):
                self.go(f"/CheckCookie?continue={self.idp.give('done')}")
            else:
                self.challenge("Wrong code")
        else:
            self.page("<p>400. That’s an error.", 400)
