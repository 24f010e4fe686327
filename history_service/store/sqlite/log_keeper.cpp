#include "history_service/store/sqlite/log_keeper.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

#include "history_service/store/sqlite/checkpointer.hpp"

namespace perdure::history::sqlite {
namespace {

// Moving pages from the log costs two flushes: seldom, and not a log without end.
constexpr int checkpoint_pages = 4'000;

// A page of the database and the head of its frame.
constexpr std::int64_t frame_bytes = 4'096 + 24;

constexpr std::int64_t first_room = std::int64_t{256} * 1024;
// One batch may go far beyond the checkpoint; what it needs then is not worth keeping room for.
constexpr std::int64_t most_room = (checkpoint_pages + 1'000) * frame_bytes;

sqlite3_file* log_of(sqlite3* db, const char* schema) {
    sqlite3_file* log = nullptr;
    const bool found = sqlite3_file_control(db, schema, SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log)) == SQLITE_OK;
    return found && log != nullptr && log->pMethods != nullptr ? log : nullptr;
}

}  // namespace

log_keeper::log_keeper(sqlite3* db, checkpointer* beside) : beside_(beside) {
    sqlite3_wal_hook(db, &log_keeper::after_commit, this);
}

// The commit is durable by now, so that nothing here may make it fail.
int log_keeper::after_commit(void* self, sqlite3* db, const char* schema, int pages) noexcept {
    static_cast<log_keeper*>(self)->check(db, schema, pages);
    static_cast<log_keeper*>(self)->make_room(db, schema, pages * frame_bytes);
    return SQLITE_OK;
}

void log_keeper::check(sqlite3* db, const char* schema, int pages) noexcept {
    using step = checkpointer::step;
    const step at = beside_ != nullptr ? beside_->at() : step::passed;
    if (at == step::idle && pages >= checkpoint_pages) beside_->begin();
    if (at != step::passed || (beside_ == nullptr && pages < checkpoint_pages)) return;
    sqlite3_wal_checkpoint_v2(db, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (beside_ != nullptr) beside_->end();
}

// Each time twice as much as there is: a small database has a small log, and a busy one is soon done with it.
void log_keeper::make_room(sqlite3* db, const char* schema, std::int64_t used) {
    if (used + first_room / 2 <= room_end_ || room_end_ >= most_room) return;
    sqlite3_file* log = log_of(db, schema);
    sqlite3_int64 size = 0;
    if (log == nullptr || log->pMethods->xFileSize(log, &size) != SQLITE_OK) return;
    room_end_ = std::clamp(2 * static_cast<std::int64_t>(size), first_room, most_room);
    static constexpr std::array<char, std::size_t{64} * 1024> zeros{};
    for (std::int64_t at = size; at < room_end_; at += std::int64_t{zeros.size()}) {
        const auto step = static_cast<int>(std::min(std::int64_t{zeros.size()}, room_end_ - at));
        // Without room on the disk there is none here: the commits themselves will say so.
        if (log->pMethods->xWrite(log, zeros.data(), step, at) != SQLITE_OK) return;
    }
    static_cast<void>(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY));
}

}  // namespace perdure::history::sqlite
