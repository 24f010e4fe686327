#include <algorithm>
#include <ostream>
#include <system_error>

#include <perdure/replayer.hpp>

namespace perdure {

void PrintTo(const history_file& file, std::ostream* out) { *out << file.path.filename().string(); }

std::vector<history_file> replay_folder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code trouble;
    std::vector<history_file> found;
    for (fs::recursive_directory_iterator at(folder, trouble), end; !trouble && at != end; at.increment(trouble)) {
        const fs::path& file = at->path();
        if (at->is_regular_file(trouble) && (file.extension() == ".json" || file.extension() == ".pb")) found.push_back({file});
    }
    if (trouble)
        throw history_error(
            trouble == std::errc::no_such_file_or_directory ? history_trouble::missing : history_trouble::unreadable,
            "the folder " + folder.string() + " cannot be read: " + trouble.message());
    if (found.empty())
        throw history_error(history_trouble::missing,
                            "the folder " + folder.string() +
                                " holds no history (*.json, *.pb); export some with `perdure workflow export --to " +
                                folder.string() + "`");
    std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) { return one.path < other.path; });
    return found;
}

}  // namespace perdure
