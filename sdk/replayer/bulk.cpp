#include "sdk/replayer/bulk.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "sdk/replayer/file_replay.hpp"

namespace perdure::detail {

bulk_summary replay_all(const std::vector<std::filesystem::path>& files, const replay_settings& settings, unsigned jobs,
                        const std::function<void(const bulk_result& result, std::size_t done)>& done) {
    bulk_summary summary;
    std::atomic<std::size_t> next{0};
    std::mutex guard;
    const auto count = [&](const bulk_result& result) {
        const std::scoped_lock lock(guard);
        ++(result.ok() ? summary.fit : summary.bad);
        if (result.report) {
            summary.events += result.report->events();
            summary.warnings += result.report->warnings().size();
        }
        if (!result.ok()) ++summary.by_number[result.report ? std::string(result.report->number()) : "unusable"];
        done(result, summary.fit + summary.bad);
    };
    const auto work = [&] {
        for (std::size_t index = next++; index < files.size(); index = next++) {
            bulk_result result{.file = files[index]};
            const auto began = std::chrono::steady_clock::now();
            try {
                result.report = replay_file(files[index], settings);
            } catch (const history_error& trouble) {
                result.trouble = trouble;
            }
            result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
            count(result);
        }
    };
    const std::size_t most = std::min<std::size_t>(std::max(jobs, 1U), std::max<std::size_t>(files.size(), 1));
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < most; ++i) others.emplace_back(work);
    work();
    others.clear();
    return summary;
}

}  // namespace perdure::detail
