#include "corpus.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "mutant.hpp"

namespace perdure::mutations {
namespace {

const std::string source_tree = PERDURE_SOURCE_DIR;

}  // namespace

std::vector<edit> edits(bool quiet) {
    std::vector<edit> all;
    for (const char* file : {"order_loud", "order_quiet", "club_loud", "club_quiet"})
        for (edit& each : read_edits(source_tree + "/tests/mutations/edits/" + file + ".edits"))
            if (each.quiet() == quiet) all.push_back(std::move(each));
    return all;
}

replay_report replay(const edit& change, const std::string& story, int level) {
    // Code that reads the environment meets another one than the history was recorded in.
    ::setenv("PERDURE_MUTANTS", "1", 1);
    replayer edited({.level = static_cast<replay_level>(level)});
    const auto known = mutant::all().find(change.full_name());
    if (known == mutant::all().end()) throw std::runtime_error(change.full_name() + " is not built: configure again");
    known->second(edited);
    std::ifstream in(source_tree + "/tests/mutations/histories/" + story + ".json");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return edited.replay(history::from_json(text, story + ".json"));
}

touched touched_by(const edit& change) {
    sources files = read_sources(source_tree, change.source);
    return apply(change, files);
}

}  // namespace perdure::mutations
