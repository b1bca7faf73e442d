"""The one table of commands: what can be done by a key, from the palette, or by a button.

Palette, tooltips, help and tests read `TABLE`. A key of a letter has a Cyrillic twin, the
letter on the same place of a Russian keyboard: with Russian as the only layout Qt knows no
`Ctrl+K`. Telephony has F-keys only, which work on every layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from agent_desktop.views.kind_views import FORMS_OF_ACCOUNT
from agent_desktop.views.kit import kind_view


class Scope(Enum):
    """Where a command is at home: the telephone, the frame, or the page in front."""

    CALL = "call"
    FRAME = "frame"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done. `keys` are portable key names, the first is shown; `repeats`
    tells whether holding the key does it again; `listed` puts it into the palette."""

    id: str
    text: str
    icon: str
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.FRAME
    repeats: bool = False
    listed: bool = True
    context: str = "Commands"

    @property
    def words(self) -> str:
        """What it does, in the person's language."""
        return QCoreApplication.translate(self.context, self.text)

    @property
    def key(self) -> str:
        """The key as it is shown; empty without one."""
        return shown_key(self.keys[0]) if self.keys else ""


def _call(id_: str, text: object, icon: str, *keys: str, listed: bool = True) -> Command:
    return Command(id_, str(text), icon, keys, Scope.CALL, listed=listed)


def _frame(id_: str, text: object, icon: str, *keys: str, listed: bool = True) -> Command:
    return Command(id_, str(text), icon, keys, Scope.FRAME, listed=listed)


def _page(id_: str, text: object, icon: str, *keys: str, listed: bool = True) -> Command:
    return Command(id_, str(text), icon, keys, Scope.PAGE, listed=listed)


