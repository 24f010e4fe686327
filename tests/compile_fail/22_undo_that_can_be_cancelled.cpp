// expect: an undo must not be cancelled by what it undoes: write compensate\(ctx.shielded\(\)\)
#include "tests/compile_fail/flows.hpp"

perdure::task<void> run(perdure::context ctx) {
    perdure::saga undo;
    co_await undo.compensate(ctx);
}
