"""Settings for the properties that hypothesis tries."""

from hypothesis import settings

# A slow machine is no fault of the code, and the examples are the same in every run.
settings.register_profile("longbox", deadline=None, derandomize=True)
settings.load_profile("longbox")
