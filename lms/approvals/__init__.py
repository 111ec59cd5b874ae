"""The one four-eyes mechanism: ask, approve, refuse.

The asker is not the approver, neither is a beneficiary or subordinate to one, and a stale preview is
refused. Events: ApprovalAsked, Approved, ApprovalRefused; `Approved` reaches the act by reaction.
It must not know what is being approved beyond its kind, subject and payload hash.
"""
