"""The budgets are in one place, and neither the page nor the benchmarks can forget the other."""

from __future__ import annotations

import re

import pytest

import budgets

PAGE = budgets.PAGE.read_text()


def fault(page: str, tests: str = "def test_as_fast_as_the_portal_allows(") -> str:
    with pytest.raises(budgets.TableError) as caught:
        budgets.read(page, tests)
    return str(caught.value)


def test_every_row_of_the_page_is_understood():
    limits = budgets.limits()
    assert set(limits) == set(budgets.FORMS)
    for name, form in budgets.FORMS.items():
        assert set(limits[name]) == set(re.findall(r"\{(\w+)\}", form.budget))
        assert all(value > 0 for value in limits[name].values())


def test_a_limit_is_what_the_page_says():
    before = budgets.limits()["hook"]
    page = PAGE.replace("≤ 1.8 ×; ≤ 0.85 million", "≤ 2.25 ×; ≤ 1,000 million")
    assert page != PAGE
    after = budgets.read(page, "def test_as_fast_as_the_portal_allows(")["hook"]
    assert before != after == {"times": 2.25, "instructions": 1000}


def test_a_row_that_the_benchmarks_do_not_know():
    row = "| `mystery` | ≤ 3 ms | - | `hook` |\n"
    head = "|---|---|---|---|\n"
    start = PAGE.index(head, PAGE.index("## Budgets")) + len(head)
    said = fault(PAGE[:start] + row + PAGE[start:])
    assert "do not know this row" in said and "`mystery`" in said


@pytest.mark.parametrize("name", budgets.FORMS)
def test_a_row_that_the_page_has_lost(name):
    what = budgets.FORMS[name].what
    page = "\n".join(line for line in PAGE.splitlines() if not line.startswith(f"| {what} |"))
    assert fault(page) == f"the table has no row for this: {what}"


def test_a_row_that_is_there_twice():
    line = next(line for line in PAGE.splitlines() if line.startswith("| `exec -- true`"))
    assert "twice" in fault(PAGE.replace(line, f"{line}\n{line}"))


def test_a_budget_that_reads_otherwise():
    said = fault(PAGE.replace("≤ `true` + 3.5 ms", "≤ `true` + 3.5 s"))
    assert "the table has  ≤ `true` + 3.5 s" in said


def test_a_measured_row_cannot_be_put_off():
    line = next(line for line in PAGE.splitlines() if line.startswith("| TAB"))
    said = fault(PAGE.replace(line, line.replace("| `tab` |", "| later |")))
    assert "measured, and the table says 'later'" in said


def test_a_row_measured_by_another_part():
    line = next(line for line in PAGE.splitlines() if line.startswith("| TAB"))
    assert "measured by `tab`" in fault(PAGE.replace(line, line.replace("`tab`", "`exec`")))


def test_a_test_that_the_page_names_exists():
    assert "there is no test test_as_fast_as_the_portal_allows" in fault(PAGE, tests="")
