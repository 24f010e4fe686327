#pragma once

#include <string>

namespace perdure::test {

struct child_end {
    std::string how;     ///< "exit code 0", "signal 11", ...
    std::string output;  ///< the end of what it printed
};

/// Starts this program again with one of its tests, in another environment and with the addresses laid out anew, and waits
/// until it has ended. `runs` is the file that it is given.
[[nodiscard]] child_end run_test_again(const std::string& test, const std::string& runs);

}  // namespace perdure::test
