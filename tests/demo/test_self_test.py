"""`agent-desktop --self-test`: one call through the whole program, told as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_desktop.demo.staff import DEMO_PASSWORD

pytestmark = [pytest.mark.sip, pytest.mark.timeout(240)]


def test_it_works_says_what_the_engine_lacks_and_no_secret(tmp_path: Path) -> None:
    home = {name: str(tmp_path) for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-m", "agent_desktop", "--self-test"],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, **home, "PULSE_SERVER": f"unix:{tmp_path}/none"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    phone = report["phone"]
    assert report["ok"] is True
    assert phone["engine"].startswith("pjsip ")
    assert set(phone["lacks"]) <= {"tls", "srtp", "devices", "opus"}
    assert "devices" in phone["lacks"]
    assert DEMO_PASSWORD not in done.stdout
    assert "secret" not in done.stdout
