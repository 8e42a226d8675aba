"""List the agents, show one, run its examples."""
