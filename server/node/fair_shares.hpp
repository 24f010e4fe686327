#pragma once

#include "matching/types.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace perdure::server {

/// Who may have how much of a server that cannot serve all: whoever asks for most is cut first, down to what is fair, and
/// only when that is not enough is something taken from everybody.
class fair_shares {
  public:
    enum class verdict : std::uint8_t { granted, more_than_its_share, too_many_in_all };
    /// Somebody asks, under a level of `pressure`.
    [[nodiscard]] verdict ask(std::uint64_t who, double level, matching::instant now);

    /// Those whose share is kept track of; none while there is no pressure.
    [[nodiscard]] std::size_t size() const noexcept { return shares_.size(); }

  private:
    struct share {
        double left = 0;
        matching::instant at{};
    };
    [[nodiscard]] verdict judge(std::uint64_t who, double level, matching::instant now);
    /// Of a share that fills by `per_second`, at least up to `least`; false when there is nothing to take.
    [[nodiscard]] static bool take(share& of, double per_second, double least, matching::instant now);
    void count(matching::instant now);
    [[nodiscard]] double from_everybody(double level) const;
    [[nodiscard]] bool take_share(std::uint64_t who, double per_second, matching::instant now);

    std::unordered_map<std::uint64_t, share> shares_;
    /// Requests a second, the last seconds counting most.
    double asked_per_second_ = 0;
    double asked_ = 0;
    /// Granted ones a second, and the most of it that was seen, forgotten slowly: what the server can serve, as far as is known.
    double granted_per_second_ = 0;
    double granted_ = 0;
    double capacity_ = 0;
    /// What is granted in spite of all pressure.
    share floor_{};
    matching::instant counted_to_{};
    /// Requests within the share of who asked, now; and whether all were in the counting time before, or hardly any.
    double within_ = 0;
    bool all_within_ = true;
    bool few_within_ = false;
    /// What everybody gave up so far, in parts of a request.
    double owed_ = 0;
};

}  // namespace perdure::server
