#include "api/assert.hpp"
#include "history_service/store/batch_codec.hpp"
#include "history_service/store/sqlite/log_frame.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {

void commit_log(std::string_view input) {
    for (const auto& frame : history::sqlite::find_frames(input, 0))
        PERDURE_ASSERT(frame.payload.size() <= input.size(), "a frame lies within its file");
    const auto read = history::decode_batch(input);
    if (!read) return;
    const auto again = history::decode_batch(history::encode_batch(*read));
    PERDURE_ASSERT(again.has_value(), "a batch that was read is written and read back");
}

}  // namespace perdure::fuzz
