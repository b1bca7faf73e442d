"""Agent Desktop: a native desktop for interaction centers."""

__version__ = "0.1.0"
