"""The demonstration firm: an invented one, with two years of history that passed through the real actions.

Owns: who is in it (`names`), what happened to whom and when (`plan`, pure and the same for the same day),
how that is acted out (`acts`, `story`), and the making of the database file (`making`). Terms: a life is
all that happens to one person; a step is one thing they do. It sits above the application and below the
commands; nothing else knows of it.
"""
