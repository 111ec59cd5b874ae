"""Pages of quizzes: those of the learner, of authors, and what HR grants, allows, voids and reviews."""

from lms.quizzes.views import author, hr, papers
from lms.quizzes.views.blueprint import pages

__all__ = ["author", "hr", "pages", "papers"]
