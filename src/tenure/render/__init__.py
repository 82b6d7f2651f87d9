"""Answers as people read them in a terminal. Edge: knows how things look, holds no rules.

numbers      a value with its unit: $714,767; 78.0 %; −7.1 pts; and the words for no value
grid         aligned columns of text that fit the width
results      `tenure show`: table, json, csv
explanation  `tenure explain`
lists        `tenure metrics`, `tenure check`, the loads of `sync` and `import`
"""
