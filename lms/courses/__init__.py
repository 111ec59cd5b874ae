"""Courses, lessons, checks, progress and the handbook.

Terms: course, lesson, check, run (one passage through a course), progress. A course is complete when
every lesson is finished and its quiz passed within the run. Events: LessonFinished, CourseCompleted.
It must not know programmes or standings.
"""
