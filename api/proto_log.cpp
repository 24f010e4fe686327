#include "api/proto_log.hpp"

#include <google/protobuf/stubs/common.h>

namespace perdure {

void silence_protobuf_log() noexcept { google::protobuf::SetLogHandler(nullptr); }

}  // namespace perdure
