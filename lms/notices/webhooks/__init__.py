"""Webhooks: what happened, told to other systems' addresses, signed as Standard Webhooks has it.

Owns endpoints, messages, tries. A message is written with its job in the transaction of what it tells; it is
sent outside of any transaction, tried again with growing pauses, and given up where administrators see it.
Its id stays the same over retries. It must not know why a message is sent: the slices above tell it.
"""
