# Run by ctest: compiles SOURCE with the flags in FLAGS and compares what the compiler says with the source's own lines
# `// expect: <regex>`. A source without such a line must compile.
file(STRINGS "${SOURCE}" expectations REGEX "^// expect: ")
execute_process(COMMAND "${COMPILER}" "@${FLAGS}" "${SOURCE}"
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)

if(NOT expectations)
  if(failed)
    message(FATAL_ERROR "${SOURCE} should compile:\n${said}")
  endif()
  return()
endif()

if(NOT failed)
  message(FATAL_ERROR "${SOURCE} should not compile, but it does.")
endif()
foreach(line IN LISTS expectations)
  string(REGEX REPLACE "^// expect: " "" pattern "${line}")
  if(NOT said MATCHES "${pattern}")
    message(FATAL_ERROR "${SOURCE} does not compile, but the compiler does not say\n    ${pattern}\nIt says:\n${said}")
  endif()
endforeach()
