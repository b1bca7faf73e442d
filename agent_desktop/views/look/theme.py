"""The look in names: colours, type, sizes; and how they reach Qt (Fusion, palette, QSS).

Colours in figures stand in `tokens.py` alone. A widget asks while it paints
(`tokens()`, `color(tone)`, `font(role)`, `px(n)`); one that keeps something made from them
(a font, a palette, a fixed height) has a method `restyle()`, which `apply` calls after a
change of scheme or zoom.
"""

from __future__ import annotations

import re
from dataclasses import fields
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from agent_desktop.views.look.tokens import DARK as DARK
from agent_desktop.views.look.tokens import LIGHT as LIGHT
from agent_desktop.views.look.tokens import Tokens as Tokens

_PACKAGE = Path(__file__).resolve().parents[2]
#: Resources lie inside the installed package, or beside it in a checkout.
RESOURCES = next(
    (path for path in (_PACKAGE / "resources", _PACKAGE.parent / "resources") if path.is_dir()),
    _PACKAGE.parent / "resources",
)


class Scheme(Enum):
    """What the person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(Enum):
    """What a colour says. The value is the token of its text."""

    TEXT = "text"
    TEXT2 = "text2"
    TEXT3 = "text3"
    ACCENT = "accent_text"
    ON_ACCENT = "on_accent"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    VIOLET = "violet"
    NEUTRAL = "neutral"
    CON_TEXT = "con_text"
    CON_TEXT2 = "con_text2"
    CON_OK = "con_ok"
    CON_BLUE = "con_blue"
    CON_WARN = "con_warn"
    CON_VIOLET = "con_violet"
    CON_BAD = "con_bad"
    ON_ANSWER = "on_answer"


class Role(Enum):
    """What a text is: pixels at zoom 1, and weight."""

    KPI_L = (44, 650)
    KPI = (30, 650)
    TIMER = (22, 600)
    H1 = (19, 650)
    H2 = (15, 600)
    H3 = (13, 600)
    BODY = (13, 400)
    BODYB = (13, 550)
    SMALL = (12, 400)
    SMALLB = (12, 550)
    CAP = (11, 500)
    CAPB = (11, 650)


class _Look:
    """The scheme and zoom in force; there is one screen, so there is one of it."""

    def __init__(self) -> None:
        self.scheme = Scheme.LIGHT
        self.tokens = LIGHT
        self.zoom = 1.0
        self.motion = True


_look = _Look()


def tokens() -> Tokens:
    """The colours in force."""
    return _look.tokens


def scheme() -> Scheme:
    """What the person chose, which may be to follow the system."""
    return _look.scheme


def zoom() -> float:
    """The person's text zoom, 0.9 to 1.5."""
    return _look.zoom


def may_move() -> bool:
    """False when motion is to be reduced."""
    return _look.motion


def px(size: float) -> int:
    """A length of the design (logical pixels at zoom 1) in the zoom in force."""
    return round(size * _look.zoom)


def color(tone: Tone) -> QColor:
    """The text colour of a tone."""
    found: QColor = getattr(_look.tokens, tone.value)
    return found


_SOFT = {Tone.ACCENT: "accent_soft", Tone.TEXT: "surface2", Tone.TEXT2: "neutral_soft"}
_FILL = {Tone.ACCENT: "accent", Tone.TEXT2: "neutral_fill", Tone.TEXT3: "neutral_fill"}


def soft(tone: Tone) -> QColor:
    """The ground that belongs under a text of this tone."""
    found: QColor = getattr(_look.tokens, _SOFT.get(tone, f"{tone.value}_soft"))
    return found


def fill(tone: Tone) -> QColor:
    """The colour of rings, bars and dots of this tone (3:1 on a surface)."""
    found: QColor = getattr(_look.tokens, _FILL.get(tone, f"{tone.value}_fill"))
    return found


def font(role: Role, *, tabular: bool = False) -> QFont:
    """The font of a role; tabular figures for whatever ticks or stands in a column."""
    return _font(role, tabular, _look.zoom)


@cache
def _font(role: Role, tabular: bool, at_zoom: float) -> QFont:
    size, weight = role.value
    made = QFont("Inter", -1, weight)
    made.setFamilies(["Inter", "Noto Sans", "Segoe UI"])
    made.setPixelSize(round(size * at_zoom))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def text_width(text: str, role: Role, *, tabular: bool = False) -> int:
    """How wide a line of text is, in pixels; the same words are asked for again and again."""
    return _text_width(text, role, tabular, _look.zoom)


