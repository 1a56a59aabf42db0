"""Runs batches: claims comics, changes them on the disk, and records what it did."""
