"""Effect sizes with their variances, and the conversions that lead to them. Pure functions on arrays."""

from reviewkit.effects.back_transform import back_transform
from reviewkit.effects.core import Dropped, EffectSizes
from reviewkit.effects.dispatch import effect_sizes
from reviewkit.effects.measures import MEASURES, Measure
from reviewkit.effects.small_sample import correction_factor
from reviewkit.effects.zero_cells import ZeroCells

__all__ = [
    "MEASURES",
    "Dropped",
    "EffectSizes",
    "Measure",
    "ZeroCells",
    "back_transform",
    "correction_factor",
    "effect_sizes",
]
