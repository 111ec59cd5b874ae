"""The blueprint of the pages of quizzes."""

from lms.web.access import Pages

pages = Pages("quizzes", __name__, template_folder="../templates")
