"""Files with posts in a tidy form: the keys in the order of the schema, every other byte as it was.

lines     a text as lines that keep their ends                       (pure)
blocks    which lines of a mapping belong to which key               (pure)
order     a YAML text with its keys in order, or why that cannot be  (pure)
posts     a Markdown or YAML file formatted; read and written        (disk)
"""
