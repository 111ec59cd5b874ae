"""Keep the memory of a server flat, and its garbage collector from reading what never goes.

glibc gives each thread an arena of its own and, once a large block was freed, keeps blocks of that size on
the heap: after some reports of thousands of rows by eight threads a server had twice to three times the memory
it needed. With few arenas and large blocks mapped apart, what a request used goes back to the system.
"""

import ctypes
import gc

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE_BYTES = 128 * 1024
ARENAS = 2
# A page makes some thousand objects and drops them all: looking at them earlier finds nothing.
COLLECT_EVERY = (5_000, 20, 20)


def settle() -> None:
    """Call once everything is loaded, before there are threads: what lives now lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)
    # Where the C library is another, there is nothing to set, or it takes no notice.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for name, value in (
            (M_ARENA_MAX, ARENAS),
            (M_MMAP_THRESHOLD, LARGE_BYTES),
            (M_TRIM_THRESHOLD, LARGE_BYTES),
        ):
            mallopt(name, value)
