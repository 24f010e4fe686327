# Lays PROGRAM out by PROFILE, or instruments it and keeps it as it was linked beside it. Run after each link.
if(LAYOUT STREQUAL "record")
  file(COPY_FILE "${PROGRAM}" "${PROGRAM}.linked")
  set(how -instrument "-instrumentation-file=${PROGRAM}.fdata" -instrumentation-file-append-pid)
else()
  set(how "-data=${PROFILE}" -reorder-blocks=ext-tsp -reorder-functions=cdsort -split-functions -split-all-cold -split-eh
    -update-debug-sections)
endif()
execute_process(COMMAND "${BOLT}" "${PROGRAM}" -o "${PROGRAM}.laid-out" ${how}
  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  file(REMOVE "${PROGRAM}.laid-out")
  # A program that was linked is whole; only its speed is at stake.
  message(WARNING "BOLT could not lay ${PROGRAM} out, it stays as it was linked; -DPERDURE_LAYOUT=off does not try. It said:\n${said}")
  return()
endif()
file(RENAME "${PROGRAM}.laid-out" "${PROGRAM}")
