"""pcsm: customer engagements by the Practical CSM Framework, in a terminal."""

__version__ = "0.1.0"
