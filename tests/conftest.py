"""Property tests: no deadline on a loaded machine; in CI the same examples each time, so that a failure is a change."""

import os
import sys

from hypothesis import settings

settings.register_profile("reviewkit", deadline=None, max_examples=40, derandomize=bool(os.environ.get("CI")))
settings.register_profile("quick", settings.get_profile("reviewkit"), max_examples=12)
settings.load_profile("reviewkit")

# jsonschema compiles a grammar for IRIs when it is imported, seconds in each process; no schema here asks for it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
