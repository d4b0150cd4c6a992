# SPDX-License-Identifier: BSD-3-Clause
# The libraries that io/ is built on.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 QUIET COMPONENTS C)
if(NOT HDF5_FOUND OR NOT HDF5_IS_PARALLEL)
  # CMake's search asks HDF5's compiler wrapper, which fails in a build folder with a space in its path.
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_search_module(PARALLEL_HDF5 QUIET hdf5-openmpi hdf5-mpich hdf5)
    set(HDF5_FOUND ${PARALLEL_HDF5_FOUND})
    set(HDF5_VERSION ${PARALLEL_HDF5_VERSION})
    set(HDF5_LIBRARIES ${PARALLEL_HDF5_LINK_LIBRARIES})
    set(HDF5_INCLUDE_DIRS ${PARALLEL_HDF5_INCLUDE_DIRS})
    foreach(folder ${HDF5_INCLUDE_DIRS})
      if(EXISTS ${folder}/H5pubconf.h)
        file(STRINGS ${folder}/H5pubconf.h HDF5_IS_PARALLEL REGEX "^#define H5_HAVE_PARALLEL 1")
      endif()
    endforeach()
  endif()
endif()
if(NOT HDF5_FOUND OR NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "no parallel HDF5 was found: install libhdf5-openmpi-dev, or point HDF5_ROOT at "
    "the site's parallel HDF5")
endif()
find_package(VTK REQUIRED COMPONENTS CommonCore CommonDataModel CommonExecutionModel CommonMisc
  IOCore IOXML IOParallelXML IOImage)
