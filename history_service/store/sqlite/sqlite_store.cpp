#include "history_service/store/sqlite/sqlite_store.hpp"

#include <optional>

#include "history_service/store/check.hpp"
#include "history_service/store/sqlite/checkpointer.hpp"
#include "history_service/store/sqlite/connection.hpp"
#include "history_service/store/sqlite/file_lock.hpp"
#include "history_service/store/sqlite/lister.hpp"
#include "history_service/store/sqlite/log_keeper.hpp"
#include "history_service/store/sqlite/reader.hpp"
#include "history_service/store/sqlite/schema.hpp"
#include "history_service/store/sqlite/writer.hpp"

namespace perdure::history {
namespace {

// A connection in the state that the others rely on: its tables are there.
sqlite::connection open_connection(const sqlite_options& options, bool writable) {
    sqlite::connection db(options.path, writable, options.vfs);
    db.execute("PRAGMA query_only = " + std::string(writable ? "OFF" : "ON"));
    return db;
}

// The durability of a commit is decided here.
sqlite::connection open_writer(const sqlite_options& options) {
    sqlite::connection db = open_connection(options, true);
    if (db.ask_text("PRAGMA journal_mode = WAL") != "wal")
        throw sqlite::error{{status_code::failed_precondition,
                             "'" + options.path + "' cannot have a write-ahead log where it lies; put it on a local disk"}};
    db.execute("PRAGMA synchronous = FULL");
    db.execute("PRAGMA journal_size_limit = 67108864");
    db.execute("PRAGMA cache_size = -8192");
    if (options.max_pages > 0) db.execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
    sqlite::prepare_schema(db, options.path);
    return db;
}

class sqlite_store final : public store {
  public:
    sqlite_store(const sqlite_options& options, std::optional<sqlite::file_lock> lock) : lock_(std::move(lock)) {
        if (!options.read_only) {
            write_db_.emplace(open_writer(options));
            // Whoever names a VFS wants to see, or to hinder, each step of a commit in its order.
            if (options.vfs.empty()) checkpointer_.emplace(options.path);
            log_keeper_.emplace(write_db_->handle(), checkpointer_ ? &*checkpointer_ : nullptr);
            writer_.emplace(*write_db_);
        }
        read_db_.emplace(open_connection(options, false));
        sqlite::check_schema(*read_db_, options.path);
        reader_.emplace(*read_db_);
        ahead_db_.emplace(open_connection(options, false));
        ahead_.emplace(*ahead_db_);
        list_db_.emplace(open_connection(options, false));
        lister_.emplace(*list_db_);
    }

    result<lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds) override {
        if (!writer_) return read_only_refusal();
        return guarded<lease_answer>([&] { return lease_answer{writer_->acquire_lease(owner)}; });
    }
    result<done> renew_lease(std::int64_t epoch) override {
        if (!writer_) return read_only_refusal();
        return guarded<done>([&] {
            writer_->renew_lease(epoch);
            return done{};
        });
    }
    result<done> release_lease(std::int64_t epoch) override {
        if (!writer_) return read_only_refusal();
        return guarded<done>([&] {
            writer_->release_lease(epoch);
            return done{};
        });
    }
    result<done> commit(const commit_batch& batch) override {
        if (!writer_) return read_only_refusal();
        assert_well_formed(batch);
        return guarded<done>([&] {
            writer_->commit(batch);
            return done{};
        });
    }
    result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t max_rows) override {
        if (!writer_) return read_only_refusal();
        return guarded<std::size_t>([&] { return writer_->collect_garbage(epoch, max_rows); });
    }
    result<std::optional<run_number>> current_run(std::string_view namespace_name, std::string_view workflow_id) override {
        return guarded<std::optional<run_number>>([&] { return reader_->current_run(namespace_name, workflow_id); });
    }
    result<std::optional<run_number>> find_run(const run_key& key) override {
        return guarded<std::optional<run_number>>([&] { return reader_->find_run(key); });
    }
    result<std::optional<loaded_run>> load_run(run_number run) override {
        return guarded<std::optional<loaded_run>>([&] { return reader_->load_run(run); });
    }
    result<std::vector<loaded_run>> load_runs(std::span<const run_number> runs) override {
        return guarded<std::vector<loaded_run>>([&] { return ahead_->load_runs(runs); });
    }
    result<std::vector<journal_record>> read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                    std::size_t max_bytes) override {
        return guarded<std::vector<journal_record>>(
            [&] { return reader_->read_events(run, first_event_id, max_events, max_bytes); });
    }
    result<std::vector<journal_record>> read_events_reverse(run_number run, std::int64_t last_event_id, std::size_t max_events,
                                                            std::size_t max_bytes) override {
        return guarded<std::vector<journal_record>>(
            [&] { return reader_->read_events_reverse(run, last_event_id, max_events, max_bytes); });
    }
    result<std::vector<journal_record>> read_journal(run_number run, std::int64_t after_sequence, std::size_t limit) override {
        return guarded<std::vector<journal_record>>([&] { return reader_->read_journal(run, after_sequence, limit); });
    }
    result<std::vector<due_run>> due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) override {
        return guarded<std::vector<due_run>>([&] { return reader_->due_runs(until, after, limit); });
    }
    result<std::vector<stored_task>> outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                       std::size_t limit) override {
        return guarded<std::vector<stored_task>>([&] { return reader_->outstanding_tasks(queue, after, limit); });
    }
    result<std::vector<queue_key>> outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) override {
        return guarded<std::vector<queue_key>>([&] { return reader_->outstanding_queues(after, limit); });
    }
    result<std::vector<std::string>> check_rows() override {
        return guarded<std::vector<std::string>>([&] { return reader_->check_rows(); });
    }
    result<visibility_page> list(std::string_view namespace_name, const list_filter& filter,
                                 const std::optional<list_cursor>& after, std::size_t limit) override {
        return guarded<visibility_page>([&] { return lister_->list(namespace_name, filter, after, limit); });
    }
    result<std::vector<status_count>> count(std::string_view namespace_name, const list_filter& filter) override {
        return guarded<std::vector<status_count>>([&] { return lister_->count(namespace_name, filter); });
    }
    result<std::vector<visibility_row>> scan_runs(run_number after, std::size_t limit) override {
        return guarded<std::vector<visibility_row>>([&] { return lister_->scan_runs(after, limit); });
    }

  private:
    // Released last: closing any descriptor of the file before its connections would drop their locks.
    std::optional<sqlite::file_lock> lock_;
    std::optional<sqlite::connection> write_db_;
    std::optional<sqlite::checkpointer> checkpointer_;
    std::optional<sqlite::log_keeper> log_keeper_;
    std::optional<sqlite::connection> read_db_;
    std::optional<sqlite::connection> ahead_db_;
    std::optional<sqlite::connection> list_db_;
    std::optional<sqlite::writer> writer_;
    std::optional<sqlite::reader> reader_;
    std::optional<sqlite::reader> ahead_;
    std::optional<sqlite::lister> lister_;
};

}  // namespace

result<std::unique_ptr<store>> open_sqlite_store(const sqlite_options& options) {
    std::optional<sqlite::file_lock> lock;
    if (!options.read_only) {
        auto taken = sqlite::file_lock::take(options.path, options.create);
        if (!taken) return std::move(taken).error();
        lock.emplace(std::move(*taken));
    }
    return guarded<std::unique_ptr<store>>(
        [&]() -> std::unique_ptr<store> { return std::make_unique<sqlite_store>(options, std::move(lock)); });
}

}  // namespace perdure::history