@lru_cache(4_000)
def _text_width(text: str, role: Role, tabular: bool, at_zoom: float) -> int:
    return QFontMetrics(_font(role, tabular, at_zoom)).horizontalAdvance(text)


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts once; returns the files that could not be read."""
    files = sorted((RESOURCES / "fonts").glob("Inter-*.ttf"))
    return tuple(str(f) for f in files if QFontDatabase.addApplicationFont(str(f)) < 0)


def apply(
    app: QApplication,
    chosen: Scheme | None = None,
    *,
    at_zoom: float | None = None,
    motion: bool | None = None,
) -> None:
    """Put scheme and zoom in force, at the start or live; what is None stays as it is."""
    load_fonts()
    _look.scheme = chosen or _look.scheme
    _look.zoom = min(1.5, max(0.9, at_zoom or _look.zoom))
    _look.motion = _look.motion if motion is None else motion
    _look.tokens = DARK if _wants_dark(_look.scheme) else LIGHT
    QGuiApplication.styleHints().setColorScheme(_qt_scheme(_look.scheme))
    before, sheet = app.styleSheet(), style_sheet(_look.tokens, _look.zoom)
    if sheet == before:
        return  # in force already; Qt would lay out every widget anew
    if not before:
        app.setStyle("Fusion")
    app.setPalette(palette(_look.tokens))
    app.setFont(font(Role.BODY))
    app.setStyleSheet(sheet)
    restyle(app)


def follow_system(app: QApplication) -> None:
    """Change with the system while the person leaves the choice to it."""
    QGuiApplication.styleHints().colorSchemeChanged.connect(
        lambda _scheme: apply(app) if _look.scheme is Scheme.SYSTEM else None
    )


def restyle(app: QApplication) -> None:
    """Let every widget that keeps something made from tokens make it anew."""
    for widget in app.allWidgets():
        remake = getattr(widget, "restyle", None)
        if remake is not None:
            remake()
        widget.update()


def _wants_dark(chosen: Scheme) -> bool:
    if chosen is not Scheme.SYSTEM:
        return chosen is Scheme.DARK
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _qt_scheme(chosen: Scheme) -> Qt.ColorScheme:
    return {
        Scheme.SYSTEM: Qt.ColorScheme.Unknown,
        Scheme.LIGHT: Qt.ColorScheme.Light,
        Scheme.DARK: Qt.ColorScheme.Dark,
    }[chosen]


def palette(of: Tokens) -> QPalette:
    """The tokens as Qt's roles, so that every stock widget already fits."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, colour in {
        role.Window: of.sheet,
        role.WindowText: of.text,
        role.Base: of.surface,
        role.AlternateBase: of.surface2,
        role.Text: of.text,
        role.PlaceholderText: of.text3,
        role.Button: of.surface,
        role.ButtonText: of.text,
        role.ToolTipBase: of.con,
        role.ToolTipText: of.con_text,
        role.Highlight: of.selected,
        role.HighlightedText: of.text,
        role.Accent: of.accent,
        role.Link: of.accent_text,
        role.LinkVisited: of.accent_text,
        role.BrightText: of.on_accent,
        role.Light: of.surface,
        role.Midlight: of.surface2,
        role.Mid: of.border,
        role.Dark: of.border_strong,
        role.Shadow: of.shadow,
    }.items():
        made.setColor(where, colour)
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, of.text3)
    return made


@cache
def _style_source() -> str:
    return (RESOURCES / "style.qss").read_text(encoding="utf-8")


def style_sheet(of: Tokens, at_zoom: float = 1.0) -> str:
    """The shapes of stock widgets: `@token` becomes its colour, `12z` 12 px at this zoom."""
    names = {field.name: _qss_color(getattr(of, field.name)) for field in fields(of)}
    names["icons"] = (RESOURCES / "icons").as_posix()
    coloured = re.sub(r"@([a-z0-9_]+)", lambda found: names[found.group(1)], _style_source())
    return re.sub(r"\b(\d+)z\b", lambda found: f"{round(int(found[1]) * at_zoom)}px", coloured)


def _qss_color(colour: QColor) -> str:
    return f"rgba({colour.red()},{colour.green()},{colour.blue()},{colour.alpha()})"
