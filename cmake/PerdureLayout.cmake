# After a release's programs are linked, BOLT lays them out anew, the libraries that they were linked with among it, by a profile
# of the programs as they were linked. `./dev profile` records it; functions that changed since stay as the compiler left them.
set(PERDURE_LAYOUT "use" CACHE STRING "In a Release with a profile: 'use' the recorded layout, 'record' a new one, or 'off'")
set_property(CACHE PERDURE_LAYOUT PROPERTY STRINGS use record off)
if(NOT PERDURE_LAYOUT MATCHES "^(use|record|off)$")
  message(FATAL_ERROR "PERDURE_LAYOUT is '${PERDURE_LAYOUT}'; it must be 'use', 'record' or 'off'")
endif()
find_program(PERDURE_BOLT NAMES llvm-bolt-19)

set(perdure_lays_out FALSE)
if(perdure_profile STREQUAL "use" AND NOT PERDURE_LAYOUT STREQUAL "off" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  if(PERDURE_BOLT)
    set(perdure_lays_out TRUE)
    # It looks for its libraries beside where it lies, not beside the name that it is called by.
    file(REAL_PATH "${PERDURE_BOLT}" perdure_bolt)
    set(perdure_layouts "${CMAKE_CURRENT_LIST_DIR}/release.layout.tar.xz")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${perdure_layouts}")
    if(PERDURE_LAYOUT STREQUAL "use")
      file(ARCHIVE_EXTRACT INPUT "${perdure_layouts}" DESTINATION "${CMAKE_BINARY_DIR}/layout")
    endif()
  else()
    message(STATUS "Programs are not laid out by their profile, which makes them some per cent slower: install bolt-19")
  endif()
endif()

# perdure_lay_out(TARGET): for a program whose profile is recorded under its name.
function(perdure_lay_out target)
  if(NOT perdure_lays_out)
    return()
  endif()
  set(profile "${CMAKE_BINARY_DIR}/layout/${target}.yaml")
  target_link_options(${target} PRIVATE -Wl,--emit-relocs)
  if(PERDURE_LAYOUT STREQUAL "use")
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${profile}")
  endif()
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} "-DBOLT=${perdure_bolt}" "-DPROGRAM=$<TARGET_FILE:${target}>" "-DLAYOUT=${PERDURE_LAYOUT}"
      "-DPROFILE=${profile}" -P "${PROJECT_SOURCE_DIR}/cmake/lay_out.cmake")
endfunction()
