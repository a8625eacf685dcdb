#!/usr/bin/env python3
"""Identity providers for logins without a browser: Okta's API, and the pages of ADFS and Google.

    python saml_forms_fake.py --kind okta --port 8080 --identity FILE

FILE is as for `saml_pages_fake.py`. They refuse what the real ones refuse: requests without the
cookies or hidden fields that a page before set, wrong passwords, codes that were used already, and
programs that do not look like a browser. Of codes, 000000 is always wrong and any other six digits
are right once. Beside the pages:

    POST /__mode     {"factors": ["totp", "push", "sms", "webauthn"], "push": "reject", ...}
    GET  /__log      what was done, in order
    GET  /__given    every response and session token that was given out
"""

from __future__ import annotations

import argparse

from fake_service import Server, main, serve
from saml_adfs_fake import ADFS
from saml_forms_base import Provider
from saml_google_fake import Google
from saml_okta_fake import Okta

KINDS = {"okta": Okta, "adfs": ADFS, "google": Google}


def start(options: argparse.Namespace) -> Server:
    """Binds the port; `serve_forever` is the caller's."""
    idp = Provider(options)
    return serve(type("Bound", (KINDS[options.kind],), {"idp": idp, "book": idp}), options)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description="Identity providers without browsers.")
    options.add_argument("--kind", choices=sorted(KINDS), required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--identity", required=True)
    options.add_argument("--certificate")
    options.add_argument("--key")
    return options


if __name__ == "__main__":
    main(start(parser().parse_args()))
