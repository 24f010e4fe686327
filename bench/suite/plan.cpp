#include "bench/suite/plan.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <stdexcept>

namespace perdure::bench {
namespace {

// Each with its arguments in a whole run and in a quick one. `kept` marks what makes no sense in memory.
struct entry {
    const char* workload;
    const char* whole;
    const char* quick;
    bool kept = false;
};

constexpr std::array entries{
    entry{"order4", "--concurrency 1 --seconds 5", "--concurrency 1 --seconds 1 --warm-up 0.5"},
    entry{"order4", "--concurrency 32 --seconds 5", "--concurrency 32 --seconds 1 --warm-up 0.5"},
    entry{"order4", "--concurrency 256 --seconds 5 --warm-up 2", "--concurrency 256 --seconds 1 --warm-up 0.5"},
    entry{"order4", "--concurrency 1024 --seconds 5 --warm-up 2", "--concurrency 1024 --seconds 1 --warm-up 0.5"},
    entry{"payload", "--concurrency 16 --seconds 5", "--concurrency 16 --seconds 1 --warm-up 0.5"},
    entry{"start", "--count 50000", "--count 5000"},
    entry{"signals", "--to one --count 5000", "--to one --count 1000 --warm-up 0.5"},
    entry{"signals", "--to many --count 20000", "--to many --count 2000 --warm-up 0.5"},
    entry{"fanout", "--count 1000", "--count 1000"},
    entry{"long", "--count 10000", "--count 3000"},
    entry{"naps", "--count 200", "--count 100"},
    entry{"mixed", "--concurrency 64 --seconds 5", "--concurrency 64 --seconds 1 --warm-up 0.5"},
    entry{"timers", "--count 100000 --span 60", "--count 5000 --span 5"},
    entry{"timers", "--count 100000 --span 60 --rate 500", "--count 5000 --span 5 --rate 100"},
    entry{"recovery", "--count 100000", "--count 5000", true},
    entry{"idle", "--count 100000 --seconds 5", "--count 5000 --seconds 1"},
};

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> found;
    for (std::string word; in >> word;) found.push_back(word);
    return found;
}

bool has(const std::vector<std::string>& list, const std::string& name) {
    return list.empty() || std::ranges::find(list, name) != list.end();
}

void refuse_unknown(const std::vector<std::string>& only) {
    std::set<std::string> known;
    for (const entry& one : entries) known.insert(one.workload);
    for (const std::string& name : only) {
        if (known.contains(name)) continue;
        std::string list;
        for (const std::string& good : known) list += (list.empty() ? "" : ", ") + good;
        throw std::invalid_argument("there is no workload '" + name + "'; there are " + list);
    }
}

}  // namespace

std::vector<planned> make_plan(const plan_options& options) {
    refuse_unknown(options.only);
    const bool postgres = has(options.stores, "postgres");
    std::vector<planned> made{{.arguments = words(options.quick ? "limits --seconds 2" : "limits --seconds 16"),
                               .store = postgres ? "postgres" : "sqlite"}};
    for (const entry& one : entries) {
        if (!has(options.only, one.workload)) continue;
        for (const std::string store : store_names) {
            if (!has(options.stores, store) || (one.kept && store == "memory")) continue;
            std::vector<std::string> arguments = words(options.quick ? one.quick : one.whole);
            arguments.insert(arguments.begin(), one.workload);
            made.push_back({.arguments = std::move(arguments), .store = store});
        }
    }
    return made;
}

}  // namespace perdure::bench
