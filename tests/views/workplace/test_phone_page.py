"""Phone and sound: devices by keyboard, the check before the first call, what the engine lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel

from agent_desktop.desk.session import PageKind
from agent_desktop.telephony.call import Line, LineState
from agent_desktop.telephony.dummy import DummyPhone
from agent_desktop.telephony.sound import Levels, Sound, SoundChoice, SoundState
from agent_desktop.views.shell.headset_check import HeadsetCheck
from agent_desktop.views.shell.message_bar import MessageBar
from agent_desktop.views.widgets.fact_rows import FactRows
from agent_desktop.views.words import phone_words
from agent_desktop.views.workplace.phone_page import PhonePage
from tests.views.conftest import Workplace


class _Phone(DummyPhone):
    """Remembers what it was asked to let hear."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def watch_levels(self, on: bool) -> None:
        self.asked.append(f"levels {on}")

    def echo_test(self, on: bool) -> None:
        self.asked.append(f"echo {on}")

    def try_ring(self) -> None:
        self.asked.append("ring")


@pytest.fixture
def phone(workplace: Workplace) -> Iterator[_Phone]:
    phone = _Phone()
    workplace.context = replace(
        workplace.context, phone=phone, choose_sound=phone.choose_sound, sound_checked=list
    )
    yield phone
    phone.deleteLater()


@pytest.fixture
def page(workplace: Workplace, phone: _Phone) -> PhonePage:
    made: PhonePage = workplace.page(PageKind.PHONE)
    return made


def _entries(box: object) -> list[str]:
    assert isinstance(box, QComboBox)
    return [box.itemText(n) for n in range(box.count())]


def test_devices_are_offered_and_chosen_by_key(page: PhonePage, phone: _Phone) -> None:
    box = page.choice.headset.editor
    assert _entries(box) == ["The system's choice", "Headset", "Loudspeakers"]
    assert _entries(page.choice.microphone.editor) == ["The system's choice", "Headset"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert phone.choice.headset == "headset"
    assert page.choice.headset.value() == "headset"


def test_what_is_unplugged_stays_the_choice_and_is_told(page: PhonePage, phone: _Phone) -> None:
    phone.choose_sound(SoundChoice(headset="usb-7"))
    page.reload()
    assert page.choice.headset.value() == "usb-7"
    assert "usb-7 (not there)" in _entries(page.choice.headset.editor)
    told = page.findChild(QLabel, "sound.missing")
    assert told.isVisible()
    assert "usb-7" in told.text()


def test_ring_volume_goes_by_keys_down_to_silent(page: PhonePage, phone: _Phone) -> None:
    for _ in range(8):
        QTest.keyClick(page.choice.volume, Qt.Key.Key_PageDown)
    assert phone.choice.ring_volume == 0
    assert page.findChild(QLabel, "sound.ring_percent").text() == "silent"
    page.choice.ring.click()
    assert "ring" in phone.asked


def test_echo_test_listens_advises_and_ends_with_the_page(page: PhonePage, phone: _Phone) -> None:
    assert phone.asked == ["levels True"]
    QTest.keyClick(page.check.start, Qt.Key.Key_Space)
    assert phone.asked[-1] == "echo True"
    phone.levels_changed.emit(Levels(spoken=20))
    assert "Say something" in page.findChild(QLabel, "sound.advice").text()
    phone.levels_changed.emit(Levels(spoken=70, heard=40))
    assert "hears you" in page.findChild(QLabel, "sound.advice").text()
    assert page.check.spoken.accessibleName() == "You, 70 %"
    page.hide()
    assert phone.asked[-2:] == ["echo False", "levels False"]


def test_no_echo_test_during_a_call(page: PhonePage, phone: _Phone) -> None:
    page.check.start.click()
    call_id = phone.ring("+5511987654321")
    assert not page.check.start.isEnabled()
    assert phone.asked[-1] == "echo False"
    phone.hang_up(call_id)
    assert page.check.start.isEnabled()


def test_headset_is_asked_about_until_it_passed_and_again_when_it_is_another(
    workplace: Workplace, phone: _Phone
) -> None:
    bar, passed = MessageBar(), []
    workplace.qtbot.addWidget(bar)
    check = HeadsetCheck(phone, bar, "", QObject(bar))
    check.passed.connect(passed.append)
    phone.choose_sound(SoundChoice(headset="headset"))
    assert bar.key() == "sound"
    check.pass_()
    assert (bar.key(), passed) == ("", ["headset -"])
    phone.choose_sound(SoundChoice(headset="headset", ringer="speakers"))
    assert bar.key() == ""
    phone.choose_sound(SoundChoice(headset="speakers"))
    assert bar.key() == "sound"


def test_what_the_engine_lacks_is_said() -> None:
    line = Line(LineState.READY, engine="pjsip 2.15.1", codecs=("G722/16000/1",))
    wheel = replace(line, transports=("udp", "tcp"), has_srtp=True)
    assert phone_words.missing(wheel, Sound.PULSE) == (
        "encrypted signalling (TLS)",
        "sound devices of its own",
        "Opus",
    )
    whole = replace(line, transports=("udp", "tcp", "tls"), codecs=("opus/48000/2",))
    assert phone_words.missing(whole, Sound.NATIVE) == ()
    assert phone_words.missing(Line(), Sound.NONE) == ()


def test_without_sound_the_page_says_so(page: PhonePage, phone: _Phone) -> None:
    phone._sound = SoundState()
    phone.sound_changed.emit(SoundState())
    shown = [fact.value for fact in page.findChild(FactRows, "phone.about").shown]
    assert "None: callers hear silence" in shown
