"""Answers that GitHub once gave to others, replayed through our adapter."""
