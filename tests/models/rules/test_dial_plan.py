"""What the PBX is told for what somebody wrote; dial_corpus.tsv is the specification."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path

import pytest

from agent_desktop.models.rules.dial_plan import Dialled, DialPlan, NumberKind, country_dialling
from agent_desktop.models.site.site import DialSettings, NumberForm

SITES = {
    "plain": DialSettings(),
    "sp": DialSettings(area_code="11"),
    "paulo": DialSettings(
        area_code="11", carrier_code="15", outside_prefix="0", number_form=NumberForm.CARRIER
    ),
    "nine": DialSettings(area_code="11", outside_prefix="9", number_form=NumberForm.NATIONAL),
    "small": DialSettings(area_code="11", extension_lengths=(4,)),
}
_CORPUS = (Path(__file__).parent / "dial_corpus.tsv").read_text("utf-8")
CASES = [line.split("\t") for line in _CORPUS.splitlines() if line and not line.startswith("# ")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1]}")
def test_the_corpus(case: list[str]) -> None:
    site, written, kind, number, extension = (*case, "", "")[:5]
    found = DialPlan(SITES[site]).number(written)
    assert (found.kind.value, found.number, found.extension) == (kind, number, extension)


@pytest.mark.parametrize("emergency", country_dialling("br").emergency)
def test_no_setting_rewrites_an_emergency_number(emergency: str) -> None:
    """Every form, prefix, carrier, area and length of extensions, however it is typed."""
    for form, prefix, carrier, lengths in product(
        NumberForm, ("", "0", "9", "1", "00", "*9"), ("", "15", "21"), ((), (3,), (3, 4, 5, 6))
    ):
        plan = DialPlan(DialSettings("br", "11", carrier, prefix, form, lengths))
        for typed in (emergency, " ".join(emergency), f"{prefix}{emergency}", f" ({emergency}) "):
            assert plan.number(typed) == Dialled(emergency, NumberKind.EMERGENCY, emergency)


def test_what_is_written_down_can_be_dialled_again() -> None:
    for site in SITES.values():
        plan = DialPlan(site)
        for _, written, *_rest in CASES:
            once = plan.number(written)
            if once.number:
                again = plan.number(once.again)
                assert (again.number, again.e164) == (once.number, once.e164), (site, written)


def test_public_numbers_are_shown_as_everywhere() -> None:
    found = DialPlan(SITES["paulo"]).number("011 98765-4321")
    assert (found.shown, found.e164) == ("+55 11 98765-4321", 5511987654321)


def test_a_country_nobody_wrote_down_still_has_emergency_numbers() -> None:
    plan = DialPlan(DialSettings(country="zz"))
    assert plan.number("112").kind is NumberKind.EMERGENCY
    assert plan.number("+44 20 7946 0000") == Dialled(
        "+442079460000", NumberKind.INTERNATIONAL, "+44 20 7946 0000", 442079460000
    )


def test_every_emergency_number_says_where_it_is_from() -> None:
    path = Path(__file__).parents[3] / "resources" / "country" / "br.toml"
    entries = tomllib.loads(path.read_text("utf-8"))["dialling"]["emergency"]
    assert all(e["source"] and e["standing"] in ("law", "secondary", "check") for e in entries)
    wanted = {"190", "191", "192", "193", "194", "197", "198", "199", "188", "112", "911"}
    assert wanted <= {e["number"] for e in entries}
