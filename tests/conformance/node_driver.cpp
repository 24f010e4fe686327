#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

#include "api/ids.hpp"
#include "history_service/shard/background.hpp"
#include "history_service/store/memory/memory_store.hpp"
#include "history_service/store/sqlite/sqlite_store.hpp"
#include "server/node/make_node.hpp"
#include "tests/conformance/driver.hpp"
#include "tests/conformance/operations.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace perdure::conformance {
namespace {

using std::chrono::milliseconds;

/// No answer may need more time than this; polls end after a minute.
constexpr std::chrono::minutes longest_skip{15};

class counted_ids final : public history::id_source {
  public:
    std::string next() override {
        std::array<std::byte, 16> bytes{};
        ++count_;
        for (std::size_t i = 0; i < sizeof(count_); ++i) bytes[15 - i] = static_cast<std::byte>(count_ >> (8 * i) & 0xffU);
        return make_uuid4(bytes);
    }

  private:
    std::uint64_t count_ = 0;
};

using node_operation = std::function<void(server::node&, const json&, answer_handler)>;

/// The worker's side, which only a node has as operations.
const std::map<std::string, node_operation>& worker_operations() {
    using server::node;
    static const std::map<std::string, node_operation> table = {
        {"PollWorkflowTaskQueue", json_operation(&node::poll_workflow_task_queue)},
        {"PollActivityTaskQueue", json_operation(&node::poll_activity_task_queue)},
        {"RespondWorkflowTaskCompleted", json_operation(&node::respond_workflow_task_completed)},
        {"RespondWorkflowTaskFailed", json_operation(&node::respond_workflow_task_failed)},
        {"RespondQueryTaskCompleted", json_operation(&node::respond_query_task_completed)},
        {"ResetStickyTaskQueue", json_operation(&node::reset_sticky_task_queue)},
    };
    return table;
}

template <class T>
T value_or_throw(result<T> made, const char* what) {
    if (!made) throw std::runtime_error(std::string(what) + ": " + made.error().message);
    return *std::move(made);
}

class node_driver final : public driver {
  public:
    explicit node_driver(store_kind kind) {
        if (kind == store_kind::memory) {
            store_ = std::make_unique<history::memory_store>();
        } else {
            store_ = value_or_throw(history::open_sqlite_store({.path = folder_.file("play.db")}), "cannot open the store");
        }
        node_ = value_or_throw(server::make_node({}, {*store_, ids_, inline_, inline_, inline_}, now_), "cannot make a node");
    }

    [[nodiscard]] bool supports(const std::string& op) const override {
        return worker_operations().contains(op) || frontend_operations().contains(op);
    }

    [[nodiscard]] std::shared_ptr<pending_call> begin(const std::string& op, const json& request) override {
        // Requests of one script never come at the same instant.
        pass_to(now_ + milliseconds(1));
        auto call = std::make_shared<pending_call>();
        const auto done = [call](answer answered) { call->answered = std::move(answered); };
        const auto worker = worker_operations().find(op);
        if (worker != worker_operations().end()) {
            worker->second(*node_, request, done);
        } else {
            frontend_operations().at(op)(*node_, request, done);
        }
        return call;
    }

    bool wait(pending_call& call) override {
        const auto limit = now_ + longest_skip;
        while (!call.answered) {
            const auto due = node_->next_due();
            if (!due || *due > limit) return false;
            pass_to(std::max(*due, now_ + milliseconds(1)));
        }
        return true;
    }

    void sleep(milliseconds duration) override {
        const auto until = now_ + duration;
        for (auto due = node_->next_due(); due && *due < until; due = node_->next_due())
            pass_to(std::max(*due, now_ + milliseconds(1)));
        pass_to(std::max(until, now_));
    }

  private:
    void pass_to(wall_time time) {
        now_ = time;
        node_->advance(now_);
    }

    temporary_folder folder_;
    std::unique_ptr<history::store> store_;
    counted_ids ids_;
    history::inline_background inline_;
    wall_time now_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    std::unique_ptr<server::node> node_;
};

}  // namespace

driver_factory node_drivers(store_kind store) {
    return [store] { return std::make_unique<node_driver>(store); };
}

}  // namespace perdure::conformance
