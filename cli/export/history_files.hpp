#pragma once

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "api/proto.hpp"
#include "cli/export/file_name.hpp"

namespace perdure::cli {

/// A file or folder could not be written. One sentence, with the name and the reason.
class file_trouble : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A folder of histories, one file a run. Several threads may write different runs at once.
class history_files {
  public:
    /// Makes the folder if it is not there. Throws file_trouble.
    history_files(std::filesystem::path folder, history_format format);

    [[nodiscard]] std::filesystem::path file_of(const pb::common::WorkflowExecution& run) const;

    /// Whether the run has a file that ends with the end of the run.
    [[nodiscard]] bool has_whole(const pb::common::WorkflowExecution& run) const;

    /// Writes a temporary file and gives it its name when it is whole and on the disk. Throws file_trouble, and command_error
    /// for a history that the format cannot hold.
    void write(const pb::common::WorkflowExecution& run, const pb::history::History& history);

  private:
    void write_whole(const std::filesystem::path& file, std::string_view bytes);

    std::filesystem::path folder_;
    history_format format_;
    std::atomic<unsigned> written_ = 0;
};

/// Whether these bytes, which `history_files` wrote, end with an event that closes the run.
[[nodiscard]] bool ends_closed(std::string_view bytes, history_format format);

}  // namespace perdure::cli
