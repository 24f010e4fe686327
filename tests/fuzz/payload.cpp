#include "api/payload.hpp"

#include <boost/describe.hpp>

#include "api/assert.hpp"
#include "api/base64.hpp"
#include "tests/fuzz/targets.hpp"

namespace perdure::fuzz {
namespace {

enum class colour { red, green };
BOOST_DESCRIBE_ENUM(colour, red, green)

struct item {
    static constexpr std::string_view json_tag = "item";
    std::string name;
    std::vector<item> parts;
    std::optional<double> weight;
    std::map<std::string, std::int64_t> counts;
    colour paint = colour::red;
    std::chrono::milliseconds age{0};
    std::chrono::sys_time<std::chrono::seconds> made{};
    std::pair<bool, std::uint16_t> mark{};
    std::vector<std::byte> blob;
};
BOOST_DESCRIBE_STRUCT(item, (), (name, parts, weight, counts, paint, age, made, mark, blob))

struct parcel {
    std::variant<std::monostate, int, item> content;
    item first;
};
BOOST_DESCRIBE_STRUCT(parcel, (), (content, first))

}  // namespace

void payload(std::string_view input) {
    try {
        const auto read = from_json_text<parcel>(input);
        const std::string written = to_json_text(read);
        PERDURE_ASSERT(to_json_text(from_json_text<parcel>(written)) == written,
                       "a value that was read is written and read back");
    } catch (const payload_error& e) {
        PERDURE_ASSERT(*e.what() != '\0', "a refusal says why");
    }
    if (const auto span = from_iso_duration(input)) {
        PERDURE_ASSERT(from_iso_duration(to_iso_duration(*span)) == span, "durations round-trip");
    }
    if (const auto time = from_rfc3339(input)) {
        PERDURE_ASSERT(from_rfc3339(to_rfc3339(*time)) == time, "times round-trip");
    }
    if (const auto bytes = from_base64(input)) {
        PERDURE_ASSERT(from_base64(to_base64(*bytes)) == bytes, "base64 round-trips");
    }
}

}  // namespace perdure::fuzz
