# Tests that run the compiler and look at what it says. Their flags are those that a user's target gets by linking the SDK.
#
# perdure_syntax_flags(<out>): the path of a file with the flags, written when the build is generated.
function(perdure_syntax_flags out)
  set(flags "${CMAKE_BINARY_DIR}/syntax_flags.rsp")
  if(NOT TARGET perdure_syntax_probe)
    # Never built: it only collects what a user's target would see.
    add_library(perdure_syntax_probe OBJECT EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/tests/compile_fail/control.cpp")
    target_link_libraries(perdure_syntax_probe PRIVATE perdure_options)
    foreach(name vocabulary workflow replay activity client worker worker_core testing embedded)
      if(TARGET perdure::${name})
        target_link_libraries(perdure_syntax_probe PRIVATE perdure::${name})
      endif()
    endforeach()
    set(includes "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:perdure_syntax_probe,INCLUDE_DIRECTORIES>>")
    set(options "$<FILTER:$<TARGET_PROPERTY:perdure_syntax_probe,COMPILE_OPTIONS>,EXCLUDE,^SHELL:>")
    set(definitions "$<TARGET_PROPERTY:perdure_syntax_probe,COMPILE_DEFINITIONS>")
    # Every include directory that is not the project's own is a system one, as for a user. The compiler knows /usr/include.
    set(own "$<FILTER:${includes},INCLUDE,^${PROJECT_SOURCE_DIR}(/sdk/include)?$>")
    set(foreign "$<FILTER:${includes},EXCLUDE,^${PROJECT_SOURCE_DIR}(/sdk/include)?$>")
    set(foreign "$<FILTER:${foreign},EXCLUDE,^/usr/include$>")
    file(GENERATE OUTPUT "${flags}" CONTENT "-std=c++20 -fsyntax-only -fdiagnostics-color=never -ferror-limit=0
$<JOIN:${options}, >
$<$<BOOL:${definitions}>:-D$<JOIN:${definitions}, -D>>
-I$<JOIN:${own}, -I>
$<$<BOOL:${foreign}>:-isystem $<JOIN:${foreign}, -isystem >>
")
  endif()
  set(${out} "${flags}" PARENT_SCOPE)
endfunction()

# perdure_syntax_test(<name> <source>): compiles the source. With lines `// expect: <regex>` it must fail and say each of
# them; without one it must compile.
function(perdure_syntax_test name source)
  perdure_syntax_flags(flags)
  add_test(NAME "${name}" COMMAND ${CMAKE_COMMAND}
    "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DFLAGS=${flags}" "-DSOURCE=${source}"
    -P "${PROJECT_SOURCE_DIR}/cmake/check_syntax.cmake")
  set_tests_properties("${name}" PROPERTIES TIMEOUT 120 LABELS syntax)
endfunction()
