"""Pages of courses: the catalogue, a course, its lessons with their checks, and the handbook."""

from lms.courses.views import courses, handbook, lessons
from lms.courses.views.blueprint import pages

__all__ = ["courses", "handbook", "lessons", "pages"]
