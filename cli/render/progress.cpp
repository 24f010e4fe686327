#include "cli/render/progress.hpp"

#include <algorithm>
#include <string>

namespace perdure::cli {

void progress_line::show(std::size_t done, std::size_t all) {
    if (!shown_) return;
    if (all == 0) {
        out_ << '\r' << done << std::flush;
        last_ = 0;
        return;
    }
    const std::size_t percent = std::min<std::size_t>(100, 100 * done / all);
    if (percent == last_) return;
    last_ = percent;
    constexpr std::size_t width = 40;
    const std::size_t full = width * percent / 100;
    out_ << "\r[" << std::string(full, '#') << std::string(width - full, ' ') << "] " << done << " of " << all << std::flush;
}

void progress_line::clear() {
    if (shown_ && last_ != never) out_ << "\r\033[K" << std::flush;
    last_ = never;
}

}  // namespace perdure::cli
