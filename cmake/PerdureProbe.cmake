# Refuses a compiler that miscompiles coroutines. The probe program counts how often the members of a temporary in an
# awaited expression are destroyed, and uses an initializer list there; GCC 12 fails at both.
if(NOT DEFINED PERDURE_COROUTINES_WORK)
  message(CHECK_START "Probing ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} for coroutine miscompilation")
  try_run(probe_ran probe_compiled
    "${CMAKE_BINARY_DIR}/probe" "${CMAKE_CURRENT_LIST_DIR}/probe_coroutines.cpp"
    CMAKE_FLAGS "-DCMAKE_CXX_STANDARD=20" "-DCMAKE_CXX_STANDARD_REQUIRED=ON"
    COMPILE_OUTPUT_VARIABLE probe_log)
  if(probe_compiled AND probe_ran EQUAL 0)
    message(CHECK_PASS "it is sound")
    set(PERDURE_COROUTINES_WORK TRUE CACHE INTERNAL "The compiler passed cmake/probe_coroutines.cpp")
  else()
    message(CHECK_FAIL "it is not")
    message(FATAL_ERROR
      "${CMAKE_CXX_COMPILER} (${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}) miscompiles C++20 coroutines: "
      "temporaries in a co_await expression are destroyed twice, or an initializer list there is rejected. "
      "A workflow built with it would corrupt memory. Install clang 19 and use it:\n"
      "    apt-get install clang-19\n"
      "    cmake --preset dev\n")
  endif()
endif()
