"""No deadline for single examples: a busy machine is not a failure."""

from hypothesis import settings

settings.register_profile("effects", deadline=None, max_examples=40)
settings.load_profile("effects")
