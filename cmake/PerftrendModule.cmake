# Compiler options of every target: strict warnings, includes relative to the root of the tree.
add_library(perftrend_options INTERFACE)
target_include_directories(perftrend_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(perftrend_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
if(PERFTREND_WARNINGS_AS_ERRORS)
  target_compile_options(perftrend_options INTERFACE -Werror)
  # GCC 12 reports overlapping memory and wrong bounds for "literal" + string after inlining (GCC bug 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(perftrend_options INTERFACE -Wno-restrict -Wno-array-bounds)
  endif()
  # These warnings come from GCC's optimiser, which sees the inside of the standard library and is sometimes wrong. They
  # change with each release and with the level of optimisation. They are shown, but do not stop the build.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(perftrend_options INTERFACE -Wno-error=array-bounds -Wno-error=stringop-overflow
      -Wno-error=stringop-overread -Wno-error=maybe-uninitialized -Wno-error=free-nonheap-object)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
      target_compile_options(perftrend_options INTERFACE -Wno-error=restrict -Wno-error=dangling-reference)
    endif()
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC's garbage collection costs 8 % of the time; without it a file takes at most 150 MB more.
  target_compile_options(perftrend_options INTERFACE "SHELL:--param ggc-min-heapsize=1000000")
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(perftrend_options INTERFACE -Wthread-safety)  # checks core/text/thread_annotations.h
endif()
if(PERFTREND_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(PERFTREND_SANITIZE)
  add_compile_options(-fsanitize=${PERFTREND_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PERFTREND_SANITIZE})
endif()
target_compile_definitions(perftrend_options INTERFACE PERFTREND_VERSION="${PROJECT_VERSION}")

# Options of code that is rarely executed. GCC 13 and later turn on -munroll-only-small-loops at -O2 on x86, and refuse
# the precompiled header of a file that is compiled without it.
set(perftrend_cold_options -O1)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag(-munroll-only-small-loops PERFTREND_HAS_UNROLL_ONLY_SMALL_LOOPS)
  if(PERFTREND_HAS_UNROLL_ONLY_SMALL_LOOPS)
    list(APPEND perftrend_cold_options -munroll-only-small-loops)
  endif()
endif()

# perftrend_module(NAME FOLDERS folder... [COLD folder...] [PRECOMPILED base|json] [LINKS lib...] [TEST_LINKS lib...])
# The sources of the folders ("." is the current one) become the library perftrend_NAME, without main.cpp and the tests.
# The *_test.cpp files of each folder become one test program, named after the folder: core/junit gives core_junit_test.
# COLD lists those of the folders whose code runs once per command or request and waits for others: a release build
# compiles them with -O1, which takes a fifth less time.
# PRECOMPILED names the precompiled header of the library (cmake/precompiled/, default: base).
function(perftrend_module name)
  cmake_parse_arguments(MODULE "" "PRECOMPILED" "FOLDERS;COLD;LINKS;TEST_LINKS" ${ARGN})
  if(NOT MODULE_PRECOMPILED)
    set(MODULE_PRECOMPILED base)
  endif()
  set(sources)
  foreach(folder ${MODULE_FOLDERS})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
    if(folder IN_LIST MODULE_COLD)
      set_property(SOURCE ${found} APPEND PROPERTY COMPILE_OPTIONS "$<$<CONFIG:RelWithDebInfo>:${perftrend_cold_options}>")
    endif()
  endforeach()
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  add_library(perftrend_${name} STATIC ${sources})
  target_link_libraries(perftrend_${name} PUBLIC perftrend_options ${MODULE_LINKS})
  perftrend_use_precompiled(perftrend_${name} ${MODULE_PRECOMPILED})
  if(NOT BUILD_TESTING)
    return()
  endif()
  foreach(folder ${MODULE_FOLDERS})
    file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.cpp)
    if(tests)
      file(RELATIVE_PATH program ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
      cmake_path(NORMAL_PATH program)
      string(REGEX REPLACE "/$" "" program "${program}")
      string(REPLACE "/" "_" program "${program}")
      perftrend_test(${program}_test SOURCES ${tests} LINKS perftrend_${name} ${MODULE_TEST_LINKS} LABELS unit)
      add_dependencies(unit_tests ${program}_test)
    endif()
  endforeach()
endfunction()

# perftrend_test(NAME SOURCES file... LINKS lib... [LABELS label...])
# Tests are compiled once and executed once: a release build compiles them with -O1 as well.
# Tests find the checkout, the built programs and the optional shared corpora through tests/support/paths.h.
function(perftrend_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  # The libraries of cmake/precompiled/test.h: their definitions must be those of the precompiled header.
  target_link_libraries(${name} PRIVATE perftrend_options perftrend_test_paths ${TEST_LINKS} GTest::gmock GTest::gtest
    GTest::gtest_main fmt::fmt tl::expected nlohmann_json::nlohmann_json)
  target_compile_options(${name} PRIVATE "$<$<CONFIG:RelWithDebInfo>:${perftrend_cold_options}>")
  perftrend_use_precompiled(${name} test)
  if(TEST_LINKS MATCHES "perftrend_database_under_test")
    # The tests over PostgreSQL share one ctest case, and with it one server.
    gtest_discover_tests(${name} TEST_FILTER "-*/postgres" TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT 300 LABELS "${TEST_LABELS}")
    add_test(NAME ${name}.on_postgres COMMAND ${name} --gtest_filter=*/postgres --gtest_brief=1)
    set_tests_properties(${name}.on_postgres PROPERTIES TIMEOUT 600)
  else()
    gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT 300 LABELS "${TEST_LABELS}")
  endif()
endfunction()
