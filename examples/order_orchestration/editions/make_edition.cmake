# cmake -D SOURCE=order.workflow.cpp -D PART=hasty.inc -D OUTPUT=... -P make_edition.cmake
# The workflow with another part between the validation and the payment.
file(READ "${SOURCE}" text)
file(READ "${PART}" part)
string(FIND "${text}" "    const Hold hold{" begin)
string(FIND "${text}" "\n    const Receipt receipt = co_await pay(ctx, order);" end)
if(begin EQUAL -1 OR end EQUAL -1)
  message(FATAL_ERROR "${SOURCE} has changed: tell ${CMAKE_CURRENT_LIST_FILE} where its editions differ")
endif()
string(SUBSTRING "${text}" 0 ${begin} before)
string(SUBSTRING "${text}" ${end} -1 after)
file(WRITE "${OUTPUT}" "${before}${part}${after}")
