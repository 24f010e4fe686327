#include "sdk/replay/state_fingerprint.hpp"

#include <string_view>

#include "api/json_writer.hpp"

namespace perdure::detail {
namespace {

// FNV-1a: the same on every machine, and nobody has a reason to look for collisions in his own state.
class hash {
  public:
    void add(std::string_view bytes) noexcept {
        for (const char byte : bytes) step(static_cast<unsigned char>(byte));
        step(0xFF);  // keeps ("ab", "c") and ("a", "bc") apart
    }
    void add(std::uint64_t number) noexcept {
        for (int shift = 0; shift < 64; shift += 8) step(static_cast<unsigned char>(number >> shift));
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_ == 0 ? 1 : value_; }

  private:
    void step(unsigned char byte) noexcept { value_ = (value_ ^ byte) * 0x100000001B3U; }

    std::uint64_t value_ = 0xCBF29CE484222325U;
};

}  // namespace

std::uint64_t fingerprint_of(const workflow_type& type, const void* object, std::uint64_t before) {
    hash made;
    made.add(before);
    for (const state_member& member : type.state) {
        const raw_payload value = member.encode(object);
        made.add(member.name);
        made.add(value.encoding);
        made.add(value.data);
    }
    return made.value();
}

std::string state_json(const workflow_type& type, const void* object) {
    std::string text;
    json_writer json(text);
    json.begin_object();
    for (const state_member& member : type.state) {
        const raw_payload value = member.encode(object);
        json.key(member.name);
        if (value.encoding == encoding::json || value.encoding == encoding::json_protobuf) {
            json.raw(value.data);
        } else {
            json.text(value.encoding + ", " + std::to_string(value.data.size()) + " bytes");
        }
    }
    json.end_object();
    return text;
}

}  // namespace perdure::detail
