#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "tools/workflow_check/elf_object.hpp"
#include "tools/workflow_check/findings.hpp"
#include "tools/workflow_check/graph.hpp"

// workflow_check --workflows SUFFIX... --objects FILE... : the objects whose paths end so are workflow code, the others what it
// may call. An argument @FILE stands for the words of a file.

namespace {

std::vector<std::string> words_of(int count, char** given) {
    std::vector<std::string> words;
    for (int index = 1; index < count; ++index) {
        const std::string word = given[index];
        if (!word.starts_with('@')) {
            words.push_back(word);
            continue;
        }
        std::ifstream in(word.substr(1));
        for (std::string line; std::getline(in, line);)
            if (!line.empty()) words.push_back(line);
    }
    return words;
}

int run(const std::vector<std::string>& words) {
    namespace check = perdure::workflow_check;
    std::vector<std::string> suffixes;
    std::vector<std::string> objects;
    std::vector<std::string>* list = nullptr;
    for (const std::string& word : words) {
        if (word == "--workflows") {
            list = &suffixes;
        } else if (word == "--objects") {
            list = &objects;
        } else if (list != nullptr) {
            list->push_back(word);
        }
    }
    if (suffixes.empty() || objects.empty()) {
        std::fputs("usage: workflow_check --workflows SUFFIX... --objects FILE...\n", stderr);
        return 2;
    }
    check::graph all;
    for (const std::string& path : objects) {
        const bool of_workflows = std::ranges::any_of(suffixes, [&](const std::string& end) { return path.ends_with(end); });
        all.add(check::read_object(path), of_workflows);
    }
    const auto found = check::find(all);
    for (const auto& each : found) std::fprintf(stderr, "error: workflow code may not call this: %s\n", sentence(each).c_str());
    if (!found.empty())
        std::fputs(
            "Inside of ctx.side_effect and in activities all of it is allowed; activities belong into files of their own.\n",
            stderr);
    return found.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** given) {
    try {
        return run(words_of(count, given));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "workflow_check: %s\n", error.what());
        return 2;
    }
}
