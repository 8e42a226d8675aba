"""Calls that a test could make: where their arguments and objects come from."""
