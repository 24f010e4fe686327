#include "perdure/detail/test_support.hpp"

#include <algorithm>

#include "api/json_value.hpp"
#include "api/json_writer.hpp"

namespace perdure::detail {
namespace {

std::string join(const std::string& path, const std::string& member) { return path.empty() ? member : path + "." + member; }

void compare(const std::string& path, const json_value& expected, const json_value& actual, std::string& out) {
    const std::string where = path.empty() ? "value" : path;
    if (expected.if_object() != nullptr && actual.if_object() != nullptr) {
        for (const json_member& member : *expected.if_object()) {
            if (const json_value* other = actual.find(member.name)) {
                compare(join(path, member.name), member.value, *other, out);
            } else {
                out += join(path, member.name) + ": expected " + write_json(member.value) + ", got nothing\n";
            }
        }
        for (const json_member& member : *actual.if_object())
            if (expected.find(member.name) == nullptr)
                out += join(path, member.name) + ": expected nothing, got " + write_json(member.value) + "\n";
        return;
    }
    if (expected.if_list() != nullptr && actual.if_list() != nullptr) {
        const auto& left = *expected.if_list();
        const auto& right = *actual.if_list();
        if (left.size() != right.size())
            out += where + ": expected " + std::to_string(left.size()) + " elements, got " + std::to_string(right.size()) + "\n";
        for (std::size_t index = 0; index < std::min(left.size(), right.size()); ++index)
            compare(path + "[" + std::to_string(index) + "]", left[index], right[index], out);
        return;
    }
    if (!(expected == actual)) out += where + ": expected " + write_json(expected) + ", got " + write_json(actual) + "\n";
}

}  // namespace

const mock_step* mock_script::next() {
    if (steps.empty()) return nullptr;
    while (at + 1 < steps.size() && used >= std::max(1, steps[at].times)) {
        ++at;
        used = 0;
    }
    ++used;
    return &steps[at];
}

std::string json_difference(const std::string& expected, const std::string& actual) {
    if (expected == actual) return {};
    const auto left = parse_json(expected);
    const auto right = parse_json(actual);
    if (!left || !right) return "expected " + expected + ", got " + actual + "\n";
    std::string out;
    compare({}, *left, *right, out);
    return out;
}

}  // namespace perdure::detail
