"""The budgets, read from the table in docs/architecture.md, which is the only place they are in.

The table says what is budgeted, how much it may be, beside what it is measured and by which part of
the benchmarks. A form here says which number in the second column means what. A row that has no
form, a form that has no row, and a row that reads otherwise than its form are errors: neither side
can be forgotten.
"""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs/architecture.md"


@dataclass(frozen=True)
class Form:
    """How one row of the table is to be read."""

    #: The part of the benchmarks that measures it.
    part: str
    #: The first cell.
    what: str
    #: The second cell, with a name in braces in the place of each number.
    budget: str


#: By the name that the measuring code has for the row.
FORMS = {
    "prompt-5": Form(
        "prompt",
        "each prompt with nothing to do, countdown included, 5 levels deep, file found",
        "no process; ≤ 1/{bash} (bash), 1/{zsh} (zsh), 1/{fish} (fish)",
    ),
    "prompt-15": Form(
        "prompt",
        "the same, 15 levels deep",
        "no process; ≤ 1/{bash} (bash), 1/{zsh} (zsh), 1/{fish} (fish)",
    ),
    "switch": Form("prompt", "a `cd` that switches the identity, the whole hook", "≤ {times} ×"),
    "hook": Form(
        "hook", "`atmos-auth-hook`, cold", "≤ {times} ×; ≤ {instructions} million instructions"
    ),
    "tab": Form("tab", "TAB completion of an identity, 1,000 identities", "≤ {milliseconds} ms"),
    "credentials": Form(
        "credentials",
        "`credential-process`, `env`, `eks-token`, `terragrunt-auth`, Docker's helper, session "
        "there",
        "≤ {true} × `true`; ≤ 1/{aws} of the AWS CLI",
    ),
    "audit": Form(
        "audit", "a hand-out's line in the audit log, session there", "≤ {milliseconds} ms"
    ),
    "exec": Form("exec", "`exec -- true`, session there", "≤ `true` + {milliseconds} ms"),
    "wrapper": Form("wrapper", "a tool by its wrapper", "`exec`'s budget + {milliseconds} ms"),
    "scale-list": Form(
        "scale",
        "5,000 identities: `list`, `validate`, without an index and with it",
        "≤ {milliseconds} ms",
    ),
    "scale-hot": Form("scale", "5,000 identities: a hot command", "≤ {times} ×"),
    "parallel": Form(
        "parallel",
        "200 `credential-process` at once, session over",
        "{calls} STS call for each link; all answered within STS + {seconds} s",
    ),
    "refused": Form(
        "parallel",
        "50 `credential-process` at once, a login needed and no terminal",
        "all refused within {seconds} s",
    ),
    "program": Form(
        "program", "the installed `atmos-auth`", "≤ {megabytes} MB; needs only the C library"
    ),
}

#: What is not measured says so: nothing is there yet, or a test shows it, and which.
NOT_MEASURED = re.compile(r"later|a test: `(?P<test>test_\w+)`")


class TableError(Exception):
    """The table and the benchmarks do not fit together; one fault a line."""


def rows(page: str) -> list[list[str]]:
    """The cells of the table's rows, without its head."""
    section = page.partition("\n## Budgets\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def numbers(form: str, text: str) -> dict[str, float] | None:
    """The numbers of a cell by their names, or `None` where it reads otherwise than its form."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[0-9][0-9,]*(?:\\.[0-9]+)?)", re.escape(form))
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    return {name: float(value.replace(",", "")) for name, value in match.groupdict().items()}


def read(page: str, tests: str, forms: dict[str, Form] = FORMS) -> dict[str, dict[str, float]]:
    """The limits of each form by its name.

    `page` is the text of docs/architecture.md, `tests` that of the tests it may refer to. Throws
    `TableError`.
    """
    faults: list[str] = []
    limits: dict[str, dict[str, float]] = {}
    names = {form.what: name for name, form in forms.items()}
    for cells in rows(page):
        if len(cells) != 4:
            faults.append(f"a row of {len(cells)} cells, not 4: {cells}")
            continue
        what, budget, _, measured_by = cells
        name = names.pop(what, None)
        if elsewhere := NOT_MEASURED.fullmatch(measured_by):
            if name is not None:
                faults.append(f"measured, and the table says {measured_by!r}: {what}")
            if (test := elsewhere["test"]) and f"def {test}(" not in tests:
                faults.append(f"there is no test {test}: {what}")
            continue
        if name is None:
            faults.append(f"the benchmarks do not know this row, or it is there twice: {what}")
            continue
        form = forms[name]
        if measured_by != f"`{form.part}`":
            faults.append(f"measured by `{form.part}`, not by {measured_by}: {what}")
        found = numbers(form.budget, budget)
        if found is None:
            faults.append(f"{what}:\n    the table has  {budget}\n    expected       {form.budget}")
        else:
            limits[name] = found
    faults += [f"the table has no row for this: {what}" for what in names]
    if faults:
        raise TableError("\n".join(faults))
    return limits


def limits() -> dict[str, dict[str, float]]:
    """The limits in docs/architecture.md. Throws `TableError`."""
    tests = "\n".join(path.read_text() for path in (REPOSITORY / "Tests").rglob("test_*.py"))
    return read(PAGE.read_text(), tests)
