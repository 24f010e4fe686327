#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "history_service/engine/environment.hpp"
#include "history_service/shard/background.hpp"
#include "history_service/store/memory/memory_store.hpp"
#include "server/node/make_node.hpp"
#include "server/node/node.hpp"

namespace perdure::test {

/// Ids that a seed decides: the same test gives the same history.
class seeded_ids final : public history::id_source {
  public:
    explicit seeded_ids(std::uint64_t seed) : state_(seed) {}
    std::string next() override;

  private:
    std::uint64_t state_;
};

/// The whole service on the memory store, driven by the test's thread.
class test_service {
  public:
    test_service(std::uint64_t seed, wall_time now, std::function<void(std::string)> log);

    [[nodiscard]] server::node& node() noexcept { return *node_; }

  private:
    history::memory_store store_;
    seeded_ids ids_;
    history::inline_background commits_;
    history::inline_background lists_;
    history::inline_background reads_;
    std::unique_ptr<server::node> node_;
};

/// The value of a reply that comes at once, as those of reads do; nothing for a refusal.
template <class Response, class Call>
[[nodiscard]] std::optional<Response> at_once(const Call& call) {
    auto received = std::make_shared<std::optional<Response>>();
    call([received](result<Response> answer) {
        if (answer) *received = *std::move(answer);
    });
    return std::move(*received);
}

}  // namespace perdure::test
