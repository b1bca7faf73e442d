"""From the start of the process to a painted sign-in page that can be used.

Compared with an empty PySide6 window of the same size in the same run, one after the other, so
that whatever else the machine does weighs on both. Both have compiled bytecode (in a folder of
their own, whatever the shell says about writing it) and are started twice before it counts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from common import OFFSCREEN, Goal, Report, arguments, report, summary  # noqa: E402

SECONDS = 60
EMPTY = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, tell)
        return False

def tell():
    print(time.monotonic_ns(), flush=True)
    application.quit()

application = QApplication(sys.argv[:1])
window, painted = QWidget(), Painted()
window.installEventFilter(painted)
window.resize(1366, 768)
window.show()
application.exec()
"""


def started(command: list[str], environment: dict[str, str]) -> float:
    """Milliseconds from before the start of the process to its painted window."""
    began = time.monotonic_ns()
    told = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE,
        timeout=SECONDS, check=True,
    )  # fmt: skip
    return (int(told.stdout.split()[-1]) - began) / 1e6


def surroundings(folder: Path) -> dict[str, str]:
    """An environment with a bytecode cache and a home of its own."""
    made = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    made.pop("PYTHONDONTWRITEBYTECODE", None)
    made["XDG_CONFIG_HOME"] = str(folder)
    made.setdefault("QT_QPA_PLATFORM", OFFSCREEN)
    settings = folder / "agent-desktop" / "settings.toml"
    settings.parent.mkdir()
    # As after the first sign-in: who it was is read before the first paint.
    settings.write_text('server = "localhost"\nuser = "rita"\n', "utf-8")
    return made


def main() -> int:
    """Measure, print, judge."""
    options = arguments(__doc__.partition("\n")[0], runs=15).parse_args()
    with tempfile.TemporaryDirectory(prefix="ad-startup-") as name:
        folder = Path(name)
        environment = surroundings(folder)
        program = ["-m", "agent_desktop", "--first-paint", "--profile", str(folder / "desk")]
        empty = ["-c", EMPTY]
        for _ in range(2):
            started(empty, environment)
            started(program, environment)
        pairs = [
            (started(empty, environment), started(program, environment))
            for _ in range(options.runs)
        ]
    found = Report("startup", len(pairs))
    found.results["empty window, ms"] = summary([one for one, _ in pairs])
    found.results["sign-in page, ms"] = summary([one for _, one in pairs])
    ratios = [page / window for window, page in pairs]
    found.results["ratio of each pair"] = summary(ratios)
    found.goals.append(
        Goal("sign-in page against an empty window (median of pairs)", 2.0,
             statistics.median(ratios), "times")
    )  # fmt: skip
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
