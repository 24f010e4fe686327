#include "sdk/worker/replay_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include "sdk/replayer/bulk.hpp"
#include "sdk/replayer/file_replay.hpp"
#include "sdk/replayer/halt.hpp"
#include "sdk/replayer/history_content.hpp"
#include "sdk/replayer/junit.hpp"
#include "sdk/replayer/mapped_file.hpp"
#include "sdk/replayer/tracer.hpp"
#include "sdk/worker/debugger_session.hpp"
#include "sdk/worker/gdb_program.hpp"

namespace perdure::detail {
namespace {

void print(std::FILE* to, const std::string& text) { std::fwrite(text.data(), 1, text.size(), to); }

replay_exit exit_of(replay_verdict verdict) {
    switch (verdict) {
        case replay_verdict::fits:
            return replay_exit::ok;
        case replay_verdict::differs:
            return replay_exit::differs;
        case replay_verdict::failed:
            return replay_exit::failed;
        case replay_verdict::unknown_type:
            return replay_exit::unknown_type;
        case replay_verdict::undecodable:
            return replay_exit::undecodable;
        case replay_verdict::refused:
            return replay_exit::refused;
    }
    return replay_exit::trouble;
}

replay_exit exit_of(const history_error& trouble) {
    return trouble.kind() == history_trouble::missing ? replay_exit::missing : replay_exit::bad_history;
}

// Of two, the one that a person should hear of first.
replay_exit worse(replay_exit one, replay_exit other) {
    if (one == replay_exit::ok) return other;
    if (other == replay_exit::ok) return one;
    return std::min(one, other);
}

void tell(const replay_request& request, const replay_report& report) {
    print(stdout, request.json ? report.json() + "\n" : report.text());
}

// A line that is written over again, on a terminal only.
class progress_line {
  public:
    explicit progress_line(std::size_t all) : all_(all), shown_(::isatty(STDERR_FILENO) != 0) {}
    ~progress_line() { clear(); }
    progress_line(const progress_line&) = delete;
    progress_line& operator=(const progress_line&) = delete;

    void show(std::size_t done) {
        const std::size_t percent = all_ == 0 ? 100 : 100 * done / all_;
        if (!shown_ || percent == last_) return;
        last_ = percent;
        constexpr std::size_t width = 40;
        const std::string bar(width * percent / 100, '#');
        std::fprintf(stderr, "\r[%-40s] %zu of %zu", bar.c_str(), done, all_);
        std::fflush(stderr);
    }
    void clear() {
        if (shown_ && last_ != never) std::fprintf(stderr, "\r\033[K");
        last_ = never;
    }

