"""Bring over what ComicMaintainer kept in its /Config; nothing there is changed."""
