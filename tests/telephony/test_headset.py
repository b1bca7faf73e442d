"""Headset reports: recorded descriptors, the meaning of presses, and any bytes at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.telephony.headset.headset import (
    ECHO_SECONDS,
    HELD_SECONDS,
    RING_GRACE_SECONDS,
    Control,
    HeadsetAction,
    HeadsetKeys,
    HeadsetLamp,
    HeadsetPress,
    Layout,
    Shown,
    lamp_reports,
    layout_of,
    lit,
)
from agent_desktop.telephony.headset.hid_report import (
    LONGEST_DESCRIPTOR,
    MOST_REPORT_BITS,
    DescriptorRefused,
    parse,
)
from tests.telephony import descriptors

IDLE, RINGING, TALKING = Shown(), Shown(ringing=True), Shown(in_call=True)


def layout(descriptor: bytes) -> Layout:
    return layout_of(parse(descriptor))


def keys(descriptor: bytes, shown: Shown = IDLE, since: float = 0.0) -> HeadsetKeys:
    made = HeadsetKeys(layout(descriptor))
    made.show(shown, since)
    return made


def places(descriptor: bytes) -> dict[str, tuple[int, int]]:
    """Control or lamp -> (report id, bit)."""
    found = layout(descriptor)
    parts = {**found.controls, **found.lamps}
    return {
        f"{type(key).__name__}.{key.name}": (
            place.field.report_id,
            place.field.offset + (place.index * place.field.size if place.field.variable else 0),
        )
        for key, place in parts.items()
    }


# -- recorded descriptors -----------------------------------------------------------------------
EXPECTED = {
    "Dell SP325": {
        "Control.HOOK": (5, 0), "Control.MUTE": (5, 1), "Control.REDIAL": (5, 2),
        "Control.FLASH": (5, 3), "Control.LINE": (5, 5), "Control.REJECT": (5, 7),
        "Control.VOLUME_UP": (12, 0), "Control.VOLUME_DOWN": (12, 1),
        "Control.CONSUMER_MUTE": (12, 2),
        "HeadsetLamp.OFF_HOOK": (5, 0), "HeadsetLamp.MUTE": (5, 1),
        "HeadsetLamp.RING": (5, 2), "HeadsetLamp.HOLD": (5, 3),
        "HeadsetLamp.MICROPHONE": (5, 4),
    },
    "Plantronics Blackwire 3220": {
        "Control.MUTE": (8, 0), "Control.HOOK": (8, 1), "Control.FLASH": (8, 2),
        "HeadsetLamp.MUTE": (9, 0), "HeadsetLamp.OFF_HOOK": (23, 0),
    },
    "Anker PowerConf": {
        "Control.HOOK": (2, 0), "Control.MUTE": (2, 2), "Control.FLASH": (2, 3),
        "Control.REJECT": (2, 10),
        "Control.VOLUME_UP": (1, 0), "Control.VOLUME_DOWN": (1, 1), "Control.CONSUMER_MUTE": (1, 2),
        "HeadsetLamp.OFF_HOOK": (2, 0), "HeadsetLamp.MUTE": (2, 1),
        "HeadsetLamp.RING": (2, 2), "HeadsetLamp.HOLD": (2, 3),
        "HeadsetLamp.MICROPHONE": (2, 4),
    },
    "Logitech MX Brio": {
        "Control.MUTE": (8, 0), "Control.HOOK": (8, 1), "HeadsetLamp.MUTE": (8, 0),
    },
    "Razer Seiren": {
        "Control.HOOK": (2, 0), "Control.VOLUME_UP": (1, 0), "Control.VOLUME_DOWN": (1, 1),
        "Control.CONSUMER_MUTE": (1, 6),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", descriptors.RECORDED)
def test_controls_and_lamps_are_found_in_recorded_descriptors(name: str) -> None:
    assert places(descriptors.RECORDED[name]) == EXPECTED[name]
    assert layout(descriptors.RECORDED[name]).is_headset


def test_the_recorded_lengths() -> None:
    assert len(descriptors.ANKER_POWERCONF) == 191


def test_what_the_maker_said_of_each_control_is_kept() -> None:
    dell = layout(descriptors.DELL_SP325).controls
    hook, mute = dell[Control.HOOK].field, dell[Control.MUTE].field
    assert (hook.relative, hook.returns) == (False, False)
    assert mute.relative
    reject = dell[Control.REJECT].field
    assert (reject.relative, reject.returns) == (False, True)


def test_a_mouse_is_no_headset() -> None:
    found = layout(descriptors.MOUSE)
    assert not found.is_headset
    assert not found.descriptor.numbered
    assert not found.controls
    assert not found.lamps


def test_lamps_become_reports_of_the_length_the_device_wants() -> None:
    shown = Shown(ringing=True, in_call=True, muted=True, held=True)
    assert lamp_reports(layout(descriptors.DELL_SP325), shown) == {5: bytes([5, 0b1111])}
    assert lamp_reports(layout(descriptors.ANKER_POWERCONF), shown) == {2: bytes([2, 0b1111, 0])}
    assert lamp_reports(layout(descriptors.PLANTRONICS_3220), TALKING) == {
        9: bytes([9, 0]),
        23: bytes([23, 1]),
    }
    assert lamp_reports(layout(descriptors.RAZER_MICROPHONE), shown) == {}


def test_the_microphone_lamp_stands_in_where_there_is_none_for_mute() -> None:
    without = descriptors.DELL_SP325.replace(
        bytes.fromhex("091709090918"), bytes.fromhex("091709010918")
    )
    assert lit(layout(without), Shown(muted=True)) == {HeadsetLamp.MICROPHONE}


def test_lamps_are_written_once_and_again_when_they_change() -> None:
    here = keys(descriptors.PLANTRONICS_3220)
    assert set(here.due()) == {bytes([9, 0]), bytes([23, 0])}
    assert here.due() == ()
    here.show(TALKING, 1.0)
    assert here.due() == (bytes([23, 1]),)


# -- what a press means -------------------------------------------------------------------------
def test_a_switch_answers_and_hangs_up() -> None:
    here = keys(descriptors.DELL_SP325, RINGING, since=10.0)
    assert here.read(bytes([5, 1]), 12.0) == (HeadsetPress(Control.HOOK, HeadsetAction.ANSWER),)
    here.show(TALKING, 12.1)
    assert here.read(bytes([5, 0]), 30.0) == (HeadsetPress(Control.HOOK, HeadsetAction.HANG_UP),)
    here.show(IDLE, 30.1)
    assert here.read(bytes([5, 0]), 30.2) == ()


def test_a_switch_that_follows_its_lamp_presses_nothing() -> None:
    """F9 answers, the lamp goes on, the headset says "off hook"; and the same at the end."""
    here = keys(descriptors.DELL_SP325, RINGING)
    here.show(TALKING, 5.0)
    assert here.read(bytes([5, 1]), 5.1) == ()
    here.show(IDLE, 60.0)
    assert here.read(bytes([5, 0]), 60.1) == ()


def test_on_hook_right_after_the_lamp_went_on_hangs_nobody_up() -> None:
    here = keys(descriptors.DELL_SP325, RINGING)
    here.read(bytes([5, 1]), 4.0)
    here.show(TALKING, 5.0)
    assert here.read(bytes([5, 0]), 5.0 + ECHO_SECONDS / 2) == ()


def test_a_held_call_stays_off_hook() -> None:
    held = Shown(in_call=True, held=True)
    assert lamp_reports(layout(descriptors.DELL_SP325), held) == {5: bytes([5, 0b1001])}


def test_a_ring_younger_than_its_grace_is_not_answered_and_the_lamps_say_so() -> None:
    here = keys(descriptors.DELL_SP325, RINGING, since=10.0)
    here.due()
    early = 10.0 + RING_GRACE_SECONDS - 0.01
    assert here.read(bytes([5, 1]), early) == (HeadsetPress(Control.HOOK, HeadsetAction.NOTHING),)
    assert here.due() == (bytes([5, 0b100]),)
    # The headset gives up by itself: that is no answer either.
    assert here.read(bytes([5, 0]), 12.0) == ()
    assert here.read(bytes([5, 1]), 13.0) == (HeadsetPress(Control.HOOK, HeadsetAction.ANSWER),)


def as_button(descriptor: bytes) -> bytes:
    """The same headset, whose hook says that it returns by itself."""
    return descriptor.replace(bytes.fromhex("092095018122"), bytes.fromhex("092095018102"))


def as_toggle(descriptor: bytes) -> bytes:
    """The same headset, whose hook tells changes."""
    return descriptor.replace(bytes.fromhex("092095018122"), bytes.fromhex("092095018106"))


@pytest.mark.parametrize("kind", [as_button, as_toggle])
def test_a_button_answers_and_hangs_up_by_the_same_press(kind: Callable[[bytes], bytes]) -> None:
    here = keys(kind(descriptors.DELL_SP325), RINGING)
    assert here.read(bytes([5, 1]), 5.0) == (HeadsetPress(Control.HOOK, HeadsetAction.ANSWER),)
    here.show(TALKING, 5.01)
    assert here.read(bytes([5, 0]), 5.2) == ()
    assert here.read(bytes([5, 1]), 20.0) == (HeadsetPress(Control.HOOK, HeadsetAction.HANG_UP),)
    here.show(IDLE, 20.01)
    assert here.read(bytes([5, 0]), 20.2) == ()


def test_a_button_that_repeats_its_lamp_hangs_nobody_up() -> None:
    here = keys(as_button(descriptors.DELL_SP325), RINGING)
    here.show(TALKING, 5.0)
    assert here.read(bytes([5, 1]), 5.1) == ()


def test_a_button_that_stays_down_is_found_to_be_a_switch() -> None:
    here = keys(as_button(descriptors.DELL_SP325), RINGING)
    here.read(bytes([5, 1]), 5.0)
    here.show(TALKING, 5.01)
    over = 5.0 + HELD_SECONDS
    assert here.read(bytes([5, 0]), over) == (HeadsetPress(Control.HOOK, HeadsetAction.HANG_UP),)
    here.show(IDLE, over)
    here.show(RINGING, over + 5)
    assert here.read(bytes([5, 1]), over + 8) == (HeadsetPress(Control.HOOK, HeadsetAction.ANSWER),)


def test_mute_counts_presses_and_only_in_a_call() -> None:
    here = keys(descriptors.DELL_SP325, TALKING)
    mute = (HeadsetPress(Control.MUTE, HeadsetAction.MUTE),)
    hook_up = 1  # stays set while talking
    here.read(bytes([5, hook_up]), 2.0)
    assert here.read(bytes([5, hook_up | 2]), 3.0) == mute
    assert here.read(bytes([5, hook_up]), 3.1) == ()
    assert here.read(bytes([5, hook_up | 2]), 4.0) == mute
    # A device that sends no release tells a second press by the same report.
    assert here.read(bytes([5, hook_up | 2]), 5.0) == mute
    # Another key beside a mute key that is held: mute is not pressed again.
    assert here.read(bytes([5, hook_up | 2 | 8]), 6.0) == (
        HeadsetPress(Control.FLASH, HeadsetAction.HOLD),
    )
    here.show(IDLE, 8.0)
    here.read(bytes([5, 0]), 8.1)
    assert here.read(bytes([5, 2]), 9.0) == (HeadsetPress(Control.MUTE, HeadsetAction.NOTHING),)


def test_a_mute_switch_that_follows_its_lamp_is_no_press() -> None:
    switch = descriptors.DELL_SP325.replace(
        bytes.fromhex("092f95018106"), bytes.fromhex("092f95018122")
    )
    here = keys(switch, TALKING)
    assert here.read(bytes([5, 3]), 3.0) == (HeadsetPress(Control.MUTE, HeadsetAction.MUTE),)
    here.show(Shown(in_call=True, muted=True), 3.1)
    assert here.read(bytes([5, 1]), 5.0) == (HeadsetPress(Control.MUTE, HeadsetAction.MUTE),)
    here.show(TALKING, 5.1)
    here.show(Shown(in_call=True, muted=True), 6.0)
    assert here.read(bytes([5, 3]), 6.1) == ()


def test_reject_redial_flash() -> None:
    here = keys(descriptors.DELL_SP325, RINGING)
    assert here.read(bytes([5, 0x80]), 2.0) == (HeadsetPress(Control.REJECT, HeadsetAction.REJECT),)
    here.show(IDLE, 3.0)
    here.read(bytes([5, 0]), 3.1)
    assert here.read(bytes([5, 4]), 4.0) == (HeadsetPress(Control.REDIAL, HeadsetAction.REDIAL),)
    here.show(Shown(ringing=True, in_call=True), 10.0)
    here.read(bytes([5, 1]), 11.0)
    assert here.read(bytes([5, 9]), 12.0) == (HeadsetPress(Control.FLASH, HeadsetAction.ANSWER),)


def test_without_a_telephony_mute_the_consumer_mute_counts() -> None:
    here = keys(descriptors.RAZER_MICROPHONE, TALKING)
    assert here.read(bytes([1, 0x40]), 3.0) == (
        HeadsetPress(Control.CONSUMER_MUTE, HeadsetAction.MUTE),
    )
    dell = keys(descriptors.DELL_SP325, TALKING)
    assert dell.read(bytes([12, 4]), 3.0) == (
        HeadsetPress(Control.CONSUMER_MUTE, HeadsetAction.NOTHING),
    )


def test_keys_in_an_array_without_report_ids() -> None:
    """One byte that names the key: 1 hook, 2 flash, 3 mute (relative, HID 1.11 6.2.2.5)."""
    descriptor = bytes.fromhex("050b0905a101150125037508950109200921092f8104c0")
    here = keys(descriptor, RINGING)
    assert here.read(bytes([1]), 5.0) == (HeadsetPress(Control.HOOK, HeadsetAction.ANSWER),)
    here.show(TALKING, 5.1)
    assert here.read(bytes([0]), 5.2) == ()
    assert here.read(bytes([3]), 9.0) == (HeadsetPress(Control.MUTE, HeadsetAction.MUTE),)
    assert here.read(bytes([200]), 9.5) == ()
    assert here.read(bytes([2]), 10.0) == (HeadsetPress(Control.FLASH, HeadsetAction.HOLD),)


# -- any bytes ----------------------------------------------------------------------------------
def test_what_is_too_large_is_refused() -> None:
    collection = bytes.fromhex("050b0905a101")
    for broken in (
        b"",
        bytes(LONGEST_DESCRIPTOR + 1),
        collection + bytes.fromhex("75"),  # ends within an item
        collection + bytes.fromhex("fe"),
        collection + bytes.fromhex("feff00"),
        bytes.fromhex("c0"),
        bytes.fromhex("b4"),
        bytes.fromhex("8500"),
        bytes.fromhex("a4") * 40,
        bytes.fromhex("a101") * 40,
        bytes.fromhex("77ffffffff97ffffffff092081 02".replace(" ", "")),
        bytes.fromhex("190529018102"),
    ):
        with pytest.raises(DescriptorRefused):
            parse(broken)


def test_reports_add_up_to_a_bound() -> None:
    large = bytes.fromhex("7508") + b"\x96" + (MOST_REPORT_BITS // 8).to_bytes(2, "little")
    parse(large + bytes.fromhex("09208102"))
    with pytest.raises(DescriptorRefused):
        parse(large + bytes.fromhex("0920810209208102"))


ITEMS = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([
        bytes.fromhex(item)
        for item in (
            "050b", "0508", "0509", "050c", "0905", "0920", "092f", "0907", "0917", "19b0", "29bb",
            "a101", "a102", "c0", "8501", "8502", "1500", "2501", "7501", "7504", "7508", "9501",
            "9506", "96ffff", "8102", "8106", "8122", "8123", "8140", "9102", "9122", "9101",
            "b102", "a4", "b4", "0b20000b00", "fe0100ff",
        )
    ]),
)  # fmt: skip
DESCRIPTORS = st.one_of(
    st.binary(max_size=300),
    st.lists(ITEMS, max_size=60).map(b"".join),
    st.builds(
        lambda known, place, byte: (
            known[: place % len(known)] + byte + known[place % len(known) + 1 :]
        ),
        st.sampled_from(list(descriptors.RECORDED.values())),
        st.integers(0, 4095),
        st.binary(max_size=2),
    ),
)
STATES = st.builds(Shown, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@given(DESCRIPTORS, st.lists(st.tuples(st.binary(max_size=70), STATES), max_size=8))
def test_no_bytes_do_more_than_be_refused(
    descriptor: bytes, told: list[tuple[bytes, Shown]]
) -> None:
    try:
        here = keys(descriptor)
    except DescriptorRefused:
        return
    for now, (report, shown) in enumerate(told):
        here.show(shown, float(now))
        for written in here.due():
            assert len(written) == here.layout.lengths[written[0]] + 1
        here.read(report, float(now))


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 3]), st.floats(0.0, 5.0)), max_size=30))
def test_nobody_who_is_not_ringing_is_answered_or_hung_up(moves: list[tuple[int, float]]) -> None:
    """Whatever a headset sends while the phone is idle asks for nothing."""
    here = keys(descriptors.DELL_SP325)
    now = 0.0
    for value, pause in moves:
        now += pause
        for press in here.read(bytes([5, value]), now):
            assert press.wish is HeadsetAction.NOTHING
