#include "history_service/store/sqlite/sqlite_store.hpp"

#include <optional>

#include "history_service/store/check.hpp"
#include "history_service/store/sqlite/committer.hpp"
#include "history_service/store/sqlite/connection.hpp"
#include "history_service/store/sqlite/due_runs.hpp"
#include "history_service/store/sqlite/file_lock.hpp"
#include "history_service/store/sqlite/lister.hpp"
#include "history_service/store/sqlite/reader.hpp"
#include "history_service/store/sqlite/schema.hpp"

namespace perdure::history {
namespace {

// A connection in the state that the others rely on: its tables are there.
sqlite::connection open_connection(const sqlite_options& options, bool writable) {
    sqlite::connection db(options.path, writable, options.vfs);
    db.execute("PRAGMA query_only = " + std::string(writable ? "OFF" : "ON"));
    return db;
}

// What the log of commits has may be written over once it is in the tables, so these are flushed as well.
sqlite::connection open_writer(const sqlite_options& options) {
    sqlite::connection db = open_connection(options, true);
    if (db.ask_text("PRAGMA journal_mode = WAL") != "wal")
        throw sqlite::error{{status_code::failed_precondition,
                             "'" + options.path + "' cannot have a write-ahead log where it lies; put it on a local disk"}};
    db.execute("PRAGMA synchronous = FULL");
    // Moving pages from SQLite's own log costs two flushes: seldom, and not a log without end.
    db.execute("PRAGMA wal_autocheckpoint = 4000");
    db.execute("PRAGMA journal_size_limit = 67108864");
    db.execute("PRAGMA cache_size = -8192");
    if (options.max_pages > 0) db.execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
    sqlite::prepare_schema(db, options.path);
    return db;
}

class sqlite_store final : public store {
  public:
    sqlite_store(const sqlite_options& options, sqlite::file_lock lock)
        : lock_(std::move(lock)),
          write_db_(open_writer(options)),
          look_db_(open_connection(options, false)),
          // Whoever names a VFS wants to see, or to hinder, each step in its order.
          committer_(
              write_db_, look_db_,
              {.path = options.path, .vfs = options.vfs, .log_file_bytes = options.log_file_bytes, .apart = options.vfs.empty()}),
          read_db_(open_connection(options, false)),
          reader_(read_db_),
          ahead_db_(open_connection(options, false)),
          ahead_(ahead_db_),
          list_db_(open_connection(options, false)),
          lister_(list_db_) {}

    result<lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds) override {
        return guarded<lease_answer>([&] { return lease_answer{committer_.acquire_lease(owner)}; });
    }
    result<done> renew_lease(std::int64_t epoch) override {
        return guarded<done>([&] {
            committer_.renew_lease(epoch);
            return done{};
        });
    }
    result<done> release_lease(std::int64_t epoch) override {
        return guarded<done>([&] {
            committer_.release_lease(epoch);
            return done{};
        });
    }
    result<done> commit(const commit_batch& batch) override {
        assert_well_formed(batch);
        return guarded<done>([&] {
            committer_.commit(batch);
            return done{};
        });
    }
    result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t max_rows) override {
        return guarded<std::size_t>([&] { return committer_.collect_garbage(epoch, max_rows); });
    }

