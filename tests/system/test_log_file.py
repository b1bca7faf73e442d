"""The log at the level of the settings."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.system.log_file import keep_log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    level, handlers = root.level, list(root.handlers)
    yield
    sys.excepthook = hook
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()


def _written(folder: Path, level: str) -> str:
    keep_log(folder, level)
    log = logging.getLogger("agent_desktop.test")
    log.debug("a detail")
    log.info("a step")
    log.warning("a doubt")
    return (folder / "log" / "agent-desktop.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("debug", {"a detail", "a step", "a doubt"}),
        ("info", {"a step", "a doubt"}),
        ("WARNING", {"a doubt"}),
        ("error", set()),
    ],
)
def test_the_log_holds_what_its_level_asks_for(tmp_path: Path, level: str, seen: set[str]) -> None:
    text = _written(tmp_path, level)
    assert {words for words in ("a detail", "a step", "a doubt") if words in text} == seen


def test_a_level_nobody_knows_counts_as_info_and_is_logged(tmp_path: Path) -> None:
    text = _written(tmp_path, "loud")
    assert "log_level 'loud' is none of debug, info, warning, error" in text
    assert "a step" in text
    assert "a detail" not in text
