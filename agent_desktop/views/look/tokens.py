"""Every colour of the program, named, for the light and the dark scheme (design 6).

This is the only module that writes colours in figures; views ask `theme` for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour the program knows, by its meaning. Pairs keep WCAG AA in both schemes."""

    frame: QColor
    sheet: QColor
    surface: QColor
    surface2: QColor
    hover: QColor
    selected: QColor
    border: QColor
    border_strong: QColor
    text: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    accent_hover: QColor
    on_accent: QColor
    accent_text: QColor
    accent_soft: QColor
    focus: QColor
    ok: QColor
    ok_soft: QColor
    ok_fill: QColor
    warn: QColor
    warn_soft: QColor
    warn_fill: QColor
    bad: QColor
    bad_soft: QColor
    bad_fill: QColor
    violet: QColor
    violet_soft: QColor
    violet_fill: QColor
    neutral: QColor
    neutral_soft: QColor
    neutral_fill: QColor
    con: QColor
    con_key: QColor
    con_key_hover: QColor
    con_line: QColor
    con_text: QColor
    con_text2: QColor
    con_ok: QColor
    con_blue: QColor
    con_warn: QColor
    con_violet: QColor
    con_bad: QColor
    answer: QColor
    on_answer: QColor
    end: QColor
    on_end: QColor
    scrim: QColor
    shadow: QColor


def _named(rows: str) -> Tokens:
    """Tokens from lines of `name #figures`."""
    pairs = (row.split() for row in rows.splitlines() if row)
    return Tokens(**{name: QColor(figures) for name, figures in pairs})


_SAME_IN_BOTH = """
con_text #F3F6FB
con_ok #2FBF7A
con_blue #7EA2FF
con_warn #F2B03D
con_violet #A98BFF
con_bad #E5484D
answer #2FBF7A
on_answer #06210F
end #C93238
on_end #FFFFFF
on_accent #FFFFFF
"""

LIGHT = _named(
    _SAME_IN_BOTH
    + """
frame #E9EDF3
sheet #F6F8FB
surface #FFFFFF
surface2 #F1F4F9
hover #E8EDF5
selected #E3EBFE
border #DCE2EB
border_strong #7F8A9C
text #121A2B
text2 #445066
text3 #5C687C
accent #2350D9
accent_hover #1D45BF
accent_text #1D45BF
accent_soft #E5ECFE
focus #2350D9
ok #0C7244
ok_soft #DCF3E6
ok_fill #16955A
warn #8A4F00
warn_soft #FDEFD2
warn_fill #C57A00
bad #B71C2B
bad_soft #FCE5E6
bad_fill #CF2F3D
violet #6239BF
violet_soft #EDE7FB
violet_fill #7C53DA
neutral #445066
neutral_soft #E6EBF2
neutral_fill #7F8A9C
con #121B30
con_key #22304F
con_key_hover #2B3B5F
con_line #2B3958
con_text2 #AEBBD1
scrim #590A101E
shadow #590A101E
"""
)

DARK = _named(
    _SAME_IN_BOTH
    + """
frame #0B1019
sheet #111724
surface #182030
surface2 #1F293B
hover #263148
selected #22315A
border #2A3549
border_strong #71809A
text #ECF0F7
text2 #B7C1D1
text3 #97A4B8
accent #3D66E8
accent_hover #3459D2
accent_text #93AFFF
accent_soft #202E57
focus #93AFFF
ok #5AD79A
ok_soft #15382C
ok_fill #2FBF7A
warn #F3BB56
warn_soft #3C2E14
warn_fill #E5A32B
bad #FF8A90
bad_soft #43202A
bad_fill #E5484D
violet #BFA6FF
violet_soft #2F2650
violet_fill #A98BFF
neutral #B7C1D1
neutral_soft #273146
neutral_fill #71809A
con #1A2440
con_key #2A3861
con_key_hover #334473
con_line #34446C
con_text2 #B4C0D6
scrim #99000000
shadow #99000000
"""
)
