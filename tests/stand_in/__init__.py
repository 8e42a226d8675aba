"""A stand-in for GitHub on loopback, over a real bare repository and git's own HTTP server."""

from tests.stand_in.hub import Hub, stand_in

__all__ = ["Hub", "stand_in"]
