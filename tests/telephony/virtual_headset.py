"""A headset that only the kernel knows: /dev/uhid (Linux, Documentation/hid/uhid.rst).

Written after the layout of `struct uhid_event` (packed); needs the right to open /dev/uhid.
"""

from __future__ import annotations

import os
import select
import struct
from types import TracebackType

_DESTROY, _START, _OUTPUT, _CREATE2, _INPUT2 = 1, 2, 6, 11, 12
_BUS_USB = 0x03
_LONGEST = 4096
_EVENT_BYTES = 4 + 128 + 64 + 64 + 2 + 2 + 4 * 4 + _LONGEST


class VirtualHeadset:
    """Is plugged in while the block runs."""

    def __init__(self, name: str, descriptor: bytes) -> None:
        self._fd = os.open("/dev/uhid", os.O_RDWR)
        self._written: list[bytes] = []
        head = struct.pack("<I128s64s64s", _CREATE2, name.encode(), b"", b"")
        facts = struct.pack("<HHIIII", len(descriptor), _BUS_USB, 0x413C, 0x8223, 1, 0)
        os.write(self._fd, head + facts + descriptor.ljust(_LONGEST, b"\0"))

    def __enter__(self) -> VirtualHeadset:
        return self

    def send(self, report: bytes) -> None:
        """A report comes from the device."""
        body = struct.pack("<IH", _INPUT2, len(report)) + report.ljust(_LONGEST, b"\0")
        os.write(self._fd, body)

    def written(self) -> list[bytes]:
        """The output reports the device was sent so far."""
        while select.select([self._fd], [], [], 0)[0]:
            event = os.read(self._fd, _EVENT_BYTES)
            if struct.unpack_from("<I", event)[0] == _OUTPUT:
                (size,) = struct.unpack_from("<H", event, 4 + _LONGEST)
                self._written.append(event[4 : 4 + size])
        return self._written

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        os.write(self._fd, struct.pack("<I", _DESTROY))
        os.close(self._fd)
