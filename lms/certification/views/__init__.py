"""Pages of certification: my training, my record, certificates and their verification, the calendar."""

from lms.certification.views import calendar, training
from lms.certification.views.blueprint import pages

__all__ = ["calendar", "pages", "training"]
