"""Imported before numpy: its matrices are multiplied by one thread.

They are small here and several recordings are worked on at a time. With a thread a core, each multiplication waits for
all cores in a busy loop: hearing one call took ten times the processor time, and three times as long.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
