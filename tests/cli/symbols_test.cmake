# SPDX-License-Identifier: BSD-3-Clause
# No object of core may call the C library's transcendental functions: their last bit depends on the CPU.
# Exactly rounded ones (sqrt, floor, ceil, trunc, rint, fabs, fmod, ldexp, frexp, ...) are allowed.
#   cmake -DARCHIVE=libmarrow_core.a -DNM=nm -P symbols_test.cmake
cmake_minimum_required(VERSION 3.25)

set(names
  exp exp2 exp10 pow10 expm1 log log2 log10 log1p pow powi cbrt hypot fma
  sin cos tan sincos asin acos atan atan2 sinpi cospi
  sinh cosh tanh asinh acosh atanh
  erf erfc tgamma lgamma gamma j0 j1 jn y0 y1 yn cexp clog cpow csin ccos)

# Sets `found` to the banned functions among the undefined symbols of nm's output, each with its object.
function(find_banned listing found)
  list(JOIN names "|" any)
  set(hits "")
  set(object "?")
  string(REPLACE ";" "," listing "${listing}")
  string(REPLACE "\n" ";" lines "${listing}")
  foreach(line IN LISTS lines)
    if(line MATCHES "^(.*\\.o(bj)?):$")
      set(object "${CMAKE_MATCH_1}")
    # Plain, float and long double names; glibc's __*_finite and versions; vector variants.
    elseif(line MATCHES "^ *[Uw] (_ZGV[a-zA-Z0-9]*_|__)?(${any})(f|l|f128|f64x|_r|f_r)?(_finite)?(@.*)?$")
      list(APPEND hits "${CMAKE_MATCH_2}${CMAKE_MATCH_3} in ${object}")
    endif()
  endforeach()
  set(${found} "${hits}" PARENT_SCOPE)
endfunction()

# The check checks itself first: it must see what it is for, and nothing else.
foreach(bad "U exp" "U expf@GLIBC_2.27" "U __pow_finite" "w log" "U _ZGVbN2v_sin" "U sincos@GLIBC_2.2.5" "U lgamma_r")
  find_banned("a.o:\n                 ${bad}\n" found)
  if(NOT found)
    message(FATAL_ERROR "symbols_test.cmake is broken: it overlooks '${bad}'")
  endif()
endforeach()
foreach(good "U sqrt" "U floor" "U ceil@GLIBC_2.2.5" "U _ZN6marrow7det_expEd" "U expand" "U explicit_bzero" "T exp"
             "U memcpy" "U fmod" "U syslog" "U _ZN6marrow7det_logEd")
  find_banned("a.o:\n                 ${good}\n" found)
  if(found)
    message(FATAL_ERROR "symbols_test.cmake is broken: it takes '${good}' for ${found}")
  endif()
endforeach()

if(NOT DEFINED ARCHIVE OR NOT DEFINED NM)
  message(FATAL_ERROR "usage: cmake -DARCHIVE=<archive or object> -DNM=<nm> -P symbols_test.cmake")
endif()
execute_process(COMMAND ${NM} ${ARCHIVE} OUTPUT_VARIABLE listing ERROR_VARIABLE trouble RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${NM} cannot read ${ARCHIVE}: ${trouble}")
endif()
if(NOT listing MATCHES "[TtWw] _ZN6marrow")
  message(FATAL_ERROR "${ARCHIVE} defines no function of namespace marrow: nothing was checked")
endif()
find_banned("${listing}" found)
if(found)
  list(REMOVE_DUPLICATES found)
  list(JOIN found "\n  " text)
  message(FATAL_ERROR
    "${ARCHIVE} calls functions of the C library whose results differ between CPUs:\n  ${text}\n"
    "Use core/math/elementary.hpp instead.")
endif()
message(STATUS "${ARCHIVE}: no transcendental function of the C library")
