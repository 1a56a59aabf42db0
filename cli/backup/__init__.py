"""Keep what cannot be rebuilt from the comics in one file, and take it in again."""
