#include "tests/fuzz/round_trip.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {
namespace {

template <class Frame>
void decode(std::string_view input) {
    Frame frame;
    if (!frame.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
    Frame again;
    PERDURE_ASSERT(again.ParseFromString(frame.SerializeAsString()), "a frame that was read can be sent on");
    expect_stable(frame, {.payload_shorthand = true});
}

}  // namespace

void worker_frame(std::string_view input) {
    decode<pb::worker::FromWorker>(input);
    decode<pb::worker::FromServer>(input);
}

}  // namespace perdure::fuzz
