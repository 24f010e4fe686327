#include "cli/input.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>

#include "api/base64.hpp"
#include "api/ids.hpp"
#include "cli/exit_code.hpp"

namespace perdure::cli {
namespace {

command_error usage(const std::string& message) { return {exit_code::usage, message}; }

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string user_name() {
    const passwd* entry = getpwuid(geteuid());
    return entry != nullptr && entry->pw_name != nullptr ? std::string(entry->pw_name) : std::to_string(geteuid());
}

/// Whether the text is JSON; the error is the parser's own sentence about the place.
void require_json(std::string_view flag, const std::string& text) {
    try {
        const auto ignored = nlohmann::json::parse(text);
        static_cast<void>(ignored);
    } catch (const nlohmann::json::parse_error& error) {
        std::string where = error.what();
        const auto start = where.find("parse error");
        if (start != std::string::npos) where = where.substr(start);
        throw usage(std::string(flag) + " is not JSON (" + where + "); a text needs quotes of its own: '\"" +
                    (text.size() < 40 && text.find('"') == std::string::npos ? text : std::string("text")) + "\"'");
    }
}

std::string read_file(const std::string& name) {
    if (name == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    std::ifstream in(name, std::ios::binary);
    if (!in) throw command_error(exit_code::not_found, "cannot read the input file " + in_quotes(name));
    return {std::istreambuf_iterator<char>(in), {}};
}

struct duration_unit {
    std::string_view name;
    double milliseconds;
};
constexpr std::array<duration_unit, 5> units = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

}  // namespace

std::chrono::milliseconds parse_duration(std::string_view flag, std::string_view text) {
    const auto refuse = [&] {
        return usage(std::string(flag) + " " + in_quotes(text) +
                     " is not a duration; write numbers with units, as in 500ms, 10s, 1h30m or 2d");
    };
    double total = 0;
    std::string_view rest = text;
    if (rest.empty()) throw refuse();
    while (!rest.empty()) {
        double count = 0;
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), count, std::chars_format::fixed);
        if (parsed.ec != std::errc() || count < 0) throw refuse();
        rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
        const auto end = std::min(rest.find_first_of("0123456789."), rest.size());
        const auto name = rest.substr(0, end);
        const auto* unit =
            std::find_if(units.begin(), units.end(), [&](const duration_unit& known) { return known.name == name; });
        if (unit == units.end()) throw refuse();
        total += count * unit->milliseconds;
        rest.remove_prefix(end);
    }
    constexpr double longest = 1000.0 * 365 * 86'400'000;
    if (total > longest) throw usage(std::string(flag) + " " + in_quotes(text) + " is longer than a thousand years");
    return std::chrono::milliseconds(std::llround(total));
}

void set_duration(google::protobuf::Duration& into, std::string_view flag, std::string_view text) {
    const auto time = parse_duration(flag, text);
    into.set_seconds(time.count() / 1000);
    into.set_nanos(static_cast<int>(time.count() % 1000) * 1'000'000);
}

pb::common::Payload json_payload(std::string_view flag, const std::string& text) {
    require_json(flag, text);
    pb::common::Payload payload;
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    payload.set_data(text);
    return payload;
}

pb::common::Payloads build_payloads(const payload_flags& flags) {
    if (!flags.input.empty() && !flags.files.empty())
        throw usage("--input and --input-file cannot be combined; give all inputs one way");
    std::vector<std::pair<std::string, std::string>> inputs;
    for (const auto& text : flags.input) inputs.emplace_back("--input", text);
    for (const auto& name : flags.files) inputs.emplace_back("--input-file " + in_quotes(name), read_file(name));

    // The nth --input-meta of a key belongs to the nth input; a single one belongs to all.
    std::map<std::string, std::vector<std::string>> metadata;
    for (const auto& pair : flags.metadata) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) throw usage("--input-meta " + in_quotes(pair) + " is not KEY=VALUE");
        auto& values = metadata[pair.substr(0, equals)];
        values.push_back(pair.substr(equals + 1));
        if (values.size() > std::max<std::size_t>(inputs.size(), 1)) {
            throw usage("--input-meta " + pair.substr(0, equals) + " is given more often than there are inputs");
        }
    }
    if (!metadata.contains("encoding")) metadata["encoding"] = {"json/plain"};

    pb::common::Payloads out;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        auto& [flag, data] = inputs[i];
        auto& payload = *out.add_payloads();
        for (const auto& [key, values] : metadata) {
            if (values.size() > 1 && i >= values.size()) continue;
            (*payload.mutable_metadata())[key] = values.size() == 1 ? values.front() : values[i];
        }
        if (flags.base64) {
            while (!data.empty() && (data.back() == '\n' || data.back() == '\r')) data.pop_back();
            auto decoded = from_base64(data);
            if (!decoded) throw usage(flag + " is not base64, which --input-base64 announces");
            data = *std::move(decoded);
        }
        if (payload.metadata().at("encoding").starts_with("json/")) require_json(flag, data);
        payload.set_data(std::move(data));
    }
    return out;
}

std::map<std::string, pb::common::Payload> key_values(std::string_view flag, const std::vector<std::string>& pairs) {
    std::map<std::string, pb::common::Payload> out;
    for (const auto& pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw usage(std::string(flag) + " " + in_quotes(pair) +
                        " is not KEY=VALUE with a JSON value, as in 'customer=\"Ada\"'");
        }
        const auto key = pair.substr(0, equals);
        out[key] = json_payload(std::string(flag) + " " + key, pair.substr(equals + 1));
    }
    return out;
}

std::string default_identity() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return "perdure-cli:" + user_name() + "@" + host.data();
}

std::string default_reason() { return "Requested from the command line by " + user_name(); }

std::string new_uuid() {
    std::random_device entropy;
    std::array<std::byte, 16> random{};
    for (auto& byte : random) byte = static_cast<std::byte>(entropy() & 0xffU);
    return make_uuid4(random);
}

}  // namespace perdure::cli
