"""The shell that every page shares: the request's transaction, who is asking, permission, forms, pages.

It knows no slice: `app.py` hands it the actor loader, the navigation and the recorder of denials.
Nothing here decides anything about training; a view parses, makes one call and renders.
"""
