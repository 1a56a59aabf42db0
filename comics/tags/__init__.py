"""What comics say of themselves: ComicInfo and its relatives, read, merged, and edited in place."""
