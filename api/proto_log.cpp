#include "api/proto_log.hpp"

#include <google/protobuf/stubs/logging.h>

namespace perdure {

void silence_protobuf_log() noexcept { google::protobuf::SetLogHandler(nullptr); }

}  // namespace perdure
