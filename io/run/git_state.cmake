# SPDX-License-Identifier: BSD-3-Clause
# Run at every build (cmake -DSOURCE=… -DHEADER=… -P): writes which commit is being built and whether the
# sources differ from it. The header changes only when the answer does, so nothing is compiled in vain.
set(commit "unknown")
set(state "unknown")
find_program(git_program git)
if(git_program AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git_program} rev-parse HEAD WORKING_DIRECTORY ${SOURCE}
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit ${found})
    # --no-optional-locks: asking must not write into the repository.
    execute_process(COMMAND ${git_program} --no-optional-locks status --porcelain
      --untracked-files=normal
      WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE changes ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      set(state "clean")
      if(changes)
        set(state "modified")
      endif()
    endif()
  endif()
endif()
set(text "#pragma once\n#define MARROW_GIT_COMMIT \"${commit}\"\n#define MARROW_GIT_STATE \"${state}\"\n")
set(old "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
