# A release is compiled with a profile of the benchmark, so that what a step runs through lies together and is laid out for it.
# `./dev profile` records a new one; code that changed since is compiled as if there were none.
set(PERDURE_PROFILE "use" CACHE STRING "In Release with clang: 'use' the recorded profile, 'record' a new one, or 'off'")
set_property(CACHE PERDURE_PROFILE PROPERTY STRINGS use record off)
set(perdure_profile_file "${CMAKE_CURRENT_LIST_DIR}/release.profdata")

# What of it this build takes. An older clang does not read what clang 19 recorded.
set(perdure_profile off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19
    AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT PERDURE_SANITIZE)
  set(perdure_profile "${PERDURE_PROFILE}")
  # Functions of a file are known by the file's name, whatever folder is built in.
  set(by_file_name "SHELL:-mllvm -static-func-full-module-prefix=false")
  if(PERDURE_PROFILE STREQUAL "use")
    add_compile_options("-fprofile-use=${perdure_profile_file}" "${by_file_name}"
      -Wno-profile-instr-unprofiled -Wno-profile-instr-out-of-date -Wno-backend-plugin)
    # Ninja does not know that objects depend on it: another profile is another command line.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${perdure_profile_file}")
    file(SHA256 "${perdure_profile_file}" profile_hash)
    string(SUBSTRING "${profile_hash}" 0 16 profile_hash)
    add_compile_definitions("PERDURE_PROFILE_HASH=0x${profile_hash}")
  elseif(PERDURE_PROFILE STREQUAL "record")
    add_compile_options(-fprofile-generate -fprofile-update=atomic "${by_file_name}")
    add_link_options(-fprofile-generate)
  elseif(NOT PERDURE_PROFILE STREQUAL "off")
    message(FATAL_ERROR "PERDURE_PROFILE is '${PERDURE_PROFILE}'; it must be 'use', 'record' or 'off'")
  endif()
endif()
