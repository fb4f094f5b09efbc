"""What one reading of a feed leaves behind for the next one."""

from __future__ import annotations


class Known:
    """Kept by the caller between two readings of one feed, and by it alone.

    Belongs to one feed; a reading with another window, zone or owner starts it anew.
    """
