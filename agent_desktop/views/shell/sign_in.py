"""The sign-in page: one calm sheet in the frame, painted before anything heavy is imported.

It only collects: `sign_in_requested(SignInRequest)` carries what was typed; the answer comes
back through `show_failure` or the page goes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from agent_desktop.settings import PRODUCT
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.new_password import NewPassword, PasswordField
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text

LANGUAGES = (("en", "English"), ("pt_BR", "Português (Brasil)"), ("ru", "Русский"))
WIDTH = 404


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What was typed. `offline` asks to work with what this computer knows, `without_old` to go
    on although the old password is lost, `new_password` to change it before anything else."""

    server: str
    user: str
    password: str = field(repr=False)
    remember: bool = False
    offline: bool = False
    old_password: str = field(default="", repr=False)
    without_old: bool = False
    new_password: str = field(default="", repr=False)

    def with_new_password(self) -> SignInRequest:
        """The same once the centre has taken the new one."""
        return replace(self, password=self.new_password, new_password="")


#: What the centre says when the files here are locked with an older password.
OLD_PASSWORD = ("old_password_needed", "old_password_wrong")


class CentreState(Enum):
    """What the server's probe found."""

    UNKNOWN = "unknown"
    CHECKING = "checking"
    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"


class SignIn(QWidget):
    """Server with its state, user, password, remember me, language, and a plain sentence when
    something is wrong. `server_edited(text)` asks for the server's state; `is_busy` while the
    sign-in runs."""

    sign_in_requested = Signal(object)
    language_chosen = Signal(str)
    server_edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in")
        self.setWindowTitle(PRODUCT)
        self._centre = CentreState.UNKNOWN
        self.is_busy = False
        self._card = Panel(self, radius=11)
        self._card.setFixedWidth(theme.px(WIDTH))
        self._make_fields()
        self._make_buttons()
        self._lay_out()
        self._join()
        self.show_centre(CentreState.UNKNOWN)

    # -- what is shown ----------------------------------------------------------------------
    def fill(
        self, server: str, user: str = "", *, remember: bool = False, password: str = ""
    ) -> None:
        """What is known from the last time; the caret goes to the first empty field."""
        self.server.set_value(server)
        self.user.set_value(user)
        self.password.set_value(password)
        self.remember.setChecked(remember)
        self.focus_first_empty()

    def focus_first_empty(self) -> None:
        """Put the caret where something is missing; with all there, on the password."""
        empty = (part for part in (self.server, self.user) if not part.value())
        next(empty, self.password).setFocus()

    def show_centre(self, state: CentreState, words: str = "") -> None:
        """The state of the centre beside the server's field."""
        self._centre = state
        text, icon_name, tone = {
            CentreState.UNKNOWN: ("", "database", Tone.TEXT3),
            CentreState.CHECKING: (self.tr("looking for the server"), "refresh-cw", Tone.TEXT3),
            CentreState.REACHABLE: (self.tr("server answers"), "cloud-check", Tone.OK),
            CentreState.UNREACHABLE: (self.tr("server does not answer"), "cloud-off", Tone.WARN),
        }[state]
        self._centre_icon.set(icon_name, tone)
        self._centre_words.set_tone(tone)
        self._centre_words.say(words or text)

    def offer_offline(self, possible: bool) -> None:
        """Show "Work offline": the lease still runs and this agent signed in here before."""
        self.offline.setVisible(possible)

    def show_failure(self, code: str, **details: object) -> None:
        """Say what is wrong in one plain sentence; an empty code takes it away."""
        self.set_busy(False)
        from agent_desktop.views.words import wording  # not needed for the first paint

        words = wording.sign_in_failure(code) if code else ""
        self._problem.show_words(words)
        self._ask_old_password(code in OLD_PASSWORD)
        self._ask_new_password(code == "password_ended", details.get("length"))
        if code == "wrong_password":
            self.password.line.selectAll()
            self.password.setFocus()

    def _ask_old_password(self, wanted: bool) -> None:
        if not wanted:
            self.old_password.set_value("")
        self.old_password.setVisible(wanted)
        self.without_old.setVisible(wanted)
        if wanted:
            self.old_password.setFocus()

    def show_refusal(self, reasons: Mapping[str, str], **details: object) -> None:
        """Say at the fields what is wrong with a new password, or with the present one."""
        self.set_busy(False)
        self._ask_new_password(True, None)
        if "current" in reasons:
            self.show_failure("wrong_password")
            return
        self.new_password.show_wrong(reasons, **details)
        self.new_password.new.setFocus()

    def take_new_password(self) -> None:
        """The centre has taken it: from now on it is the password."""
        self.password.set_value(self.new_password.new.value())
        self._ask_new_password(False, None)

    def _ask_new_password(self, wanted: bool, length: object) -> None:
        if isinstance(length, int):
            self.new_password.set_length(length)
        self.new_password.setVisible(wanted)
        self._name_button()
        if wanted:
            self.new_password.new.setFocus()

    def _name_button(self, words: str = "") -> None:
        asks = self.new_password.isVisibleTo(self._card)
        idle = self.tr("Change and sign in") if asks else self.tr("Sign in")
        self.button.set_words((words or self.tr("Signing in…")) if self.is_busy else idle)

    def failure(self) -> str:
        """The sentence shown now."""
        return self._problem.words.text()

    def set_busy(self, busy: bool, words: str = "") -> None:
        """While the sign-in runs nothing can be changed, and the button says what happens."""
        self.is_busy = busy
        for part in self._parts():
            part.setEnabled(not busy)
        self.button.setEnabled(not busy)
        self._name_button(words)

    def _parts(self) -> tuple[QWidget, ...]:
        fields = (self.server, self.user, self.password, self.old_password, self.new_password)
        return (*fields, self.remember, self.offline, self.without_old)

    def set_language(self, code: str) -> None:
        """The language in force."""
        self.language.set_value(code)

    # -- making -----------------------------------------------------------------------------
    def _make_fields(self) -> None:
        card, host = self._card, self.tr("host")
        self.server = Field(self.tr("Server"), card, name="sign_in.server", placeholder=host)
        self.user = Field(self.tr("User"), card, name="sign_in.user")
        self.password = PasswordField(self.tr("Password"), card, name="sign_in.password")
        self.password.line.installEventFilter(self)
        old = self.tr("Old password")
        self.old_password = PasswordField(old, card, name="sign_in.old_password")
        self.old_password.hide()
        self.new_password = NewPassword("sign_in.fresh", card)
        self.new_password.hide()
        self.remember = QCheckBox(self.tr("Remember me on this computer"), card)
        self.remember.setObjectName("sign_in.remember")
        self.remember.setAccessibleName(self.remember.text())
        self.language = Field(self.tr("Language"), card, name="sign_in.language", choices=LANGUAGES)
        self._centre_icon = IconLabel("database", Tone.TEXT3, 15, card)
        self._centre_words = Text("", Role.SMALL, Tone.TEXT3, card, name="sign_in.centre")
        self._caps = Text("", Role.SMALL, Tone.WARN, card, name="sign_in.caps")
        self._caps.hide()
        self._problem = _Problem(card)

    def _make_buttons(self) -> None:
        self.button = Button(
            self.tr("Sign in"), ButtonKind.PRIMARY, self._card, name="sign_in.button", key="Enter"
        )
        self.offline = Button(
            self.tr("Work offline"),
            ButtonKind.SOFT,
            self._card,
            name="sign_in.offline",
            icon_name="cloud-off",
        )
        self.offline.hide()
        words = self.tr("Go on without it")
        self.without_old = Button(words, ButtonKind.SOFT, self._card, name="sign_in.without_old")
        self.without_old.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._card)
        column.setContentsMargins(theme.px(26), theme.px(22), theme.px(26), theme.px(22))
        column.setSpacing(theme.px(10))
        column.addWidget(Text(self.tr("Sign in"), Role.H1, parent=self._card))
        state = QHBoxLayout()
        state.setSpacing(theme.px(6))
        state.addWidget(self._centre_icon)
        state.addWidget(self._centre_words)
        state.addStretch()
        column.addWidget(self.server)
        column.addLayout(state)
        passwords = (self.password, self.old_password, self.new_password)
        for part in (self.user, *passwords, self._caps, self.remember, self._problem):
            column.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(10))
        buttons.addWidget(self.button)
        buttons.addWidget(self.offline)
        buttons.addWidget(self.without_old)
        buttons.addStretch()
        column.addLayout(buttons)
        column.addWidget(self.language)
        page = QVBoxLayout(self)
        page.setContentsMargins(theme.px(16), theme.px(58), theme.px(16), theme.px(16))
        page.addStretch(2)
        page.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(3)

    def _join(self) -> None:
        self.button.clicked.connect(lambda: self._request(offline=False))
        self.offline.clicked.connect(lambda: self._request(offline=True))
        self.without_old.clicked.connect(lambda: self._request(offline=False, without_old=True))
        self.server.edited.connect(self.server_edited)
        self.language.edited.connect(self.language_chosen)
        for part in (self.server, self.user, self.password, self.old_password):
            part.edited.connect(lambda _text: self._problem.show_words(""))
            edit = part.editor
            if isinstance(edit, QLineEdit):
                edit.returnPressed.connect(lambda: self._request(offline=False))
        self.new_password.entered.connect(lambda: self._request(offline=False))
        for part in (self.server, self.user):
            part.edited.connect(lambda _text: self._ask_new_password(False, None))

    # -- doing ------------------------------------------------------------------------------
    def _request(self, *, offline: bool, without_old: bool = False) -> None:
        missing = [part for part in (self.server, self.user, self.password) if not part.value()]
        if self.is_busy:
            return
        if missing:
            missing[0].setFocus()
            self._problem.show_words(self.tr("Please fill in server, user and password."))
            return
        fresh = ""
        if self.new_password.isVisible():
            fresh = self.new_password.value()
            if not fresh:
                return
        self.set_busy(True)
        self.sign_in_requested.emit(
            SignInRequest(
                self.server.value().strip(),
                self.user.value().strip(),
                self.password.value(),
                self.remember.isChecked(),
                offline,
                self.old_password.value(),
                without_old,
                fresh,
            )
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A capital without Shift, or a small letter with it: Caps Lock is on."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            typed = event.text()
            if typed.isalpha():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                caps = typed.isupper() != shift and typed.lower() != typed.upper()
                self._caps.say(self.tr("Caps Lock is on") if caps else "")
                self._caps.setVisible(caps)
        return bool(super().eventFilter(watched, event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        _paint_frame(self)


def _paint_frame(page: QWidget) -> None:
    """The frame, and the mark at its place in the header."""
    painter = QPainter(page)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    made = theme.tokens()
    painter.fillRect(page.rect(), made.frame)
    side = theme.px(29)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(made.accent)
    box = QRectF(theme.px(12), theme.px(10), side, side)
    painter.drawRoundedRect(box, 7, 7)
    from agent_desktop.views.look import icon

    size = theme.px(18)
    at = (side - size) / 2
    icon.paint(painter, "headset", made.on_accent, box.left() + at, box.top() + at, size)
    painter.setPen(made.text)
    painter.setFont(theme.font(Role.H3))
    name = QRectF(box.right() + theme.px(9), box.top(), theme.px(200), side)
    painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, PRODUCT)


class _Problem(QWidget):
    """What is wrong, on a soft ground, in whole sentences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = Text("", Role.SMALLB, Tone.BAD, self, wrap=True, name="sign_in.problem")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(8), theme.px(10), theme.px(8))
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel("circle-alert", Tone.BAD, 16, self), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.hide()

    def show_words(self, words: str) -> None:
        self.words.say(words)
        self.words.setFixedHeight(self._height(words))
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    def _height(self, words: str) -> int:
        """As high as the words need in the card: a card that is centred must not depend on
        height-for-width, which Qt computes too small there."""
        policy = self.words.sizePolicy()
        policy.setHeightForWidth(False)
        self.words.setSizePolicy(policy)
        wide = theme.px(WIDTH) - theme.px(2 * 26 + 2 * 10 + 8 + 16) - 2
        room = QRect(0, 0, wide, 1000)
        flags = int(Qt.TextFlag.TextWordWrap)
        return self.words.fontMetrics().boundingRect(room, flags, words).height() + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the soft ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.soft(Tone.BAD))
        painter.drawRoundedRect(QRectF(self.rect()), 7, 7)
