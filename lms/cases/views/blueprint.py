"""The blueprint of the pages of cases."""

from lms.web.access import Pages

pages = Pages("cases", __name__, template_folder="../templates")
