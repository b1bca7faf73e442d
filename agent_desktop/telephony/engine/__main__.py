"""`python -m agent_desktop.telephony.engine` is the phone process."""

import sys

from agent_desktop.telephony.engine.engine import main

sys.exit(main())
