#include "server/config/config_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <sstream>

namespace perdure::server {
namespace {

using assigned = result<done>;

service_failure wrong_type(std::string_view wanted) { return {status_code::invalid_argument, "must be " + std::string(wanted)}; }

assigned set_text(std::string& into, const toml::node& value) {
    const auto text = value.value_exact<std::string>();
    if (!text) return wrong_type("a string in quotes");
    into = *text;
    return done{};
}

assigned set_duration(std::chrono::milliseconds& into, const toml::node& value) {
    const auto text = value.value_exact<std::string>();
    if (!text) return wrong_type("a duration in quotes like \"30s\"");
    auto parsed = parse_duration(*text);
    if (!parsed) return std::move(parsed.error());
    if (parsed->count() == 0) return wrong_type("a duration above zero");
    into = *parsed;
    return done{};
}

assigned set_size(std::size_t& into, const toml::node& value) {
    if (const auto number = value.value_exact<std::int64_t>()) {
        if (*number <= 0) return wrong_type("above zero");
        into = static_cast<std::size_t>(*number);
        return done{};
    }
    const auto text = value.value_exact<std::string>();
    if (!text) return wrong_type("a whole number, or a size in quotes like \"4MiB\"");
    auto parsed = parse_size(*text);
    if (!parsed) return std::move(parsed.error());
    if (*parsed == 0) return wrong_type("above zero");
    into = *parsed;
    return done{};
}

assigned set_texts(std::vector<std::string>& into, const toml::node& value) {
    const toml::array* list = value.as_array();
    if (list == nullptr || list->empty()) return wrong_type("a list of strings like [\"default\"]");
    std::vector<std::string> texts;
    for (const toml::node& one : *list) {
        const auto text = one.value_exact<std::string>();
        if (!text || text->empty()) return wrong_type("a list of strings like [\"default\"]");
        texts.push_back(*text);
    }
    into = std::move(texts);
    return done{};
}

template <class Enum>
assigned set_name(Enum& into, const toml::node& value, std::optional<Enum> (*parse)(std::string_view) noexcept,
                  std::string_view wanted) {
    const auto text = value.value_exact<std::string>();
    const auto parsed = text ? parse(*text) : std::nullopt;
    if (!parsed) return wrong_type(wanted);
    into = *parsed;
    return done{};
}

template <class Amount>
assigned set_at_least(Amount& into, const toml::node& value, assigned (*set)(Amount&, const toml::node&), Amount least,
                      std::string_view wanted) {
    Amount given{};
    if (auto ok = set(given, value); !ok) return ok;
    if (given < least) return wrong_type(wanted);
    into = given;
    return done{};
}

struct setting {
    config_key described;
    assigned (*assign)(options&, const toml::node&);
};

template <auto Member>
assigned limit_size(options& into, const toml::node& value) {
    return set_size(into.limits.*Member, value);
}
template <auto Member>
assigned limit_duration(options& into, const toml::node& value) {
    return set_duration(into.limits.*Member, value);
}

assigned set_port(options& into, const toml::node& value) {
    const auto number = value.value_exact<std::int64_t>();
    if (!number || *number < 0 || *number > std::numeric_limits<std::uint16_t>::max()) return wrong_type("a port, 0 to 65535");
    into.http_port = static_cast<std::uint16_t>(*number);
    return done{};
}

assigned set_store(store_address& into, const toml::node& value) {
    const auto text = value.value_exact<std::string>();
    if (!text) return wrong_type("a string in quotes");
    auto parsed = store_address::parse(*text);
    if (!parsed) return std::move(parsed.error());
    into = *std::move(parsed);
    return done{};
}

// Shorter, and a pause of the scheduler or of the disk looks like a dead server.
constexpr std::chrono::milliseconds shortest_lease{500};

// Workers join what they have to say into frames of 64 KiB, whatever a server takes.
constexpr std::size_t smallest_frame = std::size_t{128} * 1024;

using limits = connection_limits;

constexpr std::array settings{
    setting{{"server", "address", "string", "The address to listen on."},
            [](options& into, const toml::node& value) { return set_text(into.address, value); }},
    setting{{"server", "http_port", "port", "HTTP, metrics and worker streams; 0 lets the system choose."}, set_port},
    setting{{"server", "database", "string", "The SQLite file; the same as store = \"sqlite:FILE\"."},
            [](options& into, const toml::node& value) {
                into.store = {store_address::kind::sqlite, {}};
                return set_text(into.store.location, value);
            }},
    setting{{"server", "store", "string", "memory, sqlite:FILE or postgres://user@host/database; memory if nothing is said."},
            [](options& into, const toml::node& value) { return set_store(into.store, value); }},
    setting{{"server", "lease", "duration", "How long a server that says nothing keeps a store that others share."},
            [](options& into, const toml::node& value) {
                return set_at_least(into.lease, value, &set_duration, shortest_lease, "at least 500ms");
            }},
    setting{{"server", "namespaces", "list", "The namespaces that exist."},
            [](options& into, const toml::node& value) { return set_texts(into.namespaces, value); }},
    setting{{"server", "retention", "duration", "How long a closed run can be looked at; then it is deleted."},
            [](options& into, const toml::node& value) { return set_duration(into.retention, value); }},
    setting{{"server", "cache_bytes", "size", "Executions kept in memory."},
            [](options& into, const toml::node& value) { return set_size(into.cache_bytes, value); }},
    setting{{"server", "drain_timeout", "duration", "How long a stop waits for requests under way."},
            [](options& into, const toml::node& value) { return set_duration(into.drain_timeout, value); }},
    setting{{"log", "level", "name", "trace, debug, info, warn, error or off."},
            [](options& into, const toml::node& value) {
                return set_name(into.level, value, &parse_log_level, "trace, debug, info, warn, error or off");
            }},
    setting{
        {"log", "format", "name", "logfmt or json."},
        [](options& into, const toml::node& value) { return set_name(into.format, value, &parse_log_format, "logfmt or json"); }},
    setting{{"limits", "header_bytes", "size", "A request's start line and headers."}, limit_size<&limits::header_bytes>},
    setting{{"limits", "body_bytes", "size", "A request's body."}, limit_size<&limits::body_bytes>},
    setting{{"limits", "frame_bytes", "size", "One frame from a worker."},
            [](options& into, const toml::node& value) {
                return set_at_least(into.limits.frame_bytes, value, &set_size, smallest_frame, "at least 128KiB");
            }},
    setting{{"limits", "unsent_bytes", "size", "What may wait for a worker that does not read."},
            limit_size<&limits::unsent_bytes>},
    setting{{"limits", "connections", "size", "Connections of all kinds."}, limit_size<&limits::connections>},
    setting{{"limits", "header_timeout", "duration", "For a request's headers to arrive."},
            limit_duration<&limits::header_timeout>},
    setting{{"limits", "body_timeout", "duration", "For a request's body to arrive."}, limit_duration<&limits::body_timeout>},
    setting{{"limits", "write_timeout", "duration", "For a peer to take an answer."}, limit_duration<&limits::write_timeout>},
    setting{{"limits", "idle_timeout", "duration", "Between two requests on a connection."},
            limit_duration<&limits::idle_timeout>},
    setting{{"limits", "request_timeout", "duration", "For the service to answer."}, limit_duration<&limits::request_timeout>},
    setting{{"limits", "worker_idle_timeout", "duration", "A worker silent for so long is given up."},
            limit_duration<&limits::worker_idle_timeout>},
    setting{{"limits", "waiting_requests", "size", "Starts and signals that wait for the disk."},
            limit_size<&limits::waiting_requests>},
    setting{{"limits", "waiting_requests_a_workflow", "size", "Those of them for one workflow id."},
            limit_size<&limits::waiting_requests_a_workflow>},
    setting{{"limits", "waiting_bytes", "size", "The bytes of all that wait for the disk."}, limit_size<&limits::waiting_bytes>},
    setting{{"limits", "target_delay", "duration", "New work is held back when requests wait longer for the server."},
            limit_duration<&limits::target_delay>},
};

std::string place(const std::string& name, const toml::source_region& at) { return name + ":" + std::to_string(at.begin.line); }

std::string suggest(std::string_view word, const std::vector<std::string_view>& candidates) {
    const std::string_view near = nearest_name(word, candidates);
    if (!near.empty()) return "did you mean \"" + std::string(near) + "\"?";
    std::string all = "known are:";
    for (const std::string_view candidate : candidates) all += " " + std::string(candidate);
    return all;
}

std::vector<std::string_view> section_names() {
    std::vector<std::string_view> names;
    for (const setting& one : settings)
        if (names.empty() || names.back() != one.described.section) names.push_back(one.described.section);
    return names;
}

std::vector<std::string_view> keys_of(std::string_view section) {
    std::vector<std::string_view> names;
    for (const setting& one : settings)
        if (one.described.section == section) names.push_back(one.described.key);
    return names;
}

assigned apply_section(options& into, std::string_view section, const toml::table& keys, const std::string& name) {
    for (const auto& [key, value] : keys) {
        const std::string full = std::string(section) + "." + std::string(key.str());
        const setting* found = nullptr;
        for (const setting& one : settings)
            if (one.described.section == section && one.described.key == key.str()) found = &one;
        if (found == nullptr)
            return service_failure{status_code::invalid_argument, place(name, key.source()) + ": there is no setting \"" + full +
                                                                      "\"; " + suggest(key.str(), keys_of(section))};
        if (auto ok = found->assign(into, value); !ok)
            return service_failure{status_code::invalid_argument,
                                   place(name, value.source()) + ": " + full + ": " + ok.error().message};
    }
    return done{};
}

}  // namespace

std::vector<config_key> config_keys() {
    std::vector<config_key> keys;
    for (const setting& one : settings) keys.push_back(one.described);
    return keys;
}

result<options> parse_config(std::string_view text, const std::string& name, options into) {
    toml::table file;
    try {
        file = toml::parse(text, name);
    } catch (const toml::parse_error& error) {
        return service_failure{status_code::invalid_argument,
                               place(name, error.source()) + ": not TOML: " + std::string(error.description())};
    }
    for (const auto& [section, value] : file) {
        const std::vector<std::string_view> sections = section_names();
        if (std::ranges::find(sections, section.str()) == sections.end())
            return service_failure{status_code::invalid_argument, place(name, section.source()) + ": there is no section \"" +
                                                                      std::string(section.str()) + "\"; " +
                                                                      suggest(section.str(), sections)};
        const toml::table* keys = value.as_table();
        if (keys == nullptr)
            return service_failure{status_code::invalid_argument, place(name, section.source()) + ": \"" +
                                                                      std::string(section.str()) + "\" is a section; write [" +
                                                                      std::string(section.str()) + "] above its settings"};
        if (auto ok = apply_section(into, section.str(), *keys, name); !ok) return std::move(ok.error());
    }
    return into;
}

result<options> load_config(const std::string& path, options into) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return service_failure{status_code::not_found, path +
                                                           ": cannot be read; name an existing file with --config, or leave "
                                                           "the flag out to run with the defaults"};
    std::stringstream text;
    text << in.rdbuf();
    return parse_config(text.str(), path, std::move(into));
}

}  // namespace perdure::server
