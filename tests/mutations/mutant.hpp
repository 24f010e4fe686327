#pragma once

#include <map>
#include <string>

#include <perdure/replayer.hpp>

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
