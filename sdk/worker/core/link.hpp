#pragma once

#include <optional>
#include <string>

#include "sdk/worker/core/types.hpp"

namespace perdure::detail {

/// The life of the connection: when to connect again, when to ping, when to give a silent peer up.
class link {
  public:
    enum class phase { waiting, connecting, greeting, open };

    explicit link(const core_options& options);

    /// True once when a connection is to be opened.
    [[nodiscard]] bool start_connecting(moment now);
    void connected(moment now);
    void welcomed(const pb::worker::Welcome& welcome, moment now);
    /// Lost, refused or given up: the next attempt waits longer each time, with jitter so that many workers that lost one
    /// server do not come back at the same instant.
    void disconnected(moment now);
    void heard(moment now) noexcept { heard_at_ = now; }
    /// The server said when to come back.
    void come_back_after(std::chrono::milliseconds pause) noexcept { asked_pause_ = pause; }

    /// A ping is to be sent now.
    [[nodiscard]] bool take_ping(moment now);
    /// The peer has been silent for longer than it promised.
    [[nodiscard]] bool is_dead(moment now) const;

    [[nodiscard]] phase state() const noexcept { return phase_; }
    [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }
    [[nodiscard]] std::uint64_t max_frame_bytes() const noexcept { return max_frame_bytes_; }
    [[nodiscard]] std::optional<moment> next_due() const;
    [[nodiscard]] std::chrono::milliseconds last_pause() const noexcept { return last_pause_; }

  private:
    [[nodiscard]] double random_unit() noexcept;

    std::chrono::milliseconds initial_;
    std::chrono::milliseconds max_;
    std::uint32_t servers_;
    std::uint64_t random_;
    phase phase_ = phase::waiting;
    std::uint32_t failures_ = 0;
    moment connect_at_ = moment::min();
    moment heard_at_{};
    moment pinged_at_{};
    std::optional<std::chrono::milliseconds> asked_pause_;
    std::chrono::milliseconds last_pause_{};
    std::chrono::milliseconds idle_{};
    std::uint64_t max_frame_bytes_ = 4U << 20U;
};

}  // namespace perdure::detail
