#include <perdure/replayer.hpp>

#include <utility>

#include "sdk/replayer/history_content.hpp"
#include "sdk/replayer/replay_session.hpp"

namespace perdure {

replayer::replayer(replay_options options) : options_(std::move(options)) {}

replay_report replayer::replay(const history& recorded) const {
    const detail::replay_settings settings{.types = {registered_.workflows().get()},
                                           .level = options_.level,
                                           .level_of = &options_.level_of,
                                           .conversion = detail::payload_conversion::of(options_.conversion)};
    return {recorded.name(), detail::replay_history(recorded.held_->events(), settings)};
}

}  // namespace perdure
