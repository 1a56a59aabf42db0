"""Tell by the exit code whether the container that this runs in answers requests."""  # noqa: INP001  a script

import os
import ssl
import sys
import urllib.request

scheme = "https" if os.environ.get("SSL_CERTFILE") else "http"
address = f"{scheme}://127.0.0.1:{os.environ.get('WEB_PORT') or 5000}/health/live"
# The certificate is for the name that others know this machine by.
unverified = ssl._create_unverified_context()  # noqa: S323, SLF001  there is no other short way
try:
    urllib.request.urlopen(address, timeout=5, context=unverified)  # noqa: S310  ours
except OSError as error:
    sys.exit(f"{address} does not answer: {error}")
