"""Chizheng (持正): training and certification for a firm that lends. `docs/architecture.md` is the map."""
