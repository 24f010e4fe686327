#pragma once

// Compiled once for all mutants, with what edits use that the workflows themselves do not.

#include <boost/describe.hpp>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <perdure/replayer.hpp>
#include <perdure/workflow.hpp>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace perdure::mutations {

/// An edited workflow that is linked into the test, by the name of its edit.
struct mutant {
    using adder = void (*)(replayer& into);
    mutant(std::string name, adder add) { all()[std::move(name)] = add; }

    static std::map<std::string, adder>& all() {
        static std::map<std::string, adder> known;
        return known;
    }
};

}  // namespace perdure::mutations
