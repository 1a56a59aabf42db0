"""Pages as pictures: what kind each is, covers made of them, and a process that does so."""
