"""What the world may ask: one module for each function, composed by `functions.app`."""

__version__ = "0.1.0"
