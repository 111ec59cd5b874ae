"""Pages of people: sign-in, one's own security, links, and the directory that HR keeps."""

from lms.people.views import directory, links, mail, person, roster, security, signin, tokens, units
from lms.people.views.blueprint import pages

__all__ = ["directory", "links", "mail", "pages", "person", "roster", "security", "signin", "tokens", "units"]
