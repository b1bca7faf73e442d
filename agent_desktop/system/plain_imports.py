"""Imports as Python makes them, without what Qt's binding does beside each one.

PySide6 puts a function of its own before `__import__`, so that `from __feature__ import
snake_case` works; once QtCore is there it reads the source of every module that is imported
afterwards and looks for "PySide6" in it (shibokensupport/feature.py, 6.11). No such feature is used
here. It took a tenth of the time of loading the program, and 19 MB for sources that nobody reads.
"""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 - the function is put there by it

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
