// expect: this callable does not return what the activity's contract says
#include "tests/compile_fail/flows.hpp"

#include <perdure/worker.hpp>

void made(perdure::worker& serving) {
    serving.add_activity(charge, [](const order&) { return 42; });
}
