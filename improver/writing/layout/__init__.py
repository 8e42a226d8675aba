"""How tests look on the page: statements, tables, imports and the place of each in its file."""
