#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "sdk/testing/second_process.hpp"

namespace perdure::test {

/// Names the file with the runs for the second process.
inline constexpr const char* runs_variable = "PERDURE_TEST_REPLAY_RUNS";

/// A file that goes away with this object, and with it the files that are named after it.
class temporary_file {
  public:
    /// Throws std::runtime_error if there is no place for it.
    temporary_file();
    ~temporary_file();
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

/// What the second process came to for one environment. It is written piece by piece: the process may end at any point.
struct verdict {
    enum kinds : char { began = 'b', replayed = 'r', failed = 'f' };
    std::size_t number = 0;
    kinds kind = began;
    std::string text;
};

void write_runs(const std::string& path, const std::map<std::size_t, std::vector<recorded_run>>& runs);
/// Nothing if the file cannot be read.
[[nodiscard]] std::map<std::size_t, std::vector<recorded_run>> read_runs(const std::string& path);

/// Both take the path of the runs; the verdicts are beside it.
void add_verdict(const std::string& path, const verdict& reached);
[[nodiscard]] std::vector<verdict> read_verdicts(const std::string& path);

}  // namespace perdure::test
