"""What happened, provably: events, the sealer's Merkle tree, signed checkpoints, verification.

Terms: event, body (kept apart, salted), leaf, position, checkpoint, anchor. `record` is the only way in.
`merkle.py` is the tree, `chain.py` what is hashed and signed, `verification.py` the walk over a whole
log, all three pure; `signing.py` holds the keys.
It must not know what the events mean: kinds are names, payloads are opaque.
"""
