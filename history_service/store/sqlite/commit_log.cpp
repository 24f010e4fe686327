#include "history_service/store/sqlite/commit_log.hpp"

#include <algorithm>
#include <utility>

#include "history_service/store/store_error.hpp"

namespace perdure::history::sqlite {
namespace {

constexpr std::int64_t first_size = std::int64_t{256} * 1'024;

}  // namespace

std::array<std::string, 2> commit_log::names(const std::string& path) { return {path + "-log-a", path + "-log-b"}; }

commit_log::files commit_log::open_files(const std::string& path, const std::string& vfs) {
    const auto [a, b] = names(path);
    return {open_log_file(a, vfs), open_log_file(b, vfs)};
}

// Commits follow each other, and each is durable before the next is begun: a torn one can only be the last.
std::vector<std::string> commit_log::read(const files& from, std::int64_t salt, std::int64_t applied) {
    std::vector<std::pair<std::int64_t, std::string>> found;
    for (const auto& file : from) {
        const std::string bytes = file->read();
        for (const log_frame& frame : find_frames(bytes, salt))
            if (frame.sequence > applied) found.emplace_back(frame.sequence, frame.payload);
    }
    std::ranges::sort(found, {}, &std::pair<std::int64_t, std::string>::first);
    std::vector<std::string> payloads;
    payloads.reserve(found.size());
    for (auto& [sequence, payload] : found) {
        if (sequence != ++applied)
            throw store_error{
                {status_code::data_loss, "the log of commits has commit " + std::to_string(sequence) + " and not commit " +
                                             std::to_string(applied) +
                                             ": it was damaged, or it is not of this state of the database; restore a backup of "
                                             "the database together with its log"}};
        payloads.push_back(std::move(payload));
    }
    return payloads;
}

commit_log::commit_log(files to, std::int64_t salt, std::int64_t last_sequence, std::size_t file_bytes)
    : files_(std::move(to)),
      salt_(salt),
      last_sequence_(last_sequence),
      file_bytes_(static_cast<std::int64_t>(file_bytes)),
      sizes_{files_[0]->size(), files_[1]->size()} {}

std::int64_t commit_log::end_of(std::size_t payload) const noexcept {
    return at_ + static_cast<std::int64_t>(frame_bytes(payload));
}

bool commit_log::has_room(std::size_t payload) const noexcept { return at_ == 0 || end_of(payload) <= file_bytes_; }

// Each time twice as much: a small database has a small log, and a busy one is soon done with it.
void commit_log::make_room_until(std::int64_t end) {
    std::int64_t& size = sizes_.at(active_);
    if (end <= size) return;
    const std::int64_t wanted = std::max(end, std::min(std::max(2 * size, first_size), file_bytes_));
    files_.at(active_)->grow(wanted);
    size = wanted;
}

void commit_log::append(std::string_view payload) {
    if (spoiled_) wipe();
    const std::int64_t end = end_of(payload.size());
    make_room_until(end);
    try {
        files_.at(active_)->write(buffer_.fill(salt_, {last_sequence_ + 1, payload}), at_);
    } catch (const store_error&) {
        spoiled_ = true;
        try {
            wipe();
        } catch (const store_error&) {
            // The disk is still in trouble: it is wiped before anything else is written.
            static_cast<void>(0);
        }
        throw;
    }
    at_ = end;
    ++last_sequence_;
}

void commit_log::wipe() {
    alignas(log_block) static constexpr std::array<char, log_block> nothing{};
    files_.at(active_)->write({nothing.data(), nothing.size()}, at_);
    spoiled_ = false;
}

void commit_log::turn() {
    if (spoiled_) wipe();
    active_ = 1 - active_;
    at_ = 0;
}

}  // namespace perdure::history::sqlite
