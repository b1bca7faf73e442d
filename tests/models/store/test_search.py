"""One box that knows what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.values import AccountDraft, NewAccount, NewPhone
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.found import FoundKind, HitKind
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.numbers import check_digit
from agent_desktop.models.store.search import find
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.values import NewTicket
from tests import given
from tests.models.conftest import Company


def names(company: Company, text: str) -> list[str]:
    return [hit.title for hit in find(company.stores, text).hits]


# -- names --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    [
        "marina",
        "MARINA",
        "Marina Albuquerque",
        "albuquerque marina",
        "mar albu",
        "querque marina",
        "марина",
        "  marina   al ",
        "@marina",
    ],
)
def test_a_name_is_found_by_its_parts_in_any_order(company: Company, typed: str) -> None:
    found = find(company.stores, typed)
    assert found.kind is FoundKind.NAME
    assert found.hits[0].title == "Marina Albuquerque"


@pytest.mark.parametrize("typed", ["joao", "João", "JOÃO", "conceicao", "Conceição", "joão conc"])
def test_accents_do_not_matter(company: Company, typed: str) -> None:
    assert names(company, typed)[0] == "João Conceição"


@pytest.mark.parametrize("typed", ["Сергей", "сергей петров", "sergei", "Petrov", "sergey petrov"])
def test_cyrillic_and_latin_letters_meet(company: Company, typed: str) -> None:
    assert names(company, typed)[0] == "Сергей Петров"


@pytest.mark.parametrize("typed", ["m", "ma", "M"])
def test_one_or_two_letters_find_names_that_begin_so(company: Company, typed: str) -> None:
    assert names(company, typed) == ["Marina Albuquerque"]


def test_a_name_typed_wrongly_is_still_found(company: Company) -> None:
    assert set(names(company, "albuquerke")) == {"Marina Albuquerque", "Pedro Albuquerque"}


def test_who_is_called_just_so_comes_before_who_has_it_inside(company: Company) -> None:
    given.row(company.stores, "account", name="Ana Marina Souza", active=True)
    given.row(company.stores, "account", name="Marinalva Dias", active=True)
    assert names(company, "marina") == [
        "Marina Albuquerque", "Marinalva Dias", "Ana Marina Souza",
    ]  # fmt: skip


def test_inactive_accounts_come_last(company: Company) -> None:
    given.row(company.stores, "account", name="Rosa Lima Duarte", active=True)
    assert names(company, "rosa lima") == ["Rosa Lima Duarte", "Rosa Lima"]


def test_a_hit_says_number_and_city(company: Company) -> None:
    hit = find(company.stores, "marina").hits[0]
    assert (hit.kind, hit.code, hit.detail) == (HitKind.ACCOUNT, "100482913", "Osasco")
    assert hit.id == hit.account_id == company.id("marina")


def test_names_in_the_letters_that_were_typed_come_first(company: Company) -> None:
    for name in ("Марина Петрова", "Marina Petrova"):
        accounts.create(company.stores, NewAccount(name))
    for name in ("Марина Петрова", "Marina Petrova"):
        assert find(company.stores, name.lower()).hits[0].title == name


def test_what_was_made_or_renamed_here_is_found_at_once(company: Company) -> None:
    accounts.create(company.stores, NewAccount("Zuleide Nova"))
    base = accounts.get(company.stores, company.id("pedro"))
    accounts.change(company.stores, AccountDraft(base, {"name": "Zacarias Novo"}))
    assert names(company, "zuleide") == ["Zuleide Nova"]
    assert names(company, "zacarias") == ["Zacarias Novo"]
    assert names(company, "pedro") == []


def test_never_more_than_the_limit(company: Company) -> None:
    for at in range(30):
        given.row(company.stores, "account", name=f"Silva {at:02}", active=True)
    assert len(find(company.stores, "silva", limit=12).hits) == 12


# -- numbers ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kind", "hit", "name"),
    [
        ("100482913", FoundKind.ACCOUNT, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("100 482 913", FoundKind.ACCOUNT, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("390.533.447-05", FoundKind.TAX_ID, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("39053344705", FoundKind.TAX_ID, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("12.abc.345/01de-35", FoundKind.TAX_ID, HitKind.ACCOUNT, "Padaria Estrela Ltda"),
        ("11 98765-4321", FoundKind.PHONE, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("11987654321", FoundKind.PHONE, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("1187654321", FoundKind.PHONE, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("98765-4321", FoundKind.PHONE, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("987654321", FoundKind.PHONE, HitKind.ACCOUNT, "Marina Albuquerque"),
        ("7712345", FoundKind.UNIT, HitKind.UNIT, "Marina Albuquerque"),
        ("ELS77120443", FoundKind.METER, HitKind.METER, "Marina Albuquerque"),
        ("els-77120443", FoundKind.METER, HitKind.METER, "Marina Albuquerque"),
        ("TK-20418", FoundKind.TICKET, HitKind.TICKET, "No supply since 06:40"),
        ("tk 20418", FoundKind.TICKET, HitKind.TICKET, "No supply since 06:40"),
        ("#TK20418", FoundKind.TICKET, HitKind.TICKET, "No supply since 06:40"),
        ("SO-7741", FoundKind.ORDER, HitKind.ORDER, "Replace meter"),
    ],
)
def test_a_number_is_known_for_what_it_is(
    company: Company, typed: str, kind: FoundKind, hit: HitKind, name: str
) -> None:
    found = find(company.stores, typed)
    assert (found.kind, found.hits[0].kind, found.hits[0].title) == (kind, hit, name)


def test_a_shared_number_gives_all_who_share_it(company: Company) -> None:
    assert set(names(company, "11 3333-4444")) == {
        "João Conceição", "Pedro Albuquerque", "Сергей Петров",
    }  # fmt: skip


def test_while_a_ticket_number_is_typed_those_that_begin_so_are_shown(company: Company) -> None:
    codes = [hit.code for hit in find(company.stores, "TK-20").hits]
    assert codes == ["TK-20290", "TK-20418", "TK-20500"]


def test_a_protocol_number_finds_its_interaction(company: Company) -> None:
    begun = interaction.begin(company.stores, NewInteraction(account_id=company.id("marina")))
    found = find(company.stores, begun.protocol)
    assert found.kind is FoundKind.PROTOCOL
    assert (found.hits[0].id, found.hits[0].title) == (begun.id, "Marina Albuquerque")


def test_a_protocol_number_read_out_in_groups_is_found_too(company: Company) -> None:
    digits = "202611210000007"
    protocol = digits + check_digit(digits)
    given.row(company.stores, "interaction", protocol=protocol, number="+5511900000000")
    grouped = " ".join(protocol[at : at + 4] for at in range(0, 16, 4))
    assert find(company.stores, grouped).hits[0].title == "+5511900000000"


def test_a_ticket_made_here_is_found_at_once(company: Company) -> None:
    made = ticket.create(company.stores, NewTicket(company.id("pedro"), "Bill"))
    assert find(company.stores, made.number).hits[0].id == made.id


def test_a_number_nobody_has_is_still_known_for_what_it_is(company: Company) -> None:
    assert find(company.stores, "11 90000-0000") == find(company.stores, "(11) 90000-0000")
    assert find(company.stores, "11 90000-0000").kind is FoundKind.PHONE
    assert find(company.stores, "TK-99999").kind is FoundKind.TICKET


@pytest.mark.parametrize("typed", ["", "   ", "#", "@", "-"])
def test_nothing_typed_finds_nothing(company: Company, typed: str) -> None:
    assert find(company.stores, typed).kind is FoundKind.NOTHING


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@hypothesis_given(st.one_of(st.text(max_size=30), st.text("01239 -./TKSO#\"'*()", max_size=20)))
def test_any_text_can_be_searched_for(company: Company, text: str) -> None:
    assert len(find(company.stores, text).hits) <= 12


# -- while it is being typed --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kind", "code"),
    [
        ("7712", FoundKind.UNIT, "7712345"),
        ("ELS-77", FoundKind.METER, "ELS77120443"),
        ("771204", FoundKind.METER, "ELS77120443"),
        ("1198765", FoundKind.PHONE, "100482913"),
        ("551198765", FoundKind.PHONE, "100482913"),
    ],
)
@pytest.mark.parametrize("kept", [True, False])
def test_a_number_is_found_from_its_first_digits_on(
    company: Company, typed: str, kind: FoundKind, code: str, kept: bool
) -> None:
    if not kept:  # as on a desk of which this customer is not in the working set
        with company.stores.mirror.writing() as c:
            for table in ("account", "phone", "unit", "meter"):
                c.exec_driver_sql(f"DELETE FROM {table}")
    found = find(company.stores, typed)
    assert found.kind is kind
    assert code in [hit.code for hit in found.hits]
    assert {hit.account_id for hit in found.hits} == {company.id("marina")}


def test_a_protocol_is_found_from_its_first_digits_on(company: Company) -> None:
    begun = interaction.begin(company.stores, NewInteraction(number="+5511987654321"))
    found = find(company.stores, begun.protocol[:8])
    assert found.kind is FoundKind.PROTOCOL
    assert begun.protocol in [hit.code for hit in found.hits]


@pytest.mark.parametrize("typed", ["9" * 18, "1" * 40, "٣٤٥٦", "0000", "55", "5511"])
def test_numbers_that_are_none_find_nobody_and_break_nothing(company: Company, typed: str) -> None:
    assert len(find(company.stores, typed).hits) <= 12


# -- many namesakes, and much that is unsent ----------------------------------------------------
def many(company: Company, *names: str) -> list[UUID]:
    return given.rows(company.stores, "account", *({"name": n, "active": True} for n in names))


@pytest.mark.parametrize(
    "typed", ["Simone de Sá Vasconcelos", "simone de sa vasc", "SIMONE DE SÁ V", "simone de sa"]
)
def test_a_whole_name_is_found_among_many_that_begin_alike(company: Company, typed: str) -> None:
    sure = many(company, "Simone de Sá Vasconcelos")[0]
    words = (
        "Abreu",
        "Barros",
        "Castro",
        "Dias",
        "Esteves",
        "Farias",
        "Gomes",
        "Haddad",
        "Iglesias",
    )
    alike = [f"Simone de {a} Vasconcelos" for a in words] * 6
    many(company, *alike, *(f"Simone de {a} {b}" for a in words for b in words if a != b))
    late = many(company, "Simone de Sá Vasconcelos")[0]  # not in the order of names
    found = find(company.stores, typed).hits[:2]
    assert {hit.account_id for hit in found} == {sure, late}


def test_both_words_count_when_each_has_many_names(company: Company) -> None:
    many(
        company, *(f"Mariana {a}{b} Costa" for a in "bcdfgl" for b in ("ata", "ilha", "ulo", "eno"))
    )
    many(company, *(f"Maria {a}{b} Vieira" for a in "bcdfglmnprst" for b in ("ata", "ilha", "ulo")))
    (sought,) = many(company, "Mariana Souza Vieira")
    assert [hit.account_id for hit in find(company.stores, "vieira mariana").hits] == [sought]


def unsent(company: Company, count: int) -> None:
    """As after a day without the centre: so many accounts renamed, and as many moved."""
    ids = many(company, *(f"Cliente {at} Renomeado" for at in range(2 * count)))
    effects = [
        Effect(
            "account",
            one,
            one,
            Op.CHANGE,
            {"name": f"Freguesa {at}"} if at % 2 else {"city": "Osasco"},
        )
        for at, one in enumerate(ids)
    ]
    pending.save(company.stores, Intent("account.change", {}, tuple(effects)))


def test_unsent_changes_are_found_by_what_is_new_in_them(company: Company) -> None:
    unsent(company, 60)
    marina, pedro = (accounts.get(company.stores, company.id(n)) for n in ("marina", "pedro"))
    accounts.change(company.stores, AccountDraft(marina, {"name": "Zoraide Nova"}))
    accounts.change(company.stores, AccountDraft(pedro, {"city": "Jundiaí"}))
    accounts.create(company.stores, NewAccount("Zulmira Recente", tax_id="529.982.247-25"))
    assert names(company, "zoraide") == ["Zoraide Nova"]
    assert names(company, "marina albuquerque") == []
    assert names(company, "zulmira recente") == ["Zulmira Recente"]
    assert names(company, "zulmire") == ["Zulmira Recente"]
    assert names(company, "52998224725") == ["Zulmira Recente"]
    assert names(company, "100482913") == ["Zoraide Nova"]
    assert [(h.title, h.detail) for h in find(company.stores, "pedro").hits] == [
        ("Pedro Albuquerque", "Jundiaí")
    ]
    assert len(names(company, "freguesa")) == 12
    assert {hit.detail for hit in find(company.stores, "cliente").hits} == {"Osasco"}


def test_a_renamed_account_is_found_by_its_last_name_only(company: Company) -> None:
    for name in ("Yolanda Um", "Yasmin Dois"):
        base = accounts.get(company.stores, company.id("marina"))
        accounts.change(company.stores, AccountDraft(base, {"name": name}))
    assert (names(company, "yolanda"), names(company, "yasmin")) == ([], ["Yasmin Dois"])


def test_what_the_mirror_shows_again_is_not_laid_over_it(company: Company) -> None:
    """Renamed here, taken by the centre, and renamed by somebody else since."""
    base = accounts.get(company.stores, company.id("marina"))
    accounts.change(company.stores, AccountDraft(base, {"name": "Yolanda Um"}))
    with company.stores.local.writing() as c:
        c.exec_driver_sql("UPDATE intent SET state = 'accepted', xid = 90")
    given.row(company.stores, "account", id=base.id, name="Yara Dela", active=True)
    given.cursor(company.stores, "100:100:")
    assert (names(company, "yolanda"), names(company, "yara")) == ([], ["Yara Dela"])


def test_a_number_added_here_is_found_at_once(company: Company) -> None:
    unsent(company, 20)
    accounts.add_phone(company.stores, company.id("pedro"), NewPhone("(19) 99876-1234"))
    for typed in ("19 99876-1234", "99876-1234", "1999876", "19 9876-1234"):
        assert names(company, typed) == ["Pedro Albuquerque"], typed


def test_a_search_does_not_read_everything_that_is_unsent(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent(company, 40)
    laid: list[int] = []
    ordinary = pending.tables.typed

    def typed(table: str, values: Mapping[str, object]) -> dict[str, object]:
        laid.append(1)
        return ordinary(table, values)

    monkeypatch.setattr(pending.tables, "typed", typed)
    for text in ("marina", "100482913", "39053344705", "11 98765-4321", "7712345", "albuquerke"):
        assert find(company.stores, text).hits, text
    assert not laid
