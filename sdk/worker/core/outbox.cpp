#include "sdk/worker/core/outbox.hpp"

#include <algorithm>
#include <utility>

namespace perdure::detail {
namespace {

constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{5'000};

}  // namespace

worker_message outbox::add(std::shared_ptr<pb::worker::WorkerMessage> message, request_subject subject) {
    message->set_request_id(++last_id_);
    return entries_.emplace(last_id_, entry{std::move(message), std::move(subject), 0, std::nullopt}).first->second.message;
}

std::optional<request_subject> outbox::take(std::uint64_t request_id) {
    auto node = entries_.extract(request_id);
    if (node.empty()) return std::nullopt;
    if (node.mapped().retry_at) --postponed_;
    return std::move(node.mapped().subject);
}

bool outbox::postpone(std::uint64_t request_id, moment now) {
    const auto found = entries_.find(request_id);
    if (found == entries_.end()) return false;
    entry& waiting = found->second;
    const auto pause = std::min(first_pause * (1 << std::min<std::uint32_t>(waiting.refusals, 6)), longest_pause);
    ++waiting.refusals;
    if (!waiting.retry_at) ++postponed_;
    waiting.retry_at = now + pause;
    return true;
}

bool outbox::has_foreseen(const std::string& run_id) const {
    return std::ranges::any_of(entries_, [&](const auto& entry) {
        const request_subject& subject = entry.second.subject;
        return subject.what == request_subject::kind::foreseen_answer && subject.run_id == run_id;
    });
}

std::vector<worker_message> outbox::resend_all() {
    std::erase_if(entries_, [](const auto& item) { return item.second.subject.what == request_subject::kind::heartbeat; });
    std::vector<worker_message> messages;
    messages.reserve(entries_.size());
    postponed_ = 0;
    for (auto& [id, waiting] : entries_) {
        waiting.retry_at.reset();
        messages.push_back(waiting.message);
    }
    return messages;
}

std::vector<worker_message> outbox::take_due(moment now) {
    std::vector<worker_message> messages;
    if (postponed_ == 0) return messages;
    for (auto& [id, waiting] : entries_) {
        if (!waiting.retry_at || now < *waiting.retry_at) continue;
        waiting.retry_at.reset();
        --postponed_;
        messages.push_back(waiting.message);
    }
    return messages;
}

std::optional<moment> outbox::next_due() const {
    std::optional<moment> earliest;
    if (postponed_ == 0) return earliest;
    for (const auto& [id, waiting] : entries_)
        if (waiting.retry_at && (!earliest || *waiting.retry_at < *earliest)) earliest = waiting.retry_at;
    return earliest;
}

}  // namespace perdure::detail
