"""The schema's history: plain SQL, frozen once released."""
