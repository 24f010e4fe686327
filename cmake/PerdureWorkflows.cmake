# Workflow code is built like other code, and looked at more closely.
#
# perdure_add_workflows(<target> <source>...): adds the sources to the target. They cannot name what perdure/poison.hpp forbids;
# in Debug builds a debugger sees their variables; and after each build of the target its object files are searched for calls
# that a replay cannot repeat, directly or through helpers of the same target. A finding fails the build.
#
# PERDURE_POISON_AFTER, a definition of the target such as "third_party.hpp", is a header that needs the names itself.
function(perdure_add_workflows target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "OBJECT_LIBRARY" OR type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "perdure_add_workflows(${target}): an ${type} has no build of its own after which its objects could be "
      "checked. Use a STATIC library.")
  endif()
  target_sources(${target} PRIVATE ${ARGN})
  # A section for each function keeps the calls inside of a file visible. What comes last counts: -g after the target's own -g1.
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS
    -ffunction-sections -include perdure/poison.hpp "$<$<CONFIG:Debug>:-O0;-g;-fstandalone-debug>")
  set_property(SOURCE ${ARGN} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
  set_property(SOURCE ${ARGN} PROPERTY SKIP_PRECOMPILE_HEADERS ON)

  set(suffixes "")
  foreach(source ${ARGN})
    get_filename_component(name "${source}" NAME)
    list(APPEND suffixes "/${name}${CMAKE_CXX_OUTPUT_EXTENSION}")
  endforeach()
  if(NOT TARGET perdure::workflow_check)
    message(FATAL_ERROR "perdure_add_workflows(${target}): the program perdure::workflow_check is missing; it is installed with the SDK.")
  endif()
  get_property(checked TARGET ${target} PROPERTY PERDURE_WORKFLOWS_CHECKED)
  set_property(TARGET ${target} APPEND PROPERTY PERDURE_WORKFLOW_OBJECTS ${suffixes})
  if(checked)
    return()
  endif()
  set_property(TARGET ${target} PROPERTY PERDURE_WORKFLOWS_CHECKED TRUE)
  # A file, because a target may have more objects than a command line has room for.
  set(words "${CMAKE_CURRENT_BINARY_DIR}/${target}.$<CONFIG>.workflow_check")
  file(GENERATE OUTPUT "${words}" CONTENT "--workflows
$<JOIN:$<TARGET_PROPERTY:${target},PERDURE_WORKFLOW_OBJECTS>,\n>
--objects
$<JOIN:$<TARGET_OBJECTS:${target}>,\n>
")
  add_dependencies(${target} perdure::workflow_check)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND $<TARGET_FILE:perdure::workflow_check> "@${words}"
    COMMENT "Checking the workflows of ${target}" VERBATIM)
endfunction()
