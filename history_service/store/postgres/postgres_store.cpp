#include "history_service/store/postgres/postgres_store.hpp"

#include <mutex>
#include <optional>

#include "history_service/store/check.hpp"
#include "history_service/store/postgres/lister.hpp"
#include "history_service/store/postgres/reader.hpp"
#include "history_service/store/postgres/schema.hpp"
#include "history_service/store/postgres/server_check.hpp"
#include "history_service/store/postgres/writer.hpp"

namespace perdure::history {
namespace {

constexpr std::chrono::seconds open_limit{10};
/// A list may look at every run.
constexpr std::chrono::seconds list_limit{60};

class postgres_store final : public store {
  public:
    explicit postgres_store(const postgres_options& options)
        : read_only_(options.read_only),
          warn_([this, to = options.warn](const std::string& what) {
              const std::lock_guard lock(warning_);
              if (to) to(what);
          }),
          write_session_({options.uri, "write", true, false}, interrupt_, warn_),
          read_session_({options.uri, "read", true, options.read_only}, interrupt_, warn_),
          ahead_session_({options.uri, "ahead", true, options.read_only}, interrupt_, warn_),
          list_session_({options.uri, "list", false, options.read_only}, interrupt_, warn_),
          writer_(write_session_, interrupt_, options.patience),
          reader_(read_session_, options.read_limit),
          ahead_(ahead_session_, options.read_limit),
          lister_(list_session_, list_limit) {
        look(options);
    }

    result<lease_answer> acquire_lease(std::string_view owner, std::chrono::milliseconds duration) override {
        if (read_only_) return read_only_refusal();
        return guarded<lease_answer>([&] { return writer_.acquire_lease(owner, duration); });
    }
    result<done> renew_lease(std::int64_t epoch) override {
        if (read_only_) return read_only_refusal();
        return guarded<done>([&] {
            writer_.renew_lease(epoch);
            return done{};
        });
    }
    result<done> release_lease(std::int64_t epoch) override {
        if (read_only_) return read_only_refusal();
        return guarded<done>([&] {
            writer_.release_lease(epoch);
            return done{};
        });
    }
    result<done> commit(const commit_batch& batch) override {
        if (read_only_) return read_only_refusal();
        assert_well_formed(batch);
        return guarded<done>([&] {
            writer_.commit(batch);
            return done{};
        });
    }
    result<std::size_t> collect_garbage(std::int64_t epoch, std::size_t max_rows) override {
        if (read_only_) return read_only_refusal();
        return guarded<std::size_t>([&] { return writer_.collect_garbage(epoch, max_rows); });
    }
    result<std::optional<run_number>> current_run(std::string_view namespace_name, std::string_view workflow_id) override {
        return guarded<std::optional<run_number>>([&] { return reader_.current_run(namespace_name, workflow_id); });
    }
    result<std::vector<std::optional<run_number>>> current_runs(std::span<const workflow_name> names) override {
        return guarded<std::vector<std::optional<run_number>>>([&] { return ahead_.current_runs(names); });
    }
    [[nodiscard]] bool is_remote() const noexcept override { return true; }
    result<std::optional<run_number>> find_run(const run_key& key) override {
        return guarded<std::optional<run_number>>([&] { return reader_.find_run(key); });
    }
    result<std::optional<loaded_run>> load_run(run_number run) override {
        return guarded<std::optional<loaded_run>>([&] { return reader_.load_run(run); });
    }
    result<std::vector<loaded_run>> load_runs(std::span<const run_number> runs) override {
        return guarded<std::vector<loaded_run>>([&] { return ahead_.load_runs(runs); });
    }
    result<std::vector<journal_record>> read_events(run_number run, std::int64_t first_event_id, std::size_t max_events,
                                                    std::size_t max_bytes) override {
        return guarded<std::vector<journal_record>>(
            [&] { return reader_.read_events(run, first_event_id, max_events, max_bytes); });
    }
    result<std::vector<journal_record>> read_events_reverse(run_number run, std::int64_t last_event_id, std::size_t max_events,
                                                            std::size_t max_bytes) override {
        return guarded<std::vector<journal_record>>(
            [&] { return reader_.read_events_reverse(run, last_event_id, max_events, max_bytes); });
    }
    result<std::vector<journal_record>> read_journal(run_number run, std::int64_t after_sequence, std::size_t limit) override {
        return guarded<std::vector<journal_record>>([&] { return reader_.read_journal(run, after_sequence, limit); });
    }
    result<std::vector<due_run>> due_runs(wall_time until, const std::optional<due_run>& after, std::size_t limit) override {
        return guarded<std::vector<due_run>>([&] { return reader_.due_runs(until, after, limit); });
    }
    result<std::vector<stored_task>> outstanding_tasks(const queue_key& queue, const std::optional<task_position>& after,
                                                       std::size_t limit) override {
        return guarded<std::vector<stored_task>>([&] { return reader_.outstanding_tasks(queue, after, limit); });
    }
    result<std::vector<queue_key>> outstanding_queues(const std::optional<queue_key>& after, std::size_t limit) override {
        return guarded<std::vector<queue_key>>([&] { return reader_.outstanding_queues(after, limit); });
    }
    result<std::vector<std::string>> check_rows() override {
        return guarded<std::vector<std::string>>([&] { return reader_.check_rows(); });
    }
    result<visibility_page> list(std::string_view namespace_name, const list_filter& filter,
                                 const std::optional<list_cursor>& after, std::size_t limit) override {
        return guarded<visibility_page>([&] { return lister_.list(namespace_name, filter, after, limit); });
    }
    result<std::vector<status_count>> count(std::string_view namespace_name, const list_filter& filter) override {
        return guarded<std::vector<status_count>>([&] { return lister_.count(namespace_name, filter); });
    }
    void interrupt() noexcept override { interrupt_.raise(); }
    result<std::vector<visibility_row>> scan_runs(run_number after, std::size_t limit) override {
        return guarded<std::vector<visibility_row>>([&] { return lister_.scan_runs(after, limit); });
    }

  private:
    // What can be known before the first request is said before it.
    void look(const postgres_options& options) {
        const postgres::deadline until = std::chrono::steady_clock::now() + open_limit;
        postgres::connection& db = (read_only_ ? read_session_ : write_session_).get(until);
        if (!read_only_) postgres::check_writable(db, until);
        // The steps of a schema take as long as the tables are large.
        if (!read_only_ && options.migrate) postgres::apply_migrations(db, {});
        postgres::check_version(postgres::found_version(db, until));
        postgres::check_rights(db, read_only_, until);
        for (const std::string& warning : postgres::risky_settings(db, until)) warn_(warning);
    }

    bool read_only_;
    postgres::interruption interrupt_;
    std::mutex warning_;
    postgres::warning_sink warn_;
    postgres::session write_session_;
    postgres::session read_session_;
    postgres::session ahead_session_;
    postgres::session list_session_;
    postgres::writer writer_;
    postgres::reader reader_;
    postgres::reader ahead_;
    postgres::lister lister_;
};

}  // namespace

result<std::unique_ptr<store>> open_postgres_store(const postgres_options& options) {
    return guarded<std::unique_ptr<store>>([&]() -> std::unique_ptr<store> { return std::make_unique<postgres_store>(options); });
}

}  // namespace perdure::history
