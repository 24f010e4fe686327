#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace perdure::bench {

/// What a program left.
struct outcome {
    int status = -1;
    std::string output;  ///< standard output and standard error
};

/// A folder of its own, which goes with the object.
class test_folder {
  public:
    test_folder();
    test_folder(const test_folder&) = delete;
    test_folder& operator=(const test_folder&) = delete;
    ~test_folder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Runs perdure-bench with arguments that have no blanks of their own, and waits for its end.
[[nodiscard]] outcome run_bench(const std::string& arguments, const test_folder& in);

/// The report of a workload with --json; an empty object, and a failed expectation with its words, when it fails.
[[nodiscard]] nlohmann::ordered_json report_of(const std::string& arguments, const test_folder& in);

}  // namespace perdure::bench
