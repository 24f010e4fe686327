#include <sys/random.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "api/assert.hpp"
#include "api/ids.hpp"
#include "history_service/store/memory/memory_store.hpp"
#include "history_service/store/postgres/postgres_store.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "server/node/admitting_node.hpp"
#include "server/node/make_node.hpp"
#include "server/runtime/measured_store.hpp"
#include "server/runtime/node_source.hpp"
#include "server/tenure/acquire.hpp"
#include "server/tenure/owner_name.hpp"

namespace perdure::server {
namespace {

class random_ids final : public history::id_source {
  public:
    std::string next() override {
        if (next_ == drawn_.size()) draw();
        std::array<std::byte, id_bytes> bytes{};
        std::copy_n(drawn_.begin() + static_cast<std::ptrdiff_t>(next_), id_bytes, bytes.begin());
        next_ += id_bytes;
        return make_uuid4(bytes);
    }

  private:
    static constexpr std::size_t id_bytes = 16;

    // Up to 256 bytes come from the kernel in one piece, and its randomness costs a call, not a byte.
    void draw() {
        PERDURE_ASSERT(::getrandom(drawn_.data(), drawn_.size(), 0) == std::ssize(drawn_), "the kernel has randomness");
        next_ = 0;
    }

    std::array<std::byte, std::size_t{16} * id_bytes> drawn_{};
    std::size_t next_ = drawn_.size();
};

// Much shorter than anybody who waits for nothing could notice.
constexpr std::chrono::milliseconds commit_delay{2};
// Longer than a busy worker takes to answer a workflow task.
constexpr std::chrono::milliseconds answer_delay{20};
// What a start may take longer for it.
constexpr std::chrono::milliseconds first_answer_delay{5};

void write_line(logger& log, node_severity severity, std::string_view message) {
    switch (severity) {
        case node_severity::info:
            return log.info("node", {{"event", message}});
        case node_severity::warning:
            return log.warn("node", {{"event", message}});
        case node_severity::error:
            return log.error("node", {{"event", message}});
    }
}

class store_source final : public node_source {
  public:
    explicit store_source(options from) : from_(std::move(from)), owner_(owner_name(random_ids().next().substr(0, 8))) {}

    [[nodiscard]] std::optional<tenure_timing> shared() const override {
        if (from_.store.of != store_address::kind::postgres) return std::nullopt;
        return tenure_timing{.lease = from_.lease};
    }

    [[nodiscard]] result<done> open(logger& log, metrics& measured) override {
        auto opened = open_store(log);
        if (!opened) return std::move(opened.error());
        auto rows = measure_store(*std::move(opened), measured, last_commit_);
        const std::lock_guard lock(opening_);
        rows_ = std::move(rows);
        return done{};
    }
    void interrupt() noexcept override {
        const std::lock_guard lock(opening_);
        if (rows_) rows_->interrupt();
    }
    [[nodiscard]] result<history::lease_answer> acquire() override { return acquire_lease(*rows_, owner_, from_.lease); }
    [[nodiscard]] result<done> renew(std::int64_t epoch) override { return rows_->renew_lease(epoch); }
    [[nodiscard]] result<done> release(std::int64_t epoch) override { return rows_->release_lease(epoch); }
    [[nodiscard]] boot_time last_commit() const noexcept override { return last_commit_.load(); }

    [[nodiscard]] result<std::unique_ptr<node>> make(const node_ground& ground, const history::shard_lease& lease) override {
        node_options wanted;
        wanted.namespaces = from_.namespaces;
        wanted.shard.owner = owner_;
        wanted.shard.retention = std::chrono::ceil<std::chrono::hours>(from_.retention);
        wanted.shard.cache_bytes = from_.cache_bytes;
        wanted.shard.commit_delay = commit_delay;
        wanted.shard.answer_delay = answer_delay;
        wanted.shard.first_answer_delay = first_answer_delay;
        wanted.max_frame_bytes = from_.limits.frame_bytes;
        wanted.session_idle_timeout = from_.limits.worker_idle_timeout;
        wanted.log = [&log = ground.log](node_severity severity, std::string_view message) {
            write_line(log, severity, message);
        };
        auto made = make_node(
            std::move(wanted),
            {.rows = *rows_, .ids = ids_, .writes = ground.writes, .lists = ground.lists, .reads = ground.reads, .lease = lease},
            ground.now);
        if (!made || ground.gate == nullptr) return made;
        return behind_gate(*std::move(made), *ground.gate, [&measured = ground.measured](exhausted_cause cause) {
            measured.count("service_errors_resource_exhausted", {{"resource_exhausted_cause", std::string(to_string(cause))}});
        });
    }

  private:
    // What is said again at every attempt is logged once.
    void warn(logger& log, const std::string& sentence) {
        const std::lock_guard lock(warning_);
        if (std::exchange(last_warning_, sentence) != sentence) log.warn("database", {{"event", sentence}});
    }

    [[nodiscard]] result<std::unique_ptr<history::store>> open_store(logger& log) {
        switch (from_.store.of) {
            case store_address::kind::memory:
                return std::unique_ptr<history::store>(std::make_unique<history::memory_store>());
            case store_address::kind::sqlite:
                return history::open_sqlite_store({.path = from_.store.location});
            case store_address::kind::postgres:
                break;
        }
        return history::open_postgres_store({.uri = from_.store.location,
                                             // Beyond it a write would be for another owner's data.
                                             .patience = from_.lease,
                                             .warn = [this, &log](const std::string& sentence) { warn(log, sentence); }});
    }

    options from_;
    std::string owner_;
    random_ids ids_;
    std::atomic<boot_time> last_commit_{boot_time::min()};
    std::mutex warning_;
    std::string last_warning_;
    std::mutex opening_;
    std::unique_ptr<history::store> rows_;
};

}  // namespace

std::unique_ptr<node_source> make_store_source(const options& from) { return std::make_unique<store_source>(from); }

}  // namespace perdure::server
