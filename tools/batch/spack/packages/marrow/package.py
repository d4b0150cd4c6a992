# SPDX-License-Identifier: BSD-3-Clause
"""Spack recipe: spack repo add tools/batch/spack && spack dev-build marrow@main"""

from spack.package import *


class Marrow(CMakePackage):
    """Simulator of the bone marrow in aplastic anemia: stem cells, T cells and protective clones."""

    license("BSD-3-Clause")

    # The sources come from the directory of `spack dev-build`.
    version("main")

    variant("tests", default=False, description="Build the tests")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("hdf5+mpi")
    depends_on("vtk@9: ~qt ~opengl2 +mpi")
    depends_on("yaml-cpp@0.7:")
    depends_on("cairo")
    depends_on("libpng")
    depends_on("random123")
    depends_on("cli11@2:")
    depends_on("fmt@9:")
    depends_on("nlohmann-json@3:")
    depends_on("googletest@1.12: +gmock", when="+tests")
    depends_on("benchmark", when="+tests")
    depends_on("mpfr", when="+tests")

    # Results need C++20 and strict IEEE arithmetic; g++ 12 and clang 14 are tested.
    conflicts("%gcc@:11")
    conflicts("%clang@:13")

    generator("ninja")

    def cmake_args(self):
        return [self.define_from_variant("BUILD_TESTING", "tests")]
