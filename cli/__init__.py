"""The `longbox` command, and what stands behind each of its verbs."""
