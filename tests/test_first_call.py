"""What is made once is made before the first customer rings, in the thread that imports.

A process of its own imports what the program imports and then does what a ring does.
"""

from __future__ import annotations

from tests.fresh_process import told_by

RING = """
import enum
from datetime import UTC, datetime
from agent_desktop.app import _import_rest
_import_rest()
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from agent_desktop.telephony import protocol
from agent_desktop.telephony.call import Call, CallState, Direction
from agent_desktop.telephony.message import CallChanged
from agent_desktop.views.kit.draft_keeper import is_typed
application = QApplication(["ring"])
notes = QPlainTextEdit()
call = Call("1", Direction.INBOUND, CallState.RINGING, "77", datetime.now(UTC))
line = protocol.encode(CallChanged(call), 1)
made = []
create, hints = enum.EnumType._create_, protocol.get_type_hints
enum.EnumType._create_ = lambda *a, **k: made.append(a[1]) or create(*a[1:], **k)
protocol.get_type_hints = lambda kind: made.append(kind.__name__) or hints(kind)
protocol.decode(line)
is_typed(notes)
print(*made)
"""


def test_the_first_ring_makes_nothing_for_the_first_time() -> None:
    assert told_by(RING).split() == []