TABLE: tuple[Command, ...] = (
    # telephone
    _call("call.answer", QT_TRANSLATE_NOOP("Commands", "Answer"), "phone", "F9"),
    _call("call.decline", QT_TRANSLATE_NOOP("Commands", "Decline call"), "phone-off", "Shift+F9"),
    _call("call.hang_up", QT_TRANSLATE_NOOP("Commands", "Hang up"), "phone-off", "Ctrl+F9"),
    _call("call.hold", QT_TRANSLATE_NOOP("Commands", "Hold or resume"), "pause", "F8"),
    _call("call.mute", QT_TRANSLATE_NOOP("Commands", "Mute or unmute"), "mic-off", "F7"),
    _call("call.keypad", QT_TRANSLATE_NOOP("Commands", "Dialpad"), "grid-3x3", "Shift+F7"),
    _call(
        "call.dial_anyway",
        QT_TRANSLATE_NOOP("Commands", "Call anyway"),
        "phone-outgoing",
        "Ctrl+F6",
    ),
    _call("call.dial_not", QT_TRANSLATE_NOOP("Commands", "Do not call"), "ban", "Ctrl+Shift+F6"),
    _call("call.redial", QT_TRANSLATE_NOOP("Commands", "Redial"), "rotate-ccw", "Ctrl+F7"),
    _call(
        "call.go_back",
        QT_TRANSLATE_NOOP("Commands", "Back to the customer"),
        "undo-2",
        "Ctrl+Shift+F7",
    ),
    _call(
        "call.transfer", QT_TRANSLATE_NOOP("Commands", "Transfer"), "phone-forwarded", "Shift+F8"
    ),
    _call("call.conference", QT_TRANSLATE_NOOP("Commands", "Conference"), "users", "Ctrl+F8"),
    _call(
        "call.swap",
        QT_TRANSLATE_NOOP("Commands", "Swap calls"),
        "arrow-left-right",
        "Ctrl+Shift+F8",
    ),
    _call("call.drop", QT_TRANSLATE_NOOP("Commands", "Drop the last one"), "user-x", "Ctrl+F11"),
    _call(
        "call.leave",
        QT_TRANSLATE_NOOP("Commands", "Leave the conference"),
        "log-out",
        "Ctrl+Shift+F11",
    ),
    _call(
        "call.back", QT_TRANSLATE_NOOP("Commands", "Call back"), "phone-outgoing", "Ctrl+Shift+F9"
    ),
    _call("call.voicemail", QT_TRANSLATE_NOOP("Commands", "Voicemail"), "voicemail", "Shift+F11"),
    _call(
        "call.decline_menu",
        QT_TRANSLATE_NOOP("Commands", "Decline with a reason"),
        "chevron-down",
        listed=False,
    ),
    _call(
        "call.decline_unavailable",
        QT_TRANSLATE_NOOP("Commands", "Decline: not available"),
        "phone-off",
    ),
    _call(
        "call.decline_refuse",
        QT_TRANSLATE_NOOP("Commands", "Decline: do not want it"),
        "ban",
    ),
    _call("call.retry", QT_TRANSLATE_NOOP("Commands", "Connect the line again"), "refresh-cw"),
    _call("call.dial", QT_TRANSLATE_NOOP("Commands", "Dial"), "phone", listed=False),
    _call("wrap_up.finish", QT_TRANSLATE_NOOP("Commands", "Finish wrap-up"), "check", "F12"),
    _call("wrap_up.more", QT_TRANSLATE_NOOP("Commands", "30 s more"), "timer", "Ctrl+F12"),
    _call(
        "wrap_up.reason",
        QT_TRANSLATE_NOOP("Commands", "Reason of the contact"),
        "tag",
        "Ctrl+Shift+F12",
    ),
    _call("agent.menu", QT_TRANSLATE_NOOP("Commands", "Agent state"), "headset", "Shift+F12"),
    _call("agent.ready", QT_TRANSLATE_NOOP("Commands", "Available"), "circle-check"),
    # frame
    _frame("go.palette", QT_TRANSLATE_NOOP("Commands", "Search or command"), "search", "Ctrl+K"),
    _frame("go.dial", QT_TRANSLATE_NOOP("Commands", "Dial field"), "phone", "Ctrl+D"),
    _frame("go.back", QT_TRANSLATE_NOOP("Commands", "Back"), "chevron-left", "Alt+Left"),
    _frame("go.forward", QT_TRANSLATE_NOOP("Commands", "Forward"), "chevron-right", "Alt+Right"),
    _frame(
        "go.navigation",
        QT_TRANSLATE_NOOP("Commands", "Fold navigation"),
        "panel-left-close",
        "Ctrl+B",
    ),
    _frame(
        "go.next_session",
        QT_TRANSLATE_NOOP("Commands", "Next open interaction"),
        "users",
        "Ctrl+Tab",
    ),
    _frame(
        "go.next_pane",
        QT_TRANSLATE_NOOP("Commands", "Next pane"),
        "layout-dashboard",
        "F6",
        listed=False,
    ),
    _frame(
        "go.previous_pane",
        QT_TRANSLATE_NOOP("Commands", "Previous pane"),
        "layout-dashboard",
        "Shift+F6",
        listed=False,
    ),
    _frame("go.home", QT_TRANSLATE_NOOP("Commands", "Home"), "house", "Alt+1"),
    _frame(
        "go.identify", QT_TRANSLATE_NOOP("Commands", "Identify account"), "scan-search", "Alt+2"
    ),
    _frame("go.worklist", QT_TRANSLATE_NOOP("Commands", "Worklist"), "list-checks", "Alt+3"),
    _frame("go.calls", QT_TRANSLATE_NOOP("Commands", "Calls"), "phone-call", "Alt+4"),
    _frame("go.phone", QT_TRANSLATE_NOOP("Commands", "Phone and sound"), "headset"),
    _frame("go.known", QT_TRANSLATE_NOOP("Commands", "What this PC knows"), "database"),
    _frame("go.demo", QT_TRANSLATE_NOOP("Commands", "Demo customer"), "play", "Alt+9"),
    _frame("undo", QT_TRANSLATE_NOOP("Commands", "Undo"), "undo-2", "Ctrl+Z", listed=False),
    _frame(
        "copy.protocol", QT_TRANSLATE_NOOP("Commands", "Copy protocol number"), "copy", "Ctrl+L"
    ),
    _frame("help.keys", QT_TRANSLATE_NOOP("Commands", "All keys"), "keyboard", "Shift+F1", "F1"),
    _frame("look.system", QT_TRANSLATE_NOOP("Commands", "Theme: as the system"), "monitor"),
    _frame("look.light", QT_TRANSLATE_NOOP("Commands", "Theme: light"), "sun"),
    _frame("look.dark", QT_TRANSLATE_NOOP("Commands", "Theme: dark"), "moon"),
    _frame("look.larger", QT_TRANSLATE_NOOP("Commands", "Larger text"), "type", "Ctrl++", "Ctrl+="),
    _frame("look.smaller", QT_TRANSLATE_NOOP("Commands", "Smaller text"), "type", "Ctrl+-"),
    _frame("screen.lock", QT_TRANSLATE_NOOP("Commands", "Lock"), "lock", "Ctrl+Shift+L"),
    _frame("password.change", QT_TRANSLATE_NOOP("Commands", "Change password"), "key"),
    _frame("sign.out", QT_TRANSLATE_NOOP("Commands", "Log off"), "log-out"),
    # records: carried out by the page in front
    _page("ticket.new", QT_TRANSLATE_NOOP("Commands", "New ticket"), "ticket", "Ctrl+Shift+T"),
    _page(
        "order.new", QT_TRANSLATE_NOOP("Commands", "New service order"), "wrench", "Ctrl+Shift+O"
    ),
    _page(
        "notes.focus", QT_TRANSLATE_NOOP("Commands", "Call notes"), "notebook-pen", "Ctrl+Shift+N"
    ),
    _page("account.new", QT_TRANSLATE_NOOP("Commands", "New account"), "user-plus"),
    _page("account.open", QT_TRANSLATE_NOOP("Commands", "Open account"), "user-round", "Ctrl+O"),
    _page(
        "account.do_not_call",
        QT_TRANSLATE_NOOP("Commands", "Do not call, or call again"),
        "ban",
    ),
    _page("account.edit", QT_TRANSLATE_NOOP("Commands", "Edit account"), "pencil", "F2"),
    _page(
        "form.send",
        QT_TRANSLATE_NOOP("Commands", "Send or confirm"),
        "send",
        "Ctrl+Return",
        "Ctrl+Enter",
    ),
    _page(
        "form.resolve",
        QT_TRANSLATE_NOOP("Commands", "Resolve ticket or confirm order"),
        "check",
        "Ctrl+Shift+Return",
        "Ctrl+Shift+Enter",
    ),
    _page("form.save", QT_TRANSLATE_NOOP("Commands", "Save now"), "save", "Ctrl+S"),
    _page("page.refresh", QT_TRANSLATE_NOOP("Commands", "Refresh"), "refresh-cw", "F5"),
    _page("page.find", QT_TRANSLATE_NOOP("Commands", "Find in list"), "search", "Ctrl+F"),
    _page(
        "ticket.escalate",
        QT_TRANSLATE_NOOP("Commands", "Escalate"),
        "arrow-up-right",
        "Ctrl+Shift+E",
    ),
    _page("interaction.move", QT_TRANSLATE_NOOP("Commands", "Move to another account"), "users"),
    *(
        Command(
            f"tab.{n}",
            str(QT_TRANSLATE_NOOP("Commands", "Tab")),
            "bookmark",
            (f"Ctrl+{n}",),
            Scope.PAGE,
            listed=False,
        )
        for n in range(1, 10)
    ),
)

