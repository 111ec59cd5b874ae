"""The outbox: jobs enqueued in the caller's transaction, mail, in-app notices, each sent once.

Terms: job (leased, fenced), notice, step, channel. A notice is unique per person, period, step, target
day and channel. It must not know why a notice is due: the slices above tell it.
"""
