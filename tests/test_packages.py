"""What is used is declared, what is declared is locked, and nothing is fetched unseen."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import source

LOCKS = ("requirements.txt", "requirements-dev.txt")


def _declared() -> dict[str, Requirement]:
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = map(Requirement, project["project"]["dependencies"])
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def _locked(name: str) -> list[tuple[Requirement, int]]:
    """Each locked package and how many hashes it carries."""
    text = (source.ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    return [(Requirement(line.split("--hash")[0]), line.count("--hash=sha256:")) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    for requirement, hashes in _locked(name):
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert hashes > 0, f"{requirement} has no hash"


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_holds_what_is_declared(name: str) -> None:
    locked: dict[str, set[str]] = {}
    for requirement, _ in _locked(name):
        versions = {specifier.version for specifier in requirement.specifier}
        locked.setdefault(canonicalize_name(requirement.name), set()).update(versions)
    for package, requirement in _declared().items():
        assert package in locked, f"{package} is not in {name}: python3 dev.py lock"
        outside = [version for version in locked[package] if version not in requirement.specifier]
        assert not outside, f"{package} {outside} is not {requirement.specifier}: dev.py lock"


def test_every_library_the_program_imports_is_declared() -> None:
    owners = packages_distributions()
    declared = {*_declared(), "shiboken6"}  # PySide6's own other half
    wrong = []
    for path in source.files():
        for found in source.imports(path):
            top = found.name.partition(".")[0]
            if top == source.PACKAGE or top in sys.stdlib_module_names:
                continue
            owned_by = {canonicalize_name(owner) for owner in owners.get(top, [])}
            if not owned_by & declared:
                wrong.append(f"{found.place} {top}")
    assert not wrong, "not in pyproject.toml's dependencies:\n" + "\n".join(wrong)
