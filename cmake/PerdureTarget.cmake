# perdure_library(NAME <folder-name> SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...] [PUBLIC_INCLUDE dir])
# One static library a folder, with the alias perdure::<name>. Includes are written from the repository's root
# ("history_service/engine/engine.hpp"); a target sees another folder's headers only by linking it in review terms,
# which tests/tidy checks from the #include lines.
function(perdure_library)
  cmake_parse_arguments(ARG "" "NAME;PUBLIC_INCLUDE;PCH" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  set(target perdure_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(perdure::${ARG_NAME} ALIAS ${target})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  if(ARG_PUBLIC_INCLUDE)
    target_include_directories(${target} PUBLIC ${ARG_PUBLIC_INCLUDE})
  endif()
  target_link_libraries(${target} PUBLIC ${ARG_DEPENDS} PRIVATE perdure_options ${ARG_PRIVATE_DEPENDS})
  if(ARG_PCH)
    target_precompile_headers(${target} PRIVATE ${ARG_PCH})
  endif()
endfunction()

# perdure_test(NAME <name> SOURCES ... DEPENDS ... [WHOLE] [SERIAL]): one GoogleTest program a folder of tests/. WHOLE: its tests share
# something that is dear to make, so that CTest runs them in one process. SERIAL: CTest runs nothing beside them.
function(perdure_test)
  cmake_parse_arguments(ARG "WHOLE;SERIAL" "NAME;TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(target test_${ARG_NAME})
  add_executable(${target} ${ARG_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE perdure_options ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE PERDURE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PERDURE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  if(ARG_WHOLE)
    add_test(NAME ${ARG_NAME} COMMAND ${target})
    set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
    return()
  endif()
  include(GoogleTest)
  # A program that is read from a busy disk takes its time, above all with sanitizers.
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ${ARG_SERIAL} LABELS "${ARG_LABELS}")
endfunction()
