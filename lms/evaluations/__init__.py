"""Evaluation cycles: components by a published formula, evidence for each figure, sealing, corrections.

Terms: cycle, component, weight, gate, band, seal, correction. Sealed figures never change; corrections
are added rows. Events: CycleOpened, CycleSealed, EvaluationCorrected. It must not know reports.
"""
