// make_mutants ROOT OUT EDITS...: writes the edited sources, each in a folder OUT/SOURCE_NAME with a file mutant.cpp that
// compiles them in a namespace of their own and registers the workflow.

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "edit.hpp"

namespace {

namespace fs = std::filesystem;
using namespace perdure::mutations;

void write(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::trunc);
    out << text;
    if (!out.flush()) throw std::runtime_error(file.string() + " cannot be written");
}

void write_mutant(const fs::path& folder, const std::string& root, const edit& change) {
    const bool order = change.source == "order";
    const std::string space = order ? "shop" : "club";
    const std::string type = order ? "OrderWorkflow" : "SubscriptionWorkflow";
    sources files = read_sources(root, change.source);
    (void)apply(change, files);
    fs::create_directories(folder);
    for (const auto& [name, lines] : files) {
        // Reports name the file as they would if somebody had edited it in place.
        std::string text = "#line 1 \"" + std::string(order ? "order_orchestration/" : "club/") + name + "\"\n";
        for (const std::string& line : lines) text += line + "\n";
        write(folder / name, text);
    }
    write(folder / "mutant.cpp", "#define " + space + " " + space + "_" + change.name + "\n#include \"" + change.source +
                                     ".workflow.cpp\"\n\n#include \"tests/mutations/mutant.hpp\"\n\n"
                                     "static const perdure::mutations::mutant here{\"" +
                                     change.source + "_" + change.name + "\", [](perdure::replayer& into) { into.add_workflow<" +
                                     space + "::" + type + ">(); }};\n");
}

}  // namespace

int main(int count, char** words) {
    try {
        for (int i = 3; i < count; ++i) {
            for (const edit& change : read_edits(words[i]))
                write_mutant(fs::path(words[2]) / change.full_name(), words[1], change);
        }
    } catch (const std::exception& trouble) {
        std::cerr << "make_mutants: " << trouble.what() << "\n";
        return 1;
    }
    return 0;
}
