#include "sdk/worker/log_lines.hpp"

#include <chrono>
#include <cstdio>
#include <mutex>
#include <utility>

#include "api/iso_time.hpp"

namespace perdure::detail {
namespace {

void append_field(std::string& line, std::string_view key, std::string_view value) {
    line += ' ';
    line += key;
    line += '=';
    const bool plain = !value.empty() && value.find_first_of(" \t\n\"=") == std::string_view::npos;
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char letter : value) {
        if (letter == '"' || letter == '\\') line += '\\';
        line += letter == '\n' ? ' ' : letter;
    }
    line += '"';
}

void to_stderr(log_level level, std::string_view text) {
    std::string line = to_rfc3339(std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()));
    line += ' ';
    line += to_string(level);
    line += ' ';
    line += text;
    line += '\n';
    // One write a line, so that lines of several threads do not mix.
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

log_lines::log_lines(log_level least, sink to, std::shared_ptr<meter> counters)
    : least_(least), sink_(to ? std::move(to) : sink(to_stderr)), counters_(std::move(counters)) {}

void log_lines::close() {
    const std::unique_lock lock(closing_);
    closed_ = true;
}

void log_lines::put(log_level level, std::string_view line) const {
    const std::shared_lock lock(closing_);
    if (!closed_) sink_(level, line);
}

void log_lines::write(log_level level, std::string_view text) const {
    if (level >= least_) put(level, text);
}

void log_lines::write_activity(const activity_info& about, log_level level, std::string_view message,
                               std::initializer_list<kv> fields) const {
    if (level < least_) return;
    std::string line(message);
    for (const kv& field : fields) append_field(line, field.key(), field.value());
    append_field(line, "activity", about.activity_type);
    append_field(line, "attempt", std::to_string(about.attempt));
    append_field(line, "workflow_id", about.workflow_id);
    append_field(line, "run_id", about.run_id);
    put(level, line);
}

void log_lines::log(const run_identity& run, log_level level, std::string_view message, std::span<const kv> fields) {
    if (level < least_) return;
    std::string line(message);
    for (const kv& field : fields) append_field(line, field.key(), field.value());
    append_field(line, "workflow", run.workflow_type);
    append_field(line, "workflow_id", run.workflow_id);
    append_field(line, "run_id", run.run_id);
    put(level, line);
}

void log_lines::count(const run_identity& run, std::string_view counter, double amount) {
    counters_->add_named(counter, run.workflow_type, amount);
}

}  // namespace perdure::detail
