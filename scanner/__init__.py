"""Make the index agree with the disk: walk, read, save."""
