"""What importing the package loads, and that its lazy names are complete."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import reviewkit.synthesis as synthesis

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"pandas", "statsmodels", "matplotlib", "sklearn", "scipy.stats", "scipy.optimize"}
USE = """
import json, sys
import reviewkit.synthesis as s
{use}
print(json.dumps(sorted(sys.modules)))
"""
POOL = """
y, v = [0.1, 0.9, -0.4, 0.6], [0.03, 0.05, 0.02, 0.08]
p = s.pool(y, v, prediction="k-1")
str(p), p.as_dict(), p.explain(), p.differences(), p.tau2_interval("profile-likelihood")
s.leave_one_out(p), s.influence(y, v), s.subgroups(y, v, "aabb"), s.pool_many([y], [v])
"""


@pytest.mark.slow
@pytest.mark.parametrize("use", ["", POOL], ids=["import", "pool"])
def test_no_heavy_module_is_loaded(use):
    done = subprocess.run(
        [sys.executable, "-c", USE.format(use=use)], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    loaded = set(json.loads(done.stdout))
    assert not HEAVY & loaded


def test_every_public_name_is_there():
    assert sorted(set(synthesis.__all__)) == sorted(synthesis.__all__)
    for name in synthesis.__all__:
        assert getattr(synthesis, name) is not None
    assert set(synthesis.__all__) <= set(dir(synthesis))


def test_no_public_name_is_also_a_module():
    """Importing the module would put it in the place of the function."""
    modules = {path.stem for path in Path(synthesis.__file__).parent.glob("*.py")}
    assert not modules & set(synthesis.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'pull'"):
        _ = synthesis.pull
