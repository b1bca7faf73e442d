"""Puts the pjsua2 inside this folder before any other one.

Imported at the start of Python by `agent_desktop_pjsua2.pth`: a .pth file alone could only put a
folder behind site-packages, where the pjsua2 of the package index lies.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
