"""Property tests: no deadline on a loaded machine; in CI the same examples each time, so that a failure is a change."""

import os

from hypothesis import settings

settings.register_profile("reviewkit", deadline=None, max_examples=40, derandomize=bool(os.environ.get("CI")))
settings.load_profile("reviewkit")
