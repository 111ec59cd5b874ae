"""Pages of cases: those of the learner, and the maps for authors."""

from lms.cases.views import authors, plays
from lms.cases.views.blueprint import pages

__all__ = ["authors", "pages", "plays"]
