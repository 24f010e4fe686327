#include "tests/fuzz/mutate.hpp"

#include <algorithm>
#include <array>

namespace perdure::fuzz {
namespace {

using namespace std::string_view_literals;

/// Pieces that decoders stumble over.
constexpr std::array pieces{"\""sv,
                            "\\"sv,
                            "{"sv,
                            "}"sv,
                            "[[[[[[[[[[[[[[[["sv,
                            "{\"cause\":"sv,
                            ","sv,
                            ":"sv,
                            "null"sv,
                            "true"sv,
                            "-1"sv,
                            "1e999"sv,
                            "-0.0"sv,
                            "9223372036854775808"sv,
                            "18446744073709551616"sv,
                            "\"\\ud800\""sv,
                            "\xFF"sv,
                            "\xED\xA0\x80"sv,
                            "\0"sv,
                            "\"-1s\""sv,
                            "\"400000000000s\""sv,
                            "\"10000-01-01T00:00:00Z\""sv,
                            "\"@type\""sv,
                            "\"metadata\""sv,
                            "\"payloads\""sv,
                            "\"fields\""sv,
                            "\"_protoMessageType\""sv};

}  // namespace

std::size_t mutator::below(std::size_t bound) {
    // splitmix64: small, and the same everywhere.
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    return bound == 0 ? 0 : static_cast<std::size_t>(mixed % bound);
}

void mutator::change(std::string& text, const std::vector<std::string>& inputs) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(24) + 1, text.size() - at);
    switch (below(7)) {
        case 0:
            if (at < text.size()) text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << below(8)));
            break;
        case 1:
            text.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 2:
            text.erase(at, length);
            break;
        case 3:
            text.insert(at, text.substr(below(text.size() + 1), below(64)));
            break;
        case 4:
            text.insert(at, pieces[below(pieces.size())]);
            break;
        case 5:
            text.replace(at, length, pieces[below(pieces.size())]);
            break;
        default: {
            const std::string& other = inputs[below(inputs.size())];
            const std::size_t from = below(other.size() + 1);
            text.replace(at, std::string::npos, other.substr(from, 2048));
        }
    }
}

std::string mutator::next(const std::vector<std::string>& inputs, std::size_t max_size) {
    const std::string& from = inputs[below(inputs.size())];
    // Of a long input a part is taken, but now and then from its start, so that its beginning stays well-formed.
    const std::size_t begin = from.size() > max_size && below(2) == 0 ? below(from.size() - max_size) : 0;
    std::string text = from.substr(begin, max_size);
    for (std::size_t changes = below(8) + 1; changes > 0; --changes) change(text, inputs);
    return text;
}

}  // namespace perdure::fuzz
