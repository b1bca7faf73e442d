"""Lucide icons in the colours of the theme, sharp at every scale.

The SVG reader is imported with the first icon: the sign-in page must be painted before.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Tone

_FOLDER = theme.RESOURCES / "icons"
_pixmaps: dict[tuple[str, int, float, float], QPixmap] = {}
#: Two schemes in three sizes of all icons stay far below this.
_MOST_PIXMAPS = 2_000


@cache
def _source(name: str) -> str:
    """The SVG text of an icon; `FileNotFoundError` for one that is not vendored."""
    return (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def _stroke(size: float) -> float:
    """Stroke width on the 24 grid: thinner lines where the icon is large enough for them."""
    return 2.0 if size <= 16 else 1.75


def pixmap(name: str, colour: QColor, size: float = 18, ratio: float = 1.0) -> QPixmap:
    """One icon as a pixmap of `size` logical pixels for a screen of this device pixel ratio."""
    key = (name, colour.rgba(), size, ratio)
    found = _pixmaps.get(key)
    if found is None:
        if len(_pixmaps) > _MOST_PIXMAPS:
            _pixmaps.clear()
        found = _pixmaps[key] = _render(name, colour, size, ratio)
    return found


def _render(name: str, colour: QColor, size: float, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    text = _source(name).replace("currentColor", colour.name())
    text = text.replace('stroke-width="2"', f'stroke-width="{_stroke(size)}"')
    side = max(1, round(size * ratio))  # a part that is still being laid out may be flat
    made = QPixmap(QSize(side, side))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(text.encode())).render(painter)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def paint(
    painter: QPainter, name: str, colour: QColor, x: float, y: float, size: float = 18
) -> None:
    """Draw an icon with its upper left corner at (x, y)."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(QRectF(x, y, size, size).topLeft(), pixmap(name, colour, size, ratio))


def icon(name: str, tone: Tone = Tone.TEXT2, size: float = 18) -> QIcon:
    """An icon for what only takes a QIcon (menus, tabs); make it anew after a theme change."""
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio()
    made = QIcon(pixmap(name, theme.color(tone), size, ratio))
    made.addPixmap(pixmap(name, theme.color(Tone.TEXT3), size, ratio), QIcon.Mode.Disabled)
    return made


def names() -> tuple[str, ...]:
    """All icons that are shipped."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.svg")))