#: The forms of the kinds of records that have no key of their own.
TABLE += tuple(
    Command(view.new_command, str(view.new), view.icon, (), Scope.PAGE, context=kind_view.CONTEXT)
    for view in FORMS_OF_ACCOUNT
    if view.new_command not in {command.id for command in TABLE}
)

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_TWINS = dict(zip(_LATIN, _CYRILLIC, strict=True))


def twin(key: str) -> str:
    """The same key under a Russian layout (`Ctrl+K` -> `Ctrl+Л`); empty if it needs none."""
    modifiers, _, last = key.rpartition("+")
    other = _TWINS.get(last.lower()) if modifiers else None
    return f"{modifiers}+{other.upper()}" if other else ""


def shown_key(key: str) -> str:
    """A key as people read it: `⇧F9`, `Ctrl+Enter`."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    text = text.replace("Return", "Enter")
    return text.replace("Shift+", "⇧") if text.startswith("Shift+F") else text


class Commands(QObject):
    """The commands of one window as actions with their keys.

    `on` joins a command with what it does; `route` gives the page in front the page's commands.
    A command without somebody to carry it out is disabled. `ran` tells each id that was run.
    """

    ran = Signal(str)
    changed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._shortcuts: dict[str, QShortcut] = {}
        self._slots: dict[str, Callable[[], None]] = {}
        self._of_page: dict[str, Callable[[], None]] = {}
        self._off: dict[str, str] = {}
        self._only: frozenset[str] | None = None
        for command in TABLE:
            self._make(command)

    def command(self, command_id: str) -> Command:
        """The row of the table; `KeyError` for an unknown id."""
        return _BY_ID[command_id]

    def action(self, command_id: str) -> QAction:
        """The action: trigger it, put it into a menu, or watch whether it is enabled."""
        return self._actions[command_id]

    def on(self, command_id: str, slot: Callable[[], None]) -> None:
        """Carry out a command with `slot`; a later slot takes the place of an earlier one."""
        self._slots[_BY_ID[command_id].id] = slot
        self._refresh(command_id)

    def route(self, slots: Mapping[str, Callable[[], None]]) -> None:
        """The page in front carries out these commands and no others of the page before;
        `KeyError` for an id that is not in the table."""
        before, self._of_page = self._of_page, {_BY_ID[key].id: slots[key] for key in slots}
        for command_id in before.keys() ^ self._of_page.keys():
            self._refresh(command_id)

    def set_enabled(self, command_id: str, enabled: bool, why: str = "") -> None:
        """Allow a command or not; `why` is shown where it cannot be used."""
        if enabled == (command_id not in self._off) and why == self.why_off(command_id):
            return
        if enabled:
            self._off.pop(command_id, None)
        else:
            self._off[command_id] = why
        self._refresh(command_id)

    def restrict(self, only: frozenset[str] | None) -> None:
        """While the screen is locked only these can be run; None takes it back."""
        self._only = only
        for command in TABLE:
            self._refresh(command.id)

    def is_known(self, command_id: str) -> bool:
        """Whether somebody carries it out, be it allowed now or not."""
        return command_id in self._slots or command_id in self._of_page

    def why_off(self, command_id: str) -> str:
        """Why it cannot be used now; empty if it can or nobody said why."""
        return self._off.get(command_id, "")

    def run(self, command_id: str) -> None:
        """Do it, if it is allowed now."""
        action = self._actions[command_id]
        if action.isEnabled():
            action.trigger()

    def listed(self) -> tuple[Command, ...]:
        """What the palette offers now."""
        return tuple(c for c in TABLE if c.listed and self._actions[c.id].isEnabled())

    def _make(self, command: Command) -> None:
        action = QAction(command.words, self)
        action.setObjectName(command.id)
        action.setEnabled(False)
        action.triggered.connect(lambda: self._do(command.id))
        self._actions[command.id] = action
        if not command.keys:
            return
        twins = [other for key in command.keys if (other := twin(key))]
        shortcut = QShortcut(self._window)
        shortcut.setKeys([QKeySequence(key) for key in (*command.keys, *twins)])
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(command.repeats)
        # A key that fits two layouts is told as ambiguous although both mean this command.
        shortcut.activated.connect(action.trigger)
        shortcut.activatedAmbiguously.connect(action.trigger)
        shortcut.setEnabled(False)
        self._shortcuts[command.id] = shortcut

    def _refresh(self, command_id: str) -> None:
        known = command_id in self._of_page or command_id in self._slots
        open_ = self._only is None or command_id in self._only
        enabled = known and open_ and command_id not in self._off
        self._actions[command_id].setEnabled(enabled)
        if command_id in self._shortcuts:
            self._shortcuts[command_id].setEnabled(enabled)
        self.changed.emit(command_id)

    def _do(self, command_id: str) -> None:
        slot = self._of_page.get(command_id) or self._slots.get(command_id)
        if slot is not None:
            self.ran.emit(command_id)
            slot()


_BY_ID = {command.id: command for command in TABLE}
