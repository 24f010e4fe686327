// Plays recorded scripts of a real server against ours and tells where they differ.
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <thread>
#include <vector>

#include "api/proto_log.hpp"
#include "tests/conformance/player.hpp"

namespace {

using namespace perdure::conformance;
namespace fs = std::filesystem;

struct played {
    std::string file;
    outcome result;
};

/// Files as they are named, folders with everything below them, in order of their names.
std::vector<fs::path> collect(const std::vector<std::string>& named) {
    std::vector<fs::path> files;
    for (const auto& name : named) {
        if (!fs::is_directory(name)) {
            files.emplace_back(name);
            continue;
        }
        std::vector<fs::path> below;
        for (const auto& entry : fs::recursive_directory_iterator(name)) {
            if (entry.is_regular_file() && entry.path().extension() == ".json") below.push_back(entry.path());
        }
        std::sort(below.begin(), below.end());
        files.insert(files.end(), below.begin(), below.end());
    }
    return files;
}

outcome play_file(const fs::path& file, const driver_factory& make, const std::string& number, const known_differences& known) {
    const auto script = load_transcript(file);
    if (!script) return {verdict::differs, {}, {"the file", "a transcript", script.error().message}};
    try {
        const auto target = make();
        return play(*script, file.filename().string(), *target, number, known);
    } catch (const std::exception& error) {
        return {verdict::differs, {}, {"the player", "a play to the end", error.what()}};
    }
}

void print(const played& one) {
    switch (one.result.kind) {
        case verdict::same:
            std::cout << one.file << ": same\n";
            return;
        case verdict::differs_on_purpose:
            std::cout << one.file << ": differs on purpose: " << one.result.why << '\n';
            return;
        case verdict::not_supported:
            std::cout << one.file << ": not supported yet: " << one.result.why << '\n';
            return;
        case verdict::differs:
            std::cout << one.file << ": DIFFERS at " << one.result.found.where << "\n    theirs: " << one.result.found.expected
                      << "\n    ours:   " << one.result.found.actual << '\n';
            return;
    }
}

/// Plays with `jobs` threads; the results are in the order of the files.
std::vector<played> play_all(const std::vector<fs::path>& files, const driver_factory& make, const known_differences& known,
                             unsigned jobs) {
    const std::string base = std::to_string(getpid());
    std::vector<played> results(files.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < files.size(); i = next++) {
            results[i] = {files[i].string(), play_file(files[i], make, base + std::to_string(1000 + i), known)};
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < jobs; ++i) threads.emplace_back(work);
    work();
    for (auto& thread : threads) thread.join();
    return results;
}

}  // namespace

int main(int argc, char** argv) {
    perdure::silence_protobuf_log();
    CLI::App app("Plays recorded scripts of a real Temporal server against Perdure; exits 1 on an unexplained difference.");
    bool through_server = false;
    std::string store_name = "memory";
    std::string known_file = PERDURE_SOURCE_DIR "/tests/conformance/known_differences.json";
    std::vector<std::string> named;
    app.add_flag("--server", through_server, "Through a running server, over sockets and in real time");
    app.add_option("--store", store_name, "memory or sqlite")->check(CLI::IsMember({"memory", "sqlite"}));
    app.add_option("--known-differences", known_file, "JSON list of differences on purpose");
    app.add_option("scripts", named, "Files, or folders of them")->required()->check(CLI::ExistingPath);
    CLI11_PARSE(app, argc, argv);

    const auto known = load_known_differences(known_file);
    if (!known) {
        std::cerr << known.error().message << '\n';
        return 2;
    }
    const auto store = store_name == "sqlite" ? store_kind::sqlite : store_kind::memory;
    perdure::result<driver_factory> drivers = through_server ? server_drivers(store) : node_drivers(store);
    if (!drivers) {
        std::cerr << "the server does not start: " << drivers.error().message << '\n';
        return 2;
    }
    // In real time the scripts mostly sleep.
    const unsigned jobs = through_server ? 16 : 1;
    std::size_t same = 0;
    std::size_t on_purpose = 0;
    const auto results = play_all(collect(named), *drivers, *known, jobs);
    for (const auto& one : results) {
        print(one);
        if (one.result.kind == verdict::same) ++same;
        if (one.result.kind == verdict::differs_on_purpose) ++on_purpose;
    }
    const auto unexplained = results.size() - same - on_purpose;
    std::cout << results.size() << " scripts: " << same << " same, " << on_purpose << " differ on purpose, " << unexplained
              << " unexplained\n";
    return unexplained == 0 && !results.empty() ? 0 : 1;
}
