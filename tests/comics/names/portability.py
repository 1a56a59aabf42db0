"""What makes a name portable, by rules written anew."""

import unicodedata


def is_portable(name: str) -> bool:
    """Tell whether Linux, macOS and Windows all take a name as it is."""
    device = name.partition(".")[0].rstrip().upper()
    return (
        0 < len(name.encode()) <= 255
        and not set(name) & set('/\\:*?"<>|\ufffd\u202e\x00\x7f')
        and min(name) >= " "
        and not name.startswith((".", " "))
        and not name.endswith((".", " "))
        and device not in {"CON", "PRN", "AUX", "NUL", "COM1", "COM9", "LPT1", "COM¹", "CONIN$"}
        and name.lower() not in {"@eadir", "__macosx", "#recycle", "$recycle.bin"}
        and unicodedata.is_normalized("NFC", name)
    )
