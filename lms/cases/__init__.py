"""Cases: branching simulations, their proofs, plays, scores, debriefs and maps.

Terms: scene, choice, ending, clock, criterion, points, bounds, expert's path, play, step, debrief, pool. A play
is a fold over append-only steps and is pinned to the case's version; its score is between bounds that were
proven before the case was published. Events: PlayStarted, PlayFinished. It knows quizzes only by the extra
time a person gets; it must not know courses or certification.
"""
