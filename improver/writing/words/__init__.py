"""What tests say in words: their names, their docstrings, the labels of rows."""
