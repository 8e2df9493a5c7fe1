"""How it is told: figures, tables, sentences, pages and the gate they pass."""
