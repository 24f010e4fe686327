# Run by ctest: lays a project out as the quickstart says and configures it. Building it would build the SDK a second time.
file(REMOVE_RECURSE "${PROJECT}")
file(MAKE_DIRECTORY "${PROJECT}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt" "${PERDURE}/examples/hello/hello.hpp"
  "${PERDURE}/examples/hello/hello.workflow.cpp" "${PERDURE}/examples/hello/worker_main.cpp" DESTINATION "${PROJECT}")
file(CREATE_LINK "${PERDURE}" "${PROJECT}/perdure" SYMBOLIC)
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${PROJECT}" -B "${PROJECT}/build" -G "${GENERATOR}" -D "CMAKE_CXX_COMPILER=${COMPILER}"
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "The quickstart's CMakeLists.txt does not configure:\n${said}")
endif()
