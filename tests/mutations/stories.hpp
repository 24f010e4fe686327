#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace perdure::mutations {

/// A path through a workflow that was recorded once: the histories of tests/mutations/histories.
struct story {
    std::string name;                        // of the file
    std::string source;                      // the workflow: "order" or "club"
    std::function<std::string()> recording;  // plays it in a test environment; the history in the form of exports

    friend std::ostream& operator<<(std::ostream& out, const story& one) { return out << one.name; }
};

const std::vector<story>& stories();

}  // namespace perdure::mutations
