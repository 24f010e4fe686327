# Flags that every target of the project shares, as one interface target.
add_library(perdure_options INTERFACE)

# The build's time goes into what is released or checked: a test proves the same unoptimised, and a command line waits for a
# server. A folder sets the level for its targets.
define_property(TARGET PROPERTY PERDURE_OPTIMISATION INHERITED)
set(asked "$<TARGET_PROPERTY:PERDURE_OPTIMISATION>")
set(optimised "$<IF:$<STREQUAL:${asked},>,$<IF:$<CONFIG:Release>,2,1>,${asked}>")
target_compile_options(perdure_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wcast-align -Wnull-dereference -Wformat=2 -Werror=unused-result -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers -Wno-gnu-zero-variadic-macro-arguments>
  $<$<CONFIG:Debug>:-O0 -g1 -fno-omit-frame-pointer>
  $<$<CONFIG:Release>:-O${optimised} -g1 -fno-omit-frame-pointer>)

target_compile_definitions(perdure_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  SPDLOG_NO_ATOMIC_LEVELS=0)

if(PERDURE_SANITIZE)
  target_compile_options(perdure_options INTERFACE -fsanitize=${PERDURE_SANITIZE} -fno-sanitize-recover=all -O${optimised})
  target_link_options(perdure_options INTERFACE -fsanitize=${PERDURE_SANITIZE})
endif()

# Coverage for libFuzzer's programs in tests/fuzz; best together with PERDURE_SANITIZE.
option(PERDURE_FUZZ "Build the libFuzzer programs (clang)" OFF)
if(PERDURE_FUZZ)
  target_compile_options(perdure_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(perdure_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(PERDURE_CCACHE ccache)
if(PERDURE_CCACHE)
  # A precompiled header carries its time; without these two a second build tree could never hit the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${PERDURE_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()

find_program(PERDURE_LLD NAMES ld.lld-19 ld.lld)
if(PERDURE_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(--ld-path=${PERDURE_LLD})
endif()
