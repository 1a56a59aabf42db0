"""What is known of comics: their names, archives and tags. Pure: no SQL, no HTTP."""
