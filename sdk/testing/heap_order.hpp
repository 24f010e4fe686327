#pragma once

namespace perdure::test {

/// Leaves holes in the heap, so that what is allocated next lies in another order than in a process that has just begun. The
/// order is the same each time.
void disturb_heap_order();

}  // namespace perdure::test
