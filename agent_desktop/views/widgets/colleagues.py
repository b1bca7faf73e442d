"""Who else is at a record: small faces and one line, in a place that is free without them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Avatar, IconLabel
from agent_desktop.views.widgets.text import Text

#: Faces; whoever is not among them is in the words.
MOST_FACES = 3
FACE = 20
WIDEST = 360


class ColleaguesHere(QWidget):
    """Initials and names of colleagues. It takes no focus and never grows the row it stands in."""

    def __init__(self, parent: QWidget, *, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._faces = QHBoxLayout()
        self._faces.setSpacing(theme.px(3))
        self._words = Text("", Role.SMALL, Tone.TEXT2, self, elide=True, name=f"{name}.text")
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words.setMaximumWidth(theme.px(WIDEST))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(6))
        line.addStretch(1)
        line.addLayout(self._faces)
        line.addWidget(self._words)
        # The place of the faces is kept free; the words have what the row leaves over.
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Room for the faces in the zoom in force."""
        self.setMinimumWidth(theme.px(MOST_FACES * (FACE + 3)))

    def show_names(self, names: tuple[str, ...], words: str) -> None:
        """Show these colleagues; `words` tell who they are and what they do."""
        self.setVisible(bool(names))
        self.setAccessibleName(words)
        self._words.say(words)
        self._fill(names[:MOST_FACES])

    @refills("_faces")
    def _fill(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._faces.addWidget(Avatar(name, Tone.VIOLET, FACE, self))


class TypistMark(QWidget):
    """A pencil and who types, above a field at its right; as high as the label beside it."""

    def __init__(self, parent: QWidget, *, name: str) -> None:
        super().__init__(parent)
        self._words = Text("", Role.CAP, Tone.VIOLET, self, elide=True, name=name)
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(4))
        line.addWidget(IconLabel("pencil", Tone.VIOLET, 12, self))
        line.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def say(self, words: str) -> None:
        """Who types; nothing hides the mark."""
        self._words.say(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
