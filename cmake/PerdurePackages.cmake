# Debian 12's packages, found once for the whole project. What every step calls thousands of times is linked into a release: a
# call into a shared library goes through a table, to code that lies elsewhere.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(Protobuf_USE_STATIC_LIBS ON)
  set(perdure_jemalloc_name libjemalloc.a)
else()
  set(perdure_jemalloc_name jemalloc)
endif()
find_package(Threads REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL 15 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)
if(PERDURE_TESTS)
  find_package(GTest REQUIRED)
endif()

# For programs, not for libraries: a process has one allocator, and whoever makes the program chooses it.
add_library(perdure_allocator INTERFACE)
if(PERDURE_JEMALLOC AND NOT PERDURE_SANITIZE)
  find_library(PERDURE_JEMALLOC_LIBRARY ${perdure_jemalloc_name})
  if(NOT PERDURE_JEMALLOC_LIBRARY)
    message(FATAL_ERROR "jemalloc was not found: install libjemalloc-dev, or configure with -DPERDURE_JEMALLOC=OFF")
  endif()
  target_link_libraries(perdure_allocator INTERFACE "${PERDURE_JEMALLOC_LIBRARY}" ${CMAKE_DL_LIBS} m Threads::Threads)
endif()

# Third-party headers are not held to this project's warnings.
foreach(package Boost::headers nlohmann_json::nlohmann_json spdlog::spdlog CLI11::CLI11 protobuf::libprotobuf SQLite::SQLite3
    PostgreSQL::PostgreSQL)
  if(TARGET ${package})
    get_target_property(includes ${package} INTERFACE_INCLUDE_DIRECTORIES)
    if(includes)
      set_target_properties(${package} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${includes}")
    endif()
  endif()
endforeach()

# Boost's networking, compiled once for the whole project. Linkers take of it what a program uses.
add_library(perdure_boost_net STATIC "${CMAKE_CURRENT_LIST_DIR}/boost_net.cpp")
target_link_libraries(perdure_boost_net PUBLIC Boost::headers Threads::Threads)
target_compile_definitions(perdure_boost_net PRIVATE $<TARGET_PROPERTY:perdure_options,INTERFACE_COMPILE_DEFINITIONS>)
target_compile_options(perdure_boost_net PRIVATE $<TARGET_PROPERTY:perdure_options,INTERFACE_COMPILE_OPTIONS> -w)
target_link_libraries(perdure_options INTERFACE perdure_boost_net)
