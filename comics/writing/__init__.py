"""Changes to comics on the disk, none of which can leave one damaged, lost or overwritten."""
