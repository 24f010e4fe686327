#include <perdure/protobuf.hpp>

#include "api/json.hpp"

namespace perdure::detail {

raw_payload encode_message(const google::protobuf::Message& message) {
    result<std::string> json = print_message(message);
    if (!json) throw payload_error(json.error().message);
    return {
        std::string(encoding::json_protobuf), std::move(json).value(), {{"messageType", message.GetDescriptor()->full_name()}}};
}

void decode_message(const raw_payload& stored, google::protobuf::Message& into) {
    const std::string& type = into.GetDescriptor()->full_name();
    const auto named = stored.metadata.find("messageType");
    if (named != stored.metadata.end() && named->second != type) {
        throw payload_error("the payload holds a " + named->second + ", not a " + type);
    }
    if (stored.encoding == "binary/protobuf") {
        if (!into.ParseFromString(stored.data)) throw payload_error("the bytes of a " + type + " are damaged");
        return;
    }
    if (stored.encoding != encoding::json_protobuf && stored.encoding != encoding::json) {
        throw payload_error(type + " is stored as json/protobuf, but the payload has the encoding \"" + stored.encoding + '"');
    }
    const auto read = parse_message(stored.data, into, {.payload_shorthand = false, .unknown = unknown_fields::ignore});
    if (!read) throw payload_error("the payload is no " + type + ": " + read.error().message);
}

}  // namespace perdure::detail
