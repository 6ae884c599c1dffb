# What every target is compiled with: strict, reproducible, includes written from the root of the tree.
add_library(perftrend_options INTERFACE)
target_include_directories(perftrend_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(perftrend_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
if(PERFTREND_WARNINGS_AS_ERRORS)
  target_compile_options(perftrend_options INTERFACE -Werror)
  # GCC 12 takes "literal" + string for overlapping memory where it inlines much (GCC bug 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(perftrend_options INTERFACE -Wno-restrict)
  endif()
  # What GCC's optimiser guesses of the standard library's inside changes with each release, and is wrong at times: it is
  # shown, but does not stop a build with another compiler than ours.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(perftrend_options INTERFACE -Wno-error=array-bounds -Wno-error=stringop-overflow
      -Wno-error=stringop-overread -Wno-error=maybe-uninitialized -Wno-error=free-nonheap-object -Wno-error=restrict
      -Wno-error=dangling-reference)
  endif()
endif()
if(PERFTREND_SANITIZE)
  add_compile_options(-fsanitize=${PERFTREND_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PERFTREND_SANITIZE})
endif()
target_compile_definitions(perftrend_options INTERFACE PERFTREND_VERSION="${PROJECT_VERSION}")

# perftrend_room(NAME [LINKS lib...] [TEST_LINKS lib...])
# The current folder as library perftrend_NAME (every *.cpp but main.cpp and the tests) and, where it has *_test.cpp
# files, as test program NAME_test whose cases ctest lists one by one.
function(perftrend_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(perftrend_${name} STATIC ${sources})
    target_link_libraries(perftrend_${name} PUBLIC perftrend_options ${ROOM_LINKS})
  else() # a room of headers only
    add_library(perftrend_${name} INTERFACE)
    target_link_libraries(perftrend_${name} INTERFACE perftrend_options ${ROOM_LINKS})
  endif()
  if(BUILD_TESTING AND tests)
    perftrend_test(${name}_test SOURCES ${tests} LINKS perftrend_${name} ${ROOM_TEST_LINKS})
  endif()
endfunction()

# perftrend_test(NAME SOURCES file... LINKS lib...)
# Tests find the checkout through PERFTREND_SOURCE_DIR, the built programs through PERFTREND_BIN_DIR, and the optional
# shared corpora through PERFTREND_SHARED_DIR (beside the checkout; absent on a user's clone).
function(perftrend_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE perftrend_options ${TEST_LINKS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    PERFTREND_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    PERFTREND_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
    PERFTREND_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
  if(TEST_LINKS MATCHES "perftrend_database_under_test")
    # A case of its own for each test would start PostgreSQL as often: they share one.
    gtest_discover_tests(${name} TEST_FILTER "-*/postgres" TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT 300)
    add_test(NAME ${name}.on_postgres COMMAND ${name} --gtest_filter=*/postgres --gtest_brief=1)
    set_tests_properties(${name}.on_postgres PROPERTIES TIMEOUT 600)
  else()
    gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
  endif()
endfunction()
