#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "api/varint.hpp"

namespace perdure {

/// How protobuf writes a field, as the lowest bits of its tag say it. Groups, which nobody writes any more, are not read.
enum class wire_type : std::uint8_t { varint = 0, fixed64 = 1, with_length = 2, fixed32 = 5 };

/// One field of a message on the wire. What it points to belongs to the message.
struct wire_field {
    std::uint32_t number = 0;
    wire_type type = wire_type::varint;
    /// Of a varint.
    std::uint64_t value = 0;
    /// Of one with a length: the bytes of a text or of a message.
    std::string_view content{};
    /// With its tag.
    std::string_view whole{};
};

/// Takes a message on the wire apart into its fields, in order, without making anything of them. The bytes may be anybody's and
/// must outlive it.
class wire_reader {
  public:
    explicit wire_reader(std::string_view bytes) noexcept : bytes_(bytes) {}

    /// Goes to the next field. False after the last one and where the bytes are no field; `field` is of no use then.
    [[nodiscard]] bool next(wire_field& field) noexcept {
        if (failed_ || at_ == bytes_.size()) return false;
        failed_ = !take(field);
        return !failed_;
    }

    /// Some bytes were no field.
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    /// All bytes were fields, and all of them were read.
    [[nodiscard]] bool ended() const noexcept { return !failed_ && at_ == bytes_.size(); }

  private:
    [[nodiscard]] bool take(wire_field& field) noexcept {
        const std::size_t begin = at_;
        std::uint64_t tag = 0;
        if (!read_varint(bytes_, at_, tag) || tag > std::numeric_limits<std::uint32_t>::max()) return false;
        field.number = static_cast<std::uint32_t>(tag >> 3U);
        field.type = static_cast<wire_type>(tag & 7U);
        field.value = 0;
        field.content = {};
        switch (field.type) {
            case wire_type::varint:
                if (!read_varint(bytes_, at_, field.value)) return false;
                break;
            case wire_type::fixed64:
                if (!skip(8)) return false;
                break;
            case wire_type::with_length: {
                std::uint64_t length = 0;
                if (!read_varint(bytes_, at_, length) || !skip(length)) return false;
                field.content = {bytes_.data() + at_ - length, length};
                break;
            }
            case wire_type::fixed32:
                if (!skip(4)) return false;
                break;
            default:
                return false;
        }
        field.whole = {bytes_.data() + begin, at_ - begin};
        return field.number != 0;
    }
    [[nodiscard]] bool skip(std::uint64_t bytes) noexcept {
        if (bytes > bytes_.size() - at_) return false;
        at_ += bytes;
        return true;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace perdure
