"""The database's history: one hand-named file a step, tested up and down on filled databases."""
