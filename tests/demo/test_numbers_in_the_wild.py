from __future__ import annotations

from agent_desktop.demo import company, numbers_in_the_wild
from agent_desktop.demo.company_setting import setting
from agent_desktop.demo.numbers_in_the_wild import Subscriber, line, mobile, russian, written
from agent_desktop.models.rules import phone_number
from tests.demo.demo_company import TODAY


def test_generated_numbers_agree_with_the_phone_identity_engine() -> None:
    compared = 0
    for row in company.rows(setting(2_000, TODAY), "phone", range(10, 700)):
        text, e164, extension = row[3], row[4], row[5]
        read = phone_number.parse(str(text))
        assert (read.e164, read.extension) == (e164, extension), text
        compared += 1
    assert compared >= 2_000


def test_every_notation_agrees() -> None:
    for subscriber in (mobile(12, 3, "11"), line(13, 1, "19"), russian(14, 2)):
        for face in range(256):
            text, e164, extension = written(subscriber, face, 3)
            read = phone_number.parse(text)
            assert (read.e164, read.extension) == (e164, extension), text


def test_no_number_is_given_twice_and_none_to_the_cast() -> None:
    for make in (mobile, line):
        made = [make(index, slot, "11") for index in range(4_000) for slot in range(8)]
        assert len({subscriber.e164 for subscriber in made}) == len(made)
        assert {len(subscriber.digits) for subscriber in made} == {len(made[0].digits)}


def test_a_million_accounts_have_room() -> None:
    places = 1_000_000 * numbers_in_the_wild.NUMBERS_PER_ACCOUNT
    last = places // numbers_in_the_wild.NUMBERS_PER_ACCOUNT - 1
    assert mobile(last, 7, "11").e164 != mobile(0, 0, "11").e164
    assert places < numbers_in_the_wild.SPAN


def test_the_second_line_follows_the_slash() -> None:
    texts = {
        written(Subscriber("11", "32229000", line(0, 0, "11").notations), face, 0)[0]
        for face in range(256)
    }
    assert {"(11) 3222-9000/9001", "(11) 3222-9000 r. 10", "0xx11 3222-9000 r. 10"} <= texts
