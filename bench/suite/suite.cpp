#include "bench/suite/suite.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

#include "bench/report/format.hpp"
#include "bench/suite/chart.hpp"
#include "bench/suite/compare.hpp"
#include "bench/suite/own_postgres.hpp"
#include "bench/suite/plan.hpp"
#include "bench/suite/results.hpp"
#include "bench/suite/subprocess.hpp"
#include "bench/suite/table.hpp"

namespace perdure::bench {
namespace {

namespace fs = std::filesystem;

std::string today() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::localtime_r(&now, &parts);
    char text[sizeof "2000-01-01"] = {};
    static_cast<void>(std::strftime(text, sizeof text, "%F", &parts));
    return text;
}

std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

std::string joined(const std::vector<std::string>& words) {
    std::string made;
    for (const std::string& word : words) made += (made.empty() ? "" : " ") + word;
    return made;
}

void say(const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
    std::fflush(stderr);
}

nlohmann::ordered_json read_json(const std::string& path) {
    std::ifstream in(path);
    auto json = nlohmann::ordered_json::parse(in, nullptr, false);
    if (json.is_discarded()) throw std::runtime_error(path + " is no JSON");
    return json;
}

class suite {
  public:
    explicit suite(const suite_options& options)
        : options_(options),
          folder_(fs::absolute(options.folder) / ("perdure-suite-" + std::to_string(::getpid()))),
          plan_(make_plan({.quick = options.quick, .only = options.only, .stores = options.stores})) {
        ours_ = {.date = today(), .runs = options.runs, .quick = options.quick};
        ours_.machine = {{"processor", processor()}, {"cores", std::thread::hardware_concurrency()}};
        const auto wants_postgres = [](const planned& one) { return one.store == "postgres"; };
        if (std::ranges::any_of(plan_, wants_postgres)) {
            postgres_ = std::make_unique<suite_postgres>(options.postgres);
            ours_.machine["postgresql"] = postgres_->version();
        }
        theirs_ = ours_;
        fs::create_directories(folder_);
    }
    suite(const suite&) = delete;
    suite& operator=(const suite&) = delete;
    ~suite() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    void measure() {
        for (std::size_t run = 0; run < options_.runs; ++run) {
            for (std::size_t at = 0; at < plan_.size(); ++at) {
                const planned& one = plan_[at];
                say("run " + std::to_string(run + 1) + "/" + std::to_string(options_.runs) + ", " + std::to_string(at + 1) + "/" +
                    std::to_string(plan_.size()) + ": " + joined(one.arguments) + " on " + one.store);
                // Which goes first changes from round to round: the second finds warm caches.
                const bool theirs_first = !options_.against.empty() && run % 2 == 1;
                if (theirs_first) measure_one(one, options_.against, theirs_);
                measure_one(one, options_.programs, ours_);
                if (!options_.against.empty() && !theirs_first) measure_one(one, options_.against, theirs_);
            }
        }
    }

    void write() const {
        if (options_.results.empty()) return;
        fs::create_directories(options_.results);
        fs::path base = fs::path(options_.results) / ours_.date;
        for (int more = 2; fs::exists(base.string() + ".json"); ++more)
            base = fs::path(options_.results) / (ours_.date + "-" + std::to_string(more));
        std::ofstream(base.string() + ".json") << to_json(ours_).dump(1) << '\n';
        const auto panels = panels_of(ours_);
        const series* limits = ours_.limits();
        std::string caption = "Medians of " + std::to_string(ours_.runs) + " runs, " + ours_.date + ", " +
                              std::to_string(std::thread::hardware_concurrency()) + " cores";
        if (limits != nullptr) caption += ", a flush takes " + rounded(limits->median_of("flush_ms"), 2) + " ms";
        if (!panels.empty()) std::ofstream(base.string() + ".svg") << to_svg(panels, caption + "; peers as recorded");
        say("written: " + base.string() + ".json" + (panels.empty() ? "" : " and .svg"));
    }

    [[nodiscard]] int judge() const {
        int status = ours_.failures.empty() ? suite_measured : suite_failed;
        if (!options_.against.empty()) status = std::max(status, judge_by(theirs_, options_.against, pairing::by_turn));
        if (!options_.baseline.empty())
            status = std::max(status, judge_by(results_from(read_json(options_.baseline)), options_.baseline, pairing::none));
        return status;
    }

    [[nodiscard]] const results& ours() const { return ours_; }

  private:
    void measure_one(const planned& one, const std::string& programs, results& into) {
        std::vector<std::string> arguments = one.arguments;
        try {
            arguments.insert(arguments.end(), {"--store", one.store == "postgres" ? postgres_->fresh() : one.store});
            into.add(run_in_a_process(programs, arguments, folder_.string()));
        } catch (const std::exception& e) {
            const std::string failure = joined(one.arguments) + " on " + one.store + ": " + e.what();
            say("  " + failure);
            if (std::ranges::find(into.failures, failure) == into.failures.end()) into.failures.push_back(failure);
        }
    }

    int judge_by(const results& before, const std::string& name, pairing pairs) const {
        const auto changes = compare(before, ours_, pairs);
        std::printf("\nCompared with %s\n%s", name.c_str(), to_text(changes).c_str());
        if (changes.empty()) {
            std::printf("Nothing there was measured in the same way: compare runs with the same --quick and --only.\n");
            return suite_uncomparable;
        }
        const series* limits = ours_.limits();
        const series* old_limits = before.limits();
        if (limits != nullptr && old_limits != nullptr)
            std::printf("A flush took %s ms then and %s ms now.\n", rounded(old_limits->median_of("flush_ms"), 3).c_str(),
                        rounded(limits->median_of("flush_ms"), 3).c_str());
        const bool worse = std::ranges::any_of(changes, [](const change& one) { return one.verdict == verdict::worse; });
        return worse ? suite_regressed : suite_measured;
    }

    const suite_options& options_;
    fs::path folder_;
    std::vector<planned> plan_;
    std::unique_ptr<suite_postgres> postgres_;
    results ours_;
    results theirs_;
};

}  // namespace

int run_suite(const suite_options& options) {
    // A baseline that cannot be read is told before an hour of measuring.
    if (!options.baseline.empty()) static_cast<void>(results_from(read_json(options.baseline)));
    suite all(options);
    all.measure();
    std::printf("%s", to_table(all.ours()).c_str());
    std::fflush(stdout);
    all.write();
    const int status = all.judge();
    std::fflush(stdout);
    return status;
}

}  // namespace perdure::bench
