"""For developers, never shipped: pictures of every page, a filled mirror, a caller on the wire."""
