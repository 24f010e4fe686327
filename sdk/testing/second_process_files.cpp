#include "sdk/testing/second_process_files.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace perdure::test {
namespace {

// Each piece is its length in decimal digits, a space, and its bytes.
void put(std::ostream& out, const std::string& piece) { out << piece.size() << ' ' << piece; }

bool get(std::istream& in, std::string& piece) {
    std::size_t size = 0;
    if (!(in >> size) || in.get() != ' ') return false;
    piece.resize(size);
    return static_cast<bool>(in.read(piece.data(), static_cast<std::streamsize>(size)));
}

bool get(std::istream& in, std::size_t& number) {
    std::string digits;
    if (!get(in, digits)) return false;
    return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
}

std::string verdicts_of(const std::string& path) { return path + ".verdicts"; }

}  // namespace

temporary_file::temporary_file() : path_((std::filesystem::temp_directory_path() / "perdure-replay-XXXXXX").string()) {
    const int made = ::mkstemp(path_.data());
    if (made < 0) throw std::runtime_error("no file can be made for the replay in a second process: " + path_);
    ::close(made);
}

temporary_file::~temporary_file() {
    std::error_code ignored;
    for (const char* suffix : {"", ".verdicts", ".output"}) std::filesystem::remove(path_ + suffix, ignored);
}

void write_runs(const std::string& path, const std::map<std::size_t, std::vector<recorded_run>>& runs) {
    std::ofstream out(path, std::ios::binary);
    for (const auto& [number, list] : runs) {
        for (const recorded_run& run : list) {
            put(out, std::to_string(number));
            put(out, run.workflow_id);
            put(out, run.run_id);
            put(out, run.history.SerializeAsString());
        }
    }
}

std::map<std::size_t, std::vector<recorded_run>> read_runs(const std::string& path) {
    std::map<std::size_t, std::vector<recorded_run>> runs;
    std::ifstream in(path, std::ios::binary);
    std::size_t number = 0;
    recorded_run run;
    std::string history;
    while (get(in, number) && get(in, run.workflow_id) && get(in, run.run_id) && get(in, history)) {
        if (!run.history.ParseFromString(history)) break;
        runs[number].push_back(run);
    }
    return runs;
}

void add_verdict(const std::string& path, const verdict& reached) {
    std::ofstream out(verdicts_of(path), std::ios::binary | std::ios::app);
    put(out, std::to_string(reached.number));
    put(out, std::string(1, reached.kind));
    put(out, reached.text);
}

std::vector<verdict> read_verdicts(const std::string& path) {
    std::vector<verdict> all;
    std::ifstream in(verdicts_of(path), std::ios::binary);
    verdict next;
    std::string kind;
    while (get(in, next.number) && get(in, kind) && get(in, next.text)) {
        next.kind = kind == "r" ? verdict::replayed : kind == "f" ? verdict::failed : verdict::began;
        all.push_back(next);
    }
    return all;
}

}  // namespace perdure::test