  private:
    static constexpr std::size_t never = static_cast<std::size_t>(-1);
    std::size_t all_;
    std::size_t last_ = never;
    bool shown_;
};

// One history, looked at closely.
replay_exit replay_one(const replay_request& request, replay_settings settings,
                       const std::function<replay_report(const replay_settings&)>& replay) {
    std::optional<tracer> trace;
    std::optional<halt> stop;
    if (request.until) {
        settings.watcher = &stop.emplace(*request.until);
    } else if (request.trace) {
        settings.watcher = &trace.emplace([](const std::string& line) { print(stdout, line); });
    }
    const replay_report report = replay(settings);
    // A watcher keeps the second look away that finds the stack; ask again without.
    if (settings.watcher != nullptr && report.found()) {
        settings.watcher = nullptr;
        tell(request, replay(settings));
    } else {
        tell(request, report);
    }
    if (stop && stop->reached()) {
        print(stdout, "\nAt event " + std::to_string(*request.until) + ":\n\n" + stop->text());
    } else if (stop) {
        print(stderr, "event " + std::to_string(*request.until) + " was not reached: the history has " +
                          std::to_string(report.events()) + " events\n");
    }
    return exit_of(report.verdict());
}

replay_exit replay_live(const replay_request& request, const replay_settings& settings, const replay_surroundings& with) {
    const pb::history::History fetched = with.fetch(request.live, request.run_id);
    return replay_one(request, settings, [&](const replay_settings& own) {
        return replay_report("workflow " + request.live, replay_history(fetched, own));
    });
}

// Under a debugger, which needs the whole history at once to list its events.
replay_exit replay_debugged(const replay_request& request, const replay_settings& settings, const replay_surroundings& with) {
    const std::string name = request.live.empty() ? request.paths[0].string() : "workflow " + request.live;
    const auto read = [&] {
        const mapped_file mapped(request.paths[0]);
        return history_content(*any_events(mapped.bytes(), name), name).events();
    };
    const pb::history::History history = request.live.empty() ? read() : with.fetch(request.live, request.run_id);
    return static_cast<replay_exit>(replay_for_debugger(history, [&](replay_watcher& watcher) {
        replay_settings own = settings;
        own.watcher = &watcher;
        replay_report report(name, replay_history(history, own));
        if (report.found()) report = replay_report(name, replay_history(history, settings));  // with the second look
        tell(request, report);
        return static_cast<int>(exit_of(report.verdict()));
    }));
}

std::string summary_text(const bulk_summary& summary) {
    std::string text = std::to_string(summary.fit + summary.bad) + " histories, " + std::to_string(summary.events) +
                       " events: " + std::to_string(summary.fit) + " fit, " + std::to_string(summary.bad) + " do not\n";
    for (const auto& [number, times] : summary.by_number) {
        const std::string_view title = title_of(number);
        text += "  " + number + "  " + std::to_string(times) + (title.empty() ? "" : "  " + std::string(title)) + "\n";
    }
    if (summary.warnings > 0) text += "  " + std::to_string(summary.warnings) + " differences above the level\n";
    return text;
}

replay_exit replay_many(const replay_request& request, const replay_settings& settings,
                        const std::vector<std::filesystem::path>& files) {
    // A person who breaks something breaks it for thousands; the first reports say how.
    constexpr std::size_t most_reports = 20;
    std::optional<junit_file> junit;
    if (!request.junit.empty()) junit.emplace(request.junit);
    replay_exit worst = replay_exit::ok;
    std::size_t told = 0;
    progress_line progress(files.size());
    const auto take = [&](const bulk_result& result, std::size_t done) {
        if (junit) junit->add(result);
        worst = worse(worst, result.report ? exit_of(result.report->verdict()) : exit_of(*result.trouble));
        if (request.json && result.report) {
            tell(request, *result.report);
        } else if (!result.ok() && ++told <= most_reports) {
            progress.clear();
            print(request.json ? stderr : stdout,
                  (result.report ? result.report->text() : result.trouble->what()) + std::string("\n"));
        }
        progress.show(done);
    };
    const bulk_summary summary = replay_all(files, settings, request.jobs, take);
    progress.clear();
    if (junit) junit->finish();
    if (told > most_reports)
        print(stdout, "(" + std::to_string(told - most_reports) + " more reports; --junit FILE keeps them all)\n\n");
    print(request.json ? stderr : stdout, summary_text(summary));
    return worst;
}

replay_exit replay(const replay_request& request, const replay_surroundings& with) {
    replay_settings settings{.level = request.level, .conversion = payload_conversion::of(with.conversion)};
    for (const auto& types : with.types) settings.types.push_back(types.get());
    if (request.gdb) {
        print(stderr, exec_gdb(arguments_under_debugger(), request.until) + "\n");
        return replay_exit::no_debugger;
    }
    if (request.debugger_hooks) return replay_debugged(request, settings, with);
    if (!request.live.empty()) return replay_live(request, settings, with);
    if (request.paths.size() == 1 && !std::filesystem::is_directory(request.paths[0]) && request.junit.empty()) {
        const std::filesystem::path& file = request.paths[0];
        return replay_one(request, settings, [&](replay_settings own) {
            std::error_code ignored;
            progress_line progress(std::filesystem::file_size(file, ignored));
            own.progress = [&](std::size_t bytes) { progress.show(bytes); };
            return replay_file(file, own);
        });
    }
    std::vector<std::filesystem::path> files;
    for (const std::filesystem::path& path : request.paths) {
        if (!std::filesystem::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        for (const history_file& file : replay_folder(path)) files.push_back(file.path);
    }
    return replay_many(request, settings, files);
}

}  // namespace

const char* replay_exit_help() noexcept {
    return "Exit codes: 0 all fit; 1 trouble with the server or a file to write; 2 wrong command line; 3 the code makes other "
           "commands; 4 workflow code failed its task; 5 a payload does not decode; 6 unknown workflow type; 7 written by a "
           "newer "
           "SDK or not supported; 8 no history; 9 no such file; 10 no gdb with Python. Of several the smallest is given.";
}

replay_exit run_replay(const replay_request& request, const replay_surroundings& with) {
    try {
        return replay(request, with);
    } catch (const history_error& trouble) {
        print(stderr, trouble.what() + std::string("\n"));
        return exit_of(trouble);
    }
}

}  // namespace perdure::detail
