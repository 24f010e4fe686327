#pragma once

#include <filesystem>
#include <fstream>

#include "sdk/replayer/bulk.hpp"

namespace perdure::detail {

/// Writes results as a JUnit file while they come, so that nothing is kept. A file that cannot be written ends in
/// std::system_error, by the constructor or by `finish`.
class junit_file {
  public:
    explicit junit_file(const std::filesystem::path& file);

    void add(const bulk_result& result);
    void finish();

  private:
    void check();

    std::filesystem::path path_;
    std::ofstream out_;
};

}  // namespace perdure::detail
