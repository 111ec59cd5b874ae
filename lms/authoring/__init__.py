"""From authored files to immutable versions: the check over all sources, ids.lock, publication.

Terms: source, problem, version, publication, material, editorial. Events: ContentPublished.
It must not decide what a published text means: each slice's `source.py` does.
"""
