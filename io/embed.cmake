# SPDX-License-Identifier: BSD-3-Clause
# marrow_embed(TARGET NAME FILE): the bytes of FILE become part of the program, as the function
# std::string_view marrow::io::embedded::NAME(). The assembler includes them, so size costs no compile time.
set(MARROW_EMBED_TEMPLATE ${CMAKE_CURRENT_LIST_DIR}/embedded_file.cpp.in)
function(marrow_embed target NAME FILE)
  set(source ${PROJECT_BINARY_DIR}/generated/embedded_${NAME}.cpp)
  configure_file(${MARROW_EMBED_TEMPLATE} ${source} @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${FILE})
  target_sources(${target} PRIVATE ${source})
endfunction()
