"""Item banks, blueprints, papers, attempts and scores.

Terms: item, key, distractor, paper, slot, attempt, response, score, cut score. A paper is drawn from a
stored seed and can be redrawn for ever; scores are exact fractions. Events: AttemptStarted,
AttemptSubmitted, AttemptScored, AttemptAbandoned, AttemptVoided. It must not know courses or certification.
"""
