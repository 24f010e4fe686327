#include "sdk/worker/core/link.hpp"

#include <algorithm>

namespace perdure::detail {
namespace {

// A handshake that takes longer than this is as good as no server.
constexpr std::chrono::milliseconds handshake_limit{10'000};
// Where another server stands by, it serves within seconds: a worker should not come much later, nor wait long for the first one.
constexpr std::chrono::milliseconds longest_pause_with_choice{500};
constexpr std::chrono::milliseconds longest_silence_with_choice{9'000};

}  // namespace

link::link(const core_options& options)
    : initial_(options.reconnect_initial),
      max_(options.servers > 1 ? std::min(options.reconnect_max, longest_pause_with_choice) : options.reconnect_max),
      servers_(static_cast<std::uint32_t>(std::max<std::size_t>(options.servers, 1))),
      random_(options.seed) {}

bool link::start_connecting(moment now) {
    if (phase_ != phase::waiting || now < connect_at_) return false;
    phase_ = phase::connecting;
    heard_at_ = now;
    return true;
}

void link::connected(moment now) {
    phase_ = phase::greeting;
    heard_at_ = now;
}

void link::welcomed(const pb::worker::Welcome& welcome, moment now) {
    phase_ = phase::open;
    failures_ = 0;
    heard_at_ = now;
    pinged_at_ = now;
    if (welcome.max_frame_bytes() != 0) max_frame_bytes_ = welcome.max_frame_bytes();
    idle_ = std::chrono::milliseconds(welcome.idle_timeout_ms());
    if (servers_ > 1 && idle_.count() != 0) idle_ = std::min(idle_, longest_silence_with_choice);
}

void link::disconnected(moment now) {
    phase_ = phase::waiting;
    const std::chrono::milliseconds pause = std::min(initial_ * (1 << std::min<std::uint32_t>(failures_ / servers_, 10)), max_);
    ++failures_;
    last_pause_ = std::chrono::duration_cast<std::chrono::milliseconds>(pause * (0.5 + random_unit() / 2));
    // The pause that a server asks for is how long it will be away, which is nothing to whom another one serves.
    if (asked_pause_ && servers_ == 1) last_pause_ += *asked_pause_;
    asked_pause_.reset();
    connect_at_ = now + last_pause_;
}

bool link::take_ping(moment now) {
    if (phase_ != phase::open || idle_.count() == 0 || now < pinged_at_ + idle_ / 3) return false;
    pinged_at_ = now;
    return true;
}

bool link::is_dead(moment now) const {
    if (phase_ == phase::connecting || phase_ == phase::greeting) return now >= heard_at_ + handshake_limit;
    return phase_ == phase::open && idle_.count() != 0 && now >= heard_at_ + idle_;
}

std::optional<moment> link::next_due() const {
    switch (phase_) {
        case phase::waiting:
            return connect_at_;
        case phase::connecting:
        case phase::greeting:
            return heard_at_ + handshake_limit;
        case phase::open:
            break;
    }
    if (idle_.count() == 0) return std::nullopt;
    return std::min(pinged_at_ + idle_ / 3, heard_at_ + idle_);
}

double link::random_unit() noexcept {
    // splitmix64
    random_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = random_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    mixed ^= mixed >> 31U;
    return static_cast<double>(mixed >> 11U) / static_cast<double>(1ULL << 53U);
}

}  // namespace perdure::detail
