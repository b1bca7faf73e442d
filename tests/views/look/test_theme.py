"""Tokens, contrast, type and icons; and that no view names a colour or makes a label itself."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QApplication

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import DARK, LIGHT, Role, Scheme, Tokens, Tone

VIEWS = Path(theme.__file__).parents[1]
PAIRS = [
    *(("text", ground) for ground in ("frame", "sheet", "surface", "surface2", "hover")),
    *((ink, ground) for ink in ("text2", "text3") for ground in ("surface", "sheet", "frame")),
    *((tone, f"{tone}_soft") for tone in ("ok", "warn", "bad", "violet", "neutral")),
    ("accent_text", "accent_soft"),
    ("accent_text", "surface"),
    ("on_accent", "accent"),
    ("con_text", "con"),
    ("con_text", "con_key"),
    ("con_text2", "con_key"),
    ("on_answer", "answer"),
    ("on_end", "end"),
]
GRAPHICS = ["ok_fill", "warn_fill", "bad_fill", "violet_fill", "neutral_fill", "border_strong"]


@pytest.fixture(autouse=True)
def _light(qapp: QApplication):
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)
    yield
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.2."""

    def part(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = part(colour.redF()), part(colour.greenF()), part(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_can_be_read(tokens: Tokens):
    for ink, ground in PAIRS:
        found = contrast(getattr(tokens, ink), getattr(tokens, ground))
        assert found >= 4.5, f"{ink} on {ground}: {found:.2f}"


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_graphics_can_be_seen(tokens: Tokens):
    for name in GRAPHICS:
        assert contrast(getattr(tokens, name), tokens.surface) >= 3.0, name


def test_every_tone_has_a_text_a_ground_and_a_fill():
    for tone in (Tone.ACCENT, Tone.OK, Tone.WARN, Tone.BAD, Tone.VIOLET, Tone.NEUTRAL):
        assert theme.color(tone).isValid()
        assert theme.soft(tone).isValid()
        assert theme.fill(tone).isValid()


def test_no_view_names_a_colour_in_figures():
    for path in VIEWS.rglob("*.py"):
        if path.name != "tokens.py":
            found = re.findall(r"#[0-9A-Fa-f]{6}\b|QColor\(\s*\d", path.read_text("utf-8"))
            assert not found, f"{path.name}: {found}"
    qss = (theme.RESOURCES / "style.qss").read_text("utf-8")
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", qss)


def test_only_text_makes_labels():
    for path in VIEWS.rglob("*.py"):
        if path.name != "text.py":
            assert "QLabel" not in path.read_text("utf-8"), path.name


def test_no_token_is_left_in_the_style_sheet():
    for tokens in (LIGHT, DARK):
        assert "@" not in theme.style_sheet(tokens)


def test_the_bundled_font_is_used_in_all_its_weights(qapp: QApplication):
    assert theme.load_fonts() == ()
    for role in Role:
        info = QFontInfo(theme.font(role))
        assert (info.family(), info.pixelSize()) == ("Inter", role.value[0])
        assert info.weight() == role.value[1]


def test_cyrillic_and_accents_are_in_the_font(qapp: QApplication):
    raw = QRawFont.fromFont(theme.font(Role.BODY))
    assert all(raw.supportsCharacter(ord(letter)) for letter in "ЖёыіÃçõ›·–−…↑↓⇧№")


def test_tabular_figures_are_equally_wide(qapp: QApplication):
    metrics = QFontMetricsF(theme.font(Role.TIMER, tabular=True))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_the_theme_changes_live(qapp: QApplication):
    theme.apply(qapp, Scheme.DARK)
    assert theme.tokens() is DARK
    assert qapp.palette().window().color() == DARK.sheet
    theme.apply(qapp, Scheme.LIGHT)
    assert qapp.palette().window().color() == LIGHT.sheet


def test_zoom_has_limits(qapp: QApplication):
    theme.apply(qapp, at_zoom=9.0)
    assert theme.zoom() == 1.5
    assert theme.font(Role.BODY).pixelSize() == 20
    theme.apply(qapp, at_zoom=0.1)
    assert theme.zoom() == 0.9


def test_icons_take_the_colour_and_the_scale(qapp: QApplication):
    made = icon.pixmap("phone", theme.color(Tone.BAD), 18, 2.0)
    assert (made.width(), made.devicePixelRatio()) == (36, 2.0)
    image = made.toImage()
    seen = {
        image.pixelColor(x, y).name()
        for x in range(36)
        for y in range(36)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert LIGHT.bad.name() in seen
    assert icon.pixmap("phone", theme.color(Tone.BAD), 18, 2.0).cacheKey() == made.cacheKey()


def test_the_list_of_icons_is_true_and_they_are_licensed():
    folder = theme.RESOURCES / "icons"
    assert tuple((folder / "LIST.txt").read_text("utf-8").split()) == icon.names()
    assert "ISC" in (folder / "LICENSE-Lucide.txt").read_text("utf-8")
    assert "SIL OPEN FONT" in (theme.RESOURCES / "fonts" / "LICENSE-Inter.txt").read_text().upper()


def test_every_icon_named_in_views_is_shipped():
    shipped = set(icon.names())
    named = re.compile(
        r"(?:icon_name=|IconLabel\(|IconButton\(\s*|icon\.paint\(\w+, )\"([a-z0-9-]+)\""
    )
    for path in VIEWS.rglob("*.py"):
        missing = set(named.findall(path.read_text("utf-8"))) - shipped
        assert not missing, f"{path.name}: {missing}"


def test_tokens_are_all_colours():
    assert all(getattr(LIGHT, field.name).isValid() for field in fields(Tokens))
    assert all(getattr(DARK, field.name).isValid() for field in fields(Tokens))
