"""The one label of the program: plain text always, in a role and a tone, elided with a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone


class Text(QLabel):
    """A piece of text. Never rich text: a caller named `<img src=...>` is shown as written.

    `wrap` lets it take several lines; `elide` lets it be narrower than its text, which then
    ends in an ellipsis and stands whole in the tooltip; `tabular` is for figures that tick.
    """

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        tone: Tone = Tone.TEXT,
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        elide: bool = False,
        selectable: bool = False,
        tabular: bool = False,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._role, self._tone, self._tabular, self._elide = role, tone, tabular, elide
        #: Whether the text is wider than the place it has.
        self._cut = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setObjectName(name)
        if wrap:
            self.setMinimumWidth(40)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.restyle()
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text; the same text costs nothing."""
        if text != self.text():
            self.setText(text)
            self._tell_whole()

    def set_tone(self, tone: Tone) -> None:
        """Show the text in another tone."""
        if tone is not self._tone:
            self._tone = tone
            self.restyle()

    def set_role(self, role: Role) -> None:
        """Show the text in another role."""
        if role is not self._role:
            self._role = role
            self.restyle()

    def restyle(self) -> None:
        """Take font and colour from the theme in force."""
        self.setFont(theme.font(self._role, tabular=self._tabular))
        made = QPalette(self.palette())
        made.setColor(QPalette.ColorRole.WindowText, theme.color(self._tone))
        self.setPalette(made)
        self._tell_whole()

    def minimumSizeHint(self) -> QSize:
        """An elided text may shrink to a few letters."""
        hint = super().minimumSizeHint()
        if self._elide:
            hint.setWidth(min(hint.width(), theme.px(24)))
        return hint

    def sizeHint(self) -> QSize:
        """The whole text, with the one pixel that rounding of widths may need."""
        hint = super().sizeHint()
        return hint if self.wordWrap() else QSize(hint.width() + 1, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Know whether the text still fits."""
        super().resizeEvent(event)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, with an ellipsis if it may be cut and does not fit."""
        if not self._cut:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(theme.color(self._tone))
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), int(self.alignment()) | Qt.TextFlag.TextSingleLine, shown)

    def _tell_whole(self) -> None:
        """The tooltip holds what an ellipsis hides; as escaped text, for tooltips guess too."""
        if self._elide:
            wide = theme.text_width(self.text(), self._role, tabular=self._tabular)
            self._cut = wide > self.width()
            if self._cut:
                self.setToolTip(plain_tip(self.text()))
            elif self.toolTip():
                self.setToolTip("")


def plain_tip(text: str) -> str:
    """Text for a tooltip that Qt must not take for rich text."""
    if "<" not in text:
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<span>{escaped}</span>"
