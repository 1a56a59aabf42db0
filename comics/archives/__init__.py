"""What is in comic archives: ZIP, RAR, 7z and tar, told by their bytes and read within bounds."""
