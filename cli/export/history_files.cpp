#include "cli/export/history_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "api/json.hpp"
#include "api/proto_bytes.hpp"
#include "cli/exit_code.hpp"

namespace perdure::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, int error) {
    throw file_trouble("cannot write " + file.string() + ": " + std::generic_category().message(error));
}

// A file that is removed unless it got its name.
class unfinished_file {
  public:
    explicit unfinished_file(fs::path path)
        : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
        if (file_ < 0) fail(path_, errno);
    }
    ~unfinished_file() {
        if (file_ >= 0) ::close(file_);
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    unfinished_file(const unfinished_file&) = delete;
    unfinished_file& operator=(const unfinished_file&) = delete;

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ::ssize_t count = ::write(file_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail(path_, errno);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void finish(const fs::path& name) {
        // The name must not survive a power cut that the bytes do not survive.
        if (::fsync(file_) != 0) fail(path_, errno);
        if (::close(std::exchange(file_, -1)) != 0) fail(path_, errno);
        if (::rename(path_.c_str(), name.c_str()) != 0) fail(name, errno);
        path_.clear();
    }

  private:
    fs::path path_;
    int file_;
};

}  // namespace

history_files::history_files(fs::path folder, history_format format) : folder_(std::move(folder)), format_(format) {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error || !fs::is_directory(folder_, error)) {
        const std::string reason = error ? error.message() : "a file has that name";
        throw file_trouble("cannot make the folder " + folder_.string() + ": " + reason);
    }
}

fs::path history_files::file_of(const pb::common::WorkflowExecution& run) const {
    return folder_ / history_file_name(run.workflow_id(), run.run_id(), format_);
}

bool history_files::has_whole(const pb::common::WorkflowExecution& run) const {
    std::ifstream in(file_of(run), std::ios::binary);
    std::ostringstream bytes;
    return in && (bytes << in.rdbuf()) && ends_closed(bytes.view(), format_);
}

void history_files::write(const pb::common::WorkflowExecution& run, const pb::history::History& history) {
    if (format_ == history_format::binary) return write_whole(file_of(run), deterministic_bytes(history));
    const auto text = print_history(history);
    if (!text) {
        throw command_error(exit_code::refused, "the history of workflow " + run.workflow_id() + ", run " + run.run_id() +
                                                    ", cannot be written as JSON: " + text.error().message +
                                                    "; --format binary holds everything");
    }
    write_whole(file_of(run), *text);
}

void history_files::write_whole(const fs::path& file, std::string_view bytes) {
    // Hidden, and without the ending of a history; of this process, so that two exports into one folder do not mix.
    const std::string name = ".unfinished-" + std::to_string(::getpid()) + "-" + std::to_string(++written_);
    unfinished_file made(folder_ / name);
    made.write(bytes);
    made.finish(file);
}

}  // namespace perdure::cli
