"""The table of commands: unique keys, Cyrillic twins, and how a window runs them."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.views.look import icon
from agent_desktop.views.shell.commands import TABLE, Commands, Scope, shown_key, twin

F_KEYS = {f"F{n}" for n in range(1, 13)}


def last_key(key: str) -> str:
    return key.rpartition("+")[2]


def test_no_key_means_two_things():
    keys = Counter(key for command in TABLE for key in (*command.keys, *map(twin, command.keys)))
    del keys[""]
    assert [key for key, times in keys.items() if times > 1] == []


def test_ids_are_unique_and_icons_shipped():
    assert len({command.id for command in TABLE}) == len(TABLE)
    assert {command.icon for command in TABLE} <= set(icon.names())


def test_telephony_has_f_keys_only():
    for command in TABLE:
        if command.scope is Scope.CALL:
            assert {last_key(key) for key in command.keys} <= F_KEYS, command.id
            assert not command.repeats


def test_forbidden_keys_are_not_used():
    for command in TABLE:
        for key in command.keys:
            assert "Ctrl+Alt" not in key
            assert key not in {"F3", "F4", "F10", "Alt+F4"}
            assert not QKeySequence(key).isEmpty(), key
            assert "+" in key or last_key(key) in F_KEYS, "no bare letters"


def test_twins_lie_on_the_same_place():
    assert twin("Ctrl+K") == "Ctrl+Л"
    assert twin("Ctrl+Shift+T") == "Ctrl+Shift+Е"
    assert twin("F9") == ""
    assert twin("Alt+1") == ""


def test_keys_are_shown_short(qapp: object):
    assert shown_key("Shift+F9") == "⇧F9"
    assert shown_key("Ctrl+Return") == "Ctrl+Enter"


def window_with(qtbot: QtBot) -> tuple[QWidget, Commands, list[str]]:
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(QPushButton("here", window))
    qtbot.addWidget(window)
    commands, done = Commands(window), []
    commands.ran.connect(done.append)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window, commands, done


def test_a_command_without_a_slot_is_off(qtbot: QtBot):
    _window, commands, done = window_with(qtbot)
    commands.run("call.answer")
    assert done == []
    assert not commands.action("call.answer").isEnabled()


def test_a_key_runs_its_command_and_its_cyrillic_twin_too(qtbot: QtBot):
    window, commands, done = window_with(qtbot)
    commands.on("go.palette", lambda: None)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert done == ["go.palette"]
    keys = next(
        one.keys() for one in window.findChildren(QShortcut) if "Ctrl+K" in one.key().toString()
    )
    assert [key.toString() for key in keys] == ["Ctrl+K", "Ctrl+Л"]


def test_shift_f9_never_answers(qtbot: QtBot):
    window, commands, done = window_with(qtbot)
    for command_id in ("call.answer", "call.decline", "call.hang_up"):
        commands.on(command_id, lambda: None)
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert done == ["call.decline", "call.hang_up", "call.answer"]


def test_the_page_in_front_carries_out_its_commands(qtbot: QtBot):
    _window, commands, _done = window_with(qtbot)
    first, second = [], []
    commands.route({"ticket.new": lambda: first.append(1)})
    commands.run("ticket.new")
    commands.route({"order.new": lambda: second.append(1)})
    commands.run("ticket.new")
    commands.run("order.new")
    assert (first, second) == ([1], [1])
    with pytest.raises(KeyError):
        commands.route({"unknown.id": lambda: None})


def test_why_a_command_is_off(qtbot: QtBot):
    _window, commands, done = window_with(qtbot)
    commands.on("call.hold", lambda: None)
    commands.set_enabled("call.hold", False, "No call")
    commands.run("call.hold")
    assert (done, commands.why_off("call.hold")) == ([], "No call")
    commands.set_enabled("call.hold", True)
    commands.run("call.hold")
    assert done == ["call.hold"]
