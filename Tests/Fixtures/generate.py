"""Writes the fixtures of the operators: `python3 Tests/Fixtures/generate.py`.

Needs NumPy, SciPy and mpmath. References are float64, or 80-bit floats rounded to float64. The output is
committed; running this again gives the same bytes.
"""

import os

import numpy as np

import edges
import elementwise
import functions
import linalg
import linear
import methods
import movement
import namespace
import namespace_complex
import namespace_fourier
import namespace_matrices
import namespace_signals
import namespace_values
import reductions
import structured
from fixture_file import FixtureFile

if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    for module in [elementwise, reductions, movement, linear, structured, methods, edges,
                   functions, linalg, namespace, namespace_values, namespace_signals,
                   namespace_matrices, namespace_complex, namespace_fourier]:
        fixtures = FixtureFile()
        module.add_all(fixtures, np.random.default_rng(20240601))
        fixtures.write(os.path.join(folder, module.__name__))