    // --- What steps ask for: answered beside the backlog where it says nothing of the run --------------------------------
    result<std::optional<run_number>> current_run(std::string_view namespace_name, std::string_view workflow_id) override {
        if (const auto said = pending().current_run(namespace_name, workflow_id)) return *said;
        return guarded<std::optional<run_number>>([&] { return reader_.current_run(namespace_name, workflow_id); });
    }
    result<std::vector<std::optional<run_number>>> current_runs(std::span<const workflow_name> names) override {
        return guarded<std::vector<std::optional<run_number>>>([&] {
            std::vector<std::optional<run_number>> found;
            for (const auto& [namespace_name, workflow_id] : names) {
                const auto said = pending().current_run(namespace_name, workflow_id);
                found.push_back(said ? *said : ahead_.current_run(namespace_name, workflow_id));
            }
            return found;
        });
    }
    result<std::optional<run_number>> find_run(const run_key& key) override {
        return guarded<std::optional<run_number>>([&] {
            auto found = pending().created(key);
            if (!found) found = reader_.find_run(key);
            return found && pending().deletes(*found) ? std::nullopt : found;
        });
    }
    result<std::optional<loaded_run>> load_run(run_number run) override {
        return guarded<std::optional<loaded_run>>([&] {
            settle(run);
            return reader_.load_run(run);
        });
    }
    result<std::vector<loaded_run>> load_runs(std::span<const run_number> runs) override {
        return guarded<std::vector<loaded_run>>([&] {
            for (const run_number run : runs) settle(run);
            return ahead_.load_runs(runs);
        });
    }
    result<std::vector<journal_record>> read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                    std::size_t max_bytes) override {
        return guarded<std::vector<journal_record>>([&] {
            settle(run);
            return reader_.read_events(run, first_event_id, max_events, max_bytes);
        });
    }
    result<std::vector<journal_record>> read_events_reverse(run_number run, std::int64_t last_event_id, std::size_t max_events,
                                                            std::size_t max_bytes) override {
        return guarded<std::vector<journal_record>>([&] {
            settle(run);
            return reader_.read_events_reverse(run, last_event_id, max_events, max_bytes);
        });
    }
    result<std::vector<journal_record>> read_journal(run_number run, std::int64_t after_sequence, std::size_t limit) override {
        return guarded<std::vector<journal_record>>([&] {
            settle(run);
            return reader_.read_journal(run, after_sequence, limit);
        });
    }
    result<std::vector<due_run>> due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) override {
        return guarded<std::vector<due_run>>([&] { return sqlite::due_runs(reader_, pending().wakeups(), until, after, limit); });
    }

    // --- What is asked for seldom: answered from the tables, when they have everything ------------------------------------
    result<std::vector<stored_task>> outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                       std::size_t limit) override {
        return guarded<std::vector<stored_task>>([&] {
            committer_.catch_up();
            return reader_.outstanding_tasks(queue, after, limit);
        });
    }
    result<std::vector<queue_key>> outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) override {
        return guarded<std::vector<queue_key>>([&] {
            committer_.catch_up();
            return reader_.outstanding_queues(after, limit);
        });
    }
    result<std::vector<std::string>> check_rows() override {
        return guarded<std::vector<std::string>>([&] {
            committer_.catch_up();
            return reader_.check_rows();
        });
    }
    result<visibility_page> list(std::string_view namespace_name, const list_filter& filter,
                                 const std::optional<list_cursor>& after, std::size_t limit) override {
        return guarded<visibility_page>([&] {
            committer_.catch_up();
            return lister_.list(namespace_name, filter, after, limit);
        });
    }
    result<std::vector<status_count>> count(std::string_view namespace_name, const list_filter& filter) override {
        return guarded<std::vector<status_count>>([&] {
            committer_.catch_up();
            return lister_.count(namespace_name, filter);
        });
    }
    result<std::vector<visibility_row>> scan_runs(run_number after, std::size_t limit) override {
        return guarded<std::vector<visibility_row>>([&] {
            committer_.catch_up();
            return lister_.scan_runs(after, limit);
        });
    }

  private:
    [[nodiscard]] const sqlite::backlog& pending() const noexcept { return committer_.pending(); }
    // A run that is read was thrown out of the cache, so that what was committed of it is seldom still pending.
    void settle(run_number run) {
        if (pending().mentions(run)) committer_.catch_up();
    }

    // Released last: closing any descriptor of the file before its connections would drop their locks.
    sqlite::file_lock lock_;
    sqlite::connection write_db_;
    sqlite::connection look_db_;
    sqlite::committer committer_;
    sqlite::connection read_db_;
    sqlite::reader reader_;
    sqlite::connection ahead_db_;
    sqlite::reader ahead_;
    sqlite::connection list_db_;
    sqlite::lister lister_;
};

}  // namespace

result<std::unique_ptr<store>> open_sqlite_store(const sqlite_options& options) {
    auto lock = sqlite::file_lock::take(options.path, options.create);
    if (!lock) return std::move(lock).error();
    return guarded<std::unique_ptr<store>>(
        [&]() -> std::unique_ptr<store> { return std::make_unique<sqlite_store>(options, *std::move(lock)); });
}

}  // namespace perdure::history
