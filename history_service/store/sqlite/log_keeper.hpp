#pragma once

#include <cstdint>

struct sqlite3;
struct sqlite3_file;

namespace perdure::history::sqlite {

class checkpointer;

/// Looks after the write-ahead log of a writing connection: moves its pages into the database now and then, and keeps zeros
/// written behind its end.
///
/// A commit then overwrites what the disk has already: its flush writes data only, while one that makes the file longer also
/// writes the file system's own books, which takes twice as long. Zeros are no frame, so a reader of the log stops at them.
class log_keeper {
  public:
    /// `beside`: moves most pages beside the commits; nullptr: the commits move all of them.
    log_keeper(sqlite3* db, checkpointer* beside);
    log_keeper(const log_keeper&) = delete;
    log_keeper& operator=(const log_keeper&) = delete;

  private:
    static int after_commit(void* self, sqlite3* db, const char* schema, int pages) noexcept;
    void check(sqlite3* db, const char* schema, int pages) noexcept;
    void make_room(sqlite3* db, const char* schema, std::int64_t used);

    checkpointer* beside_;
    /// Where the zeros end, as far as is known.
    std::int64_t room_end_ = 0;
};

}  // namespace perdure::history::sqlite
