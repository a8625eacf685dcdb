"""A federation service with forms; see saml_forms_fake.py."""

from __future__ import annotations

import urllib.parse

from fake_service import Request
from saml_forms_base import APPLICATIONS, Handler


class ADFS(Handler):
    """A federation service with forms."""

    # In a table, as the pages of older servers are.
    LOGIN = """<div id="errorText">{error}</div><table><form method="post" id="loginForm"
        action="/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices&amp;step=2">
        <tr><td><input id="userNameInput" name="UserName" type="email" value="">
        <tr><td><input id="passwordInput" name="Password" type="password">
        <tr><td><input type=checkbox name=Kmsi id=kmsiInput value=true checked>
        <input type=hidden name=AuthMethod value=FormsAuthentication></form></table>"""
    FACTOR = """<form method="post" id="loginForm" action="IdpInitiatedSignOn.aspx?step=3">
        <input type="hidden" name="AuthMethod" value="{method}">
        <input type="hidden" name="Context" value="{context}">
        <input type="hidden" name="__EVENTTARGET" value="">{more}</form>"""

    def get(self, request: Request) -> None:
        query = dict(urllib.parse.parse_qsl(request.query))
        is_browser = (request.one("user-agent") or "").startswith("Mozilla/")
        if not is_browser or self.idp.mode.get("windows"):
            self.reply(401, b"", "text/plain", {"WWW-Authenticate": "Negotiate"})
        elif request.path != APPLICATIONS["adfs"] or query != {
            "loginToRp": "urn:amazon:webservices"
        }:
            self.reply(404, b"", "text/plain")
        elif self.idp.mode.get("realm") and "localhost" not in self.headers["Host"]:
            # Another site: that of the person's home realm.
            port = self.headers["Host"].split(":")[1]
            self.go(f"http://localhost:{port}{request.path}?{request.query}")
        else:
            self.page(
                self.LOGIN.format(error=""), 200, {"Set-Cookie": "MSISSamlRequest=x; path=/adfs"}
            )

    def post(self, request: Request) -> None:
        form = self.form(request)
        if form is None:
            return
        query = dict(urllib.parse.parse_qsl(request.query))
        if self.cookie(request, "MSISSamlRequest") != "x":
            self.page("<p id=errorMessage>An error occurred: no request", 400)
        elif query.get("step") == "2":
            self.sign_in(form)
        elif self.idp.tokens.get(form.get("Context", "")) == "factor":
            self.factor(form)
        else:
            self.page("<p id=errorMessage>An error occurred: no context", 400)

    def sign_in(self, form: dict[str, str]) -> None:
        right = self.is_person(form, "UserName", "Password", "CORP\\jane")
        if not right or "Kmsi" in form or form.get("AuthMethod") != "FormsAuthentication":
            self.page(self.LOGIN.format(error="Incorrect user ID or password."))
        elif "factor" not in self.idp.mode:
            self.final()
        elif self.idp.mode["factor"] == "choice":
            self.choice()
        else:
            self.ask()

    def ask(self) -> None:
        context = self.idp.give("factor")
        if self.idp.mode["factor"] == "code":
            more = '<input id="vip" name="security_code" type="text"><input type=submit name=Go>'
            self.page(self.FACTOR.format(method="VIPAuthentication", context=context, more=more))
        elif self.idp.mode["factor"] == "rsa":
            more = '<input name="ChallengeQuestionAnswer" type="password">'
            self.page(self.FACTOR.format(method="SecurIDAuth", context=context, more=more))
        else:
            more = "<p id=instructions>Open your app<p id=validEntropyNumber>73"
            self.page(
                self.FACTOR.format(method="AzureMfaAuthentication", context=context, more=more)
            )

    def choice(self) -> None:
        links = "".join(
            f"<a href=# onclick=\"SelectOption('AuthMethod', '{method}')\">{shown}</a>"
            for method, shown in {
                "VIPAuthentication": "Code of a token",
                "AzureMfaAuthentication": "Microsoft Authenticator",
            }.items()
        )
        self.page(self.FACTOR.format(method="", context=self.idp.give("factor"), more="") + links)

    def factor(self, form: dict[str, str]) -> None:
        self.note("factor", method=form.get("AuthMethod"))
        if self.idp.mode["factor"] == "choice":
            kinds = {"VIPAuthentication": "code", "AzureMfaAuthentication": "push"}
            self.idp.mode = {"factor": kinds[form["AuthMethod"]]}
            self.ask()
            return
        if self.idp.mode["factor"] in ("code", "rsa"):
            answer = form.get("ChallengeQuestionAnswer", "")
            if self.idp.is_right(form.get("security_code", "")) or (
                len(answer) == 8 and answer.isdigit()
            ):
                self.final()
            else:
                self.ask()
            return
        self.idp.polls += 1
        if self.idp.polls < 3:
            self.ask()
        elif self.idp.mode.get("push") == "reject":
            self.page(
                "<label id=errorText>The request was denied.</label>"
                + self.FACTOR.format(method="AzureMfaAuthentication", context="", more="")
            )
        else:
            self.final()
