"""Asking whether the PBX is there; a slept machine and another network are noticed."""

from __future__ import annotations

import pytest

from agent_desktop.telephony.engine import keepalive
from agent_desktop.telephony.engine.keepalive import ANSWER_SECONDS, ASK_SECONDS, Keepalive
from agent_desktop.telephony.engine.tls_fault import tls_code

PBX = "192.0.2.9:5061"


class _World:
    """The wall clock and the way to the PBX."""

    wall = 1_000_000.0
    here = "10.0.0.5"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> _World:
    world = _World()
    monkeypatch.setattr(keepalive.time, "time", lambda: world.wall)
    monkeypatch.setattr(keepalive, "address_towards", lambda pbx: world.here if pbx else "")
    return world


def test_nothing_is_asked_before_the_first_registration(world: _World) -> None:
    watch = Keepalive()
    assert not watch.is_due(1e9)
    assert not watch.is_silent(1e9)
    assert not watch.has_network_changed(1e9)


def test_asks_waits_and_is_content(world: _World) -> None:
    watch = Keepalive()
    watch.found(PBX, 100.0)
    assert not watch.is_due(100.0 + ASK_SECONDS - 0.1)
    assert watch.is_due(100.0 + ASK_SECONDS)
    assert not watch.is_due(100.0 + 2 * ASK_SECONDS)  # one question at a time
    watch.answered()
    assert not watch.is_silent(1000.0)
    assert watch.is_due(1000.0)


def test_silence_is_told_once(world: _World) -> None:
    watch = Keepalive()
    watch.found(PBX, 100.0)
    assert watch.is_due(103.0)
    assert not watch.is_silent(103.0 + ANSWER_SECONDS - 0.1)
    assert watch.is_silent(103.0 + ANSWER_SECONDS)
    assert not watch.is_silent(200.0)
    watch.found(PBX, 300.0)
    assert watch.is_due(303.0)


def test_another_way_to_the_pbx_is_noticed_and_a_lost_one_waited_for(world: _World) -> None:
    watch = Keepalive()
    watch.found(PBX, 100.0)
    assert not watch.has_network_changed(102.0)
    world.here = ""  # the cable is out
    assert not watch.has_network_changed(104.0)
    world.here = "10.7.7.7"  # another network
    assert watch.has_network_changed(106.0)
    assert not watch.has_network_changed(108.0)


def test_a_machine_that_slept_registers_at_once(world: _World) -> None:
    watch = Keepalive()
    watch.found(PBX, 100.0)
    world.wall += 0.01
    assert not watch.has_network_changed(100.01)
    world.wall += 3600.0
    assert watch.has_network_changed(100.02)
    assert not watch.has_network_changed(100.03)


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (0, ""),
        (0x2, "tls_untrusted"),
        (0x1 | 0x40000000, "tls_untrusted"),
        (0x4, "tls_expired"),
        (0x4 | 0x40000000, "tls_expired"),
        (0x40000000, "tls_name"),
        (0x40, "tls_failed"),
        (-0x80000000, "tls_failed"),
    ],
)
def test_why_a_certificate_is_refused(flags: int, code: str) -> None:
    assert tls_code(flags) == code
