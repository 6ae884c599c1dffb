# Precompiled headers: cmake/precompiled/NAME.h is compiled once and shared by every target that names it. Sources still
# include what they use, so they also compile without (clang, clang-tidy and the fuzzers do).

# GCC compiles without the header where the level of optimisation differs too much, so no warning is needed.
set(CMAKE_PCH_WARN_INVALID OFF)
option(PERFTREND_PRECOMPILE "Use precompiled headers (GCC only)" ON)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(PERFTREND_PRECOMPILE OFF)  # clang refuses a header that was compiled for a target with other definitions
endif()

function(perftrend_define_precompiled name)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp CONTENT "// Only precompiles cmake/precompiled/${name}.h.\n")
  add_library(perftrend_precompiled_${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
  target_link_libraries(perftrend_precompiled_${name} PRIVATE perftrend_options fmt::fmt tl::expected ${ARGN})
  target_precompile_headers(perftrend_precompiled_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled/${name}.h)
  target_compile_options(perftrend_precompiled_${name} PRIVATE -fpch-preprocess)
endfunction()

if(PERFTREND_PRECOMPILE)
  perftrend_define_precompiled(base)
  perftrend_define_precompiled(json nlohmann_json::nlohmann_json)
  if(BUILD_TESTING)
    perftrend_define_precompiled(test nlohmann_json::nlohmann_json GTest::gmock GTest::gtest)
  endif()
endif()

# perftrend_use_precompiled(TARGET NAME)
# -fpch-preprocess lets ccache see through a precompiled header. GCC ignores a header that does not fit the target's
# flags; that costs time and is not an error.
function(perftrend_use_precompiled target name)
  if(NOT PERFTREND_PRECOMPILE)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM perftrend_precompiled_${name})
  target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-error=invalid-pch)
endfunction()
