#include <array>
#include <random>
#include <string>

#include "api/ids.hpp"
#include "history_service/store/memory/memory_store.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "server/node/make_node.hpp"
#include "server/runtime/measured_store.hpp"
#include "server/runtime/node_maker.hpp"

namespace perdure::server {
namespace {

class random_ids final : public history::id_source {
  public:
    std::string next() override {
        std::array<std::byte, 16> bytes{};
        for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::random_device::result_type)) {
            const auto word = device_();
            for (std::size_t k = 0; k < sizeof word; ++k) bytes[i + k] = static_cast<std::byte>((word >> (8U * k)) & 0xffU);
        }
        return make_uuid4(bytes);
    }

  private:
    std::random_device device_;
};

// Longer than a worker takes to answer a workflow task, and much shorter than anybody who waits for nothing could notice.
constexpr std::chrono::milliseconds commit_delay{2};

// What a node of a server stands on.
struct foundation {
    std::unique_ptr<history::store> rows;
    random_ids ids;
};

result<std::unique_ptr<history::store>> open_store(const options& from) {
    if (!from.database) return std::unique_ptr<history::store>(std::make_unique<history::memory_store>());
    return history::open_sqlite_store({.path = *from.database});
}

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

}  // namespace

node_maker make_node_on_store(const options& from) {
    return [from](const node_ground& ground) -> result<owned_node> {
        auto rows = open_store(from);
        if (!rows) return std::move(rows.error());
        auto beneath = std::make_shared<foundation>();
        beneath->rows = measure_store(*std::move(rows), ground.measured);
        node_options wanted;
        wanted.namespaces = from.namespaces;
        wanted.shard.retention = std::chrono::ceil<std::chrono::hours>(from.retention);
        wanted.shard.cache_bytes = from.cache_bytes;
        wanted.shard.commit_delay = commit_delay;
        wanted.max_frame_bytes = from.limits.frame_bytes;
        wanted.session_idle_timeout = from.limits.worker_idle_timeout;
        wanted.log = [&log = ground.log](node_severity severity, std::string_view message) {
            write_line(log, severity, message);
        };
        auto made =
            make_node(std::move(wanted),
                      {.rows = *beneath->rows, .ids = beneath->ids, .writes = ground.writes, .lists = ground.lists}, ground.now);
        if (!made) return std::move(made.error());
        return owned_node{.beneath = std::move(beneath), .served = *std::move(made)};
    };
}

}  // namespace perdure::server
