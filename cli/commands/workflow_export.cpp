#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/commands/commands.hpp"
#include "cli/export/history_files.hpp"
#include "cli/history_source.hpp"
#include "cli/render/progress.hpp"

namespace perdure::cli {
namespace {

struct export_flags {
    std::string query;
    std::string folder;
    history_format format = history_format::json;
    unsigned jobs = 4;
    std::size_t limit = 0;
};

using run_info = pb::workflow::WorkflowExecutionInfo;

std::string counted(std::size_t count, const std::string& of_one, const std::string& of_many) {
    return std::to_string(count) + " " + (count == 1 ? of_one : of_many);
}

// Takes pages of runs and writes their histories, several at a time.
class exporter {
  public:
    exporter(session& shared, const export_flags& flags)
        : shared_(shared),
          flags_(flags),
          files_(flags.folder, flags.format),
          progress_(shared.err(), shared.text() && ::isatty(STDERR_FILENO) != 0) {}

    void expect(std::size_t all) { all_ = all; }

    /// Throws the first trouble that would stop every further run too, after the runs under way are done.
    void take(const std::vector<run_info>& page) {
        std::atomic<std::size_t> next = 0;
        const auto work = [&] {
            for (std::size_t at = next++; at < page.size() && !stopped_; at = next++) take_one(page[at]);
        };
        std::vector<std::jthread> threads;
        const std::size_t count = std::min<std::size_t>(flags_.jobs, page.size());
        for (std::size_t i = 1; i < count; ++i) threads.emplace_back(work);
        work();
        threads.clear();  // waits for each
        if (trouble_) std::rethrow_exception(trouble_);
    }

    exit_code tell() {
        progress_.clear();
        std::string text = counted(written_, "history", "histories") + " written to " + flags_.folder;
        if (skipped_ > 0) text += ", " + counted(skipped_, "closed run", "closed runs") + " skipped whose file is complete";
        if (gone_ > 0) text += ", " + counted(gone_, "run", "runs") + " gone meanwhile";
        if (unwritable_ > 0) text += ", " + counted(unwritable_, "history", "histories") + " that cannot be written";
        shared_.print(text + ".\n");
        shared_.print_json({{"written", written_},
                            {"skipped", skipped_},
                            {"gone", gone_},
                            {"unwritable", unwritable_},
                            {"folder", flags_.folder}});
        return unwritable_ > 0 ? exit_code::failed : exit_code::ok;
    }

    [[nodiscard]] std::size_t written() const noexcept { return written_; }

  private:
    void take_one(const run_info& info) {
        const auto& run = info.execution();
        try {
            if (info.status() != pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING && files_.has_whole(run)) return count(skipped_);
            pb::history::History history;
            read_history(shared_, {.workflow_id = run.workflow_id(), .run_id = run.run_id()},
                         [&](const pb::history::HistoryEvent& event) { *history.add_events() = event; });
            files_.write(run, history);
            count(written_);
        } catch (const command_error& error) {
            if (error.code() == exit_code::not_found) return count(gone_, "passed over: " + std::string(error.what()));
            if (error.code() == exit_code::refused) return count(unwritable_, error.what());
            stop();
        } catch (...) {
            stop();
        }
    }

    void count(std::size_t& kind, const std::string& said = {}) {
        const std::lock_guard lock(mutex_);
        ++kind;
        if (!said.empty()) {
            progress_.clear();
            shared_.err() << "perdure: " << said << '\n';
        }
        progress_.show(written_ + skipped_ + gone_ + unwritable_, all_);
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        if (!trouble_) trouble_ = std::current_exception();
        stopped_ = true;
    }

    session& shared_;
    const export_flags& flags_;
    history_files files_;
    std::mutex mutex_;
    progress_line progress_;
    std::size_t all_ = 0;
    std::size_t written_ = 0;
    std::size_t skipped_ = 0;
    std::size_t gone_ = 0;
    std::size_t unwritable_ = 0;
    std::exception_ptr trouble_;
    std::atomic<bool> stopped_ = false;
};

std::size_t count_runs(session& shared, const export_flags& flags) {
    pb::service::CountWorkflowExecutionsRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_query(flags.query);
    const auto count = static_cast<std::size_t>(shared.call(&frontend::count_workflow_executions, request).count());
    return flags.limit == 0 ? count : std::min(count, flags.limit);
}

void export_pages(session& shared, const export_flags& flags, exporter& writer) {
    pb::service::ListWorkflowExecutionsRequest request;
    request.set_namespace_(shared.flags.space);
    request.set_query(flags.query);
    std::size_t seen = 0;
    do {
        const auto response = shared.call(&frontend::list_workflow_executions, request);
        std::vector<run_info> page(response.executions().begin(), response.executions().end());
        if (flags.limit > 0 && page.size() > flags.limit - seen) page.resize(flags.limit - seen);
        seen += page.size();
        writer.take(page);
        request.set_next_page_token(response.next_page_token());
    } while (!request.next_page_token().empty() && (flags.limit == 0 || seen < flags.limit));
}

exit_code run_export(session& shared, const export_flags& flags) {
    std::unique_ptr<exporter> writer;
    try {
        writer = std::make_unique<exporter>(shared, flags);
        writer->expect(count_runs(shared, flags));
        export_pages(shared, flags, *writer);
        return writer->tell();
    } catch (const file_trouble& trouble) {
        std::string text = trouble.what();
        if (writer && writer->written() > 0)
            text += "; " + counted(writer->written(), "history is", "histories are") + " complete";
        throw command_error(exit_code::failed, text + "; make room or allow it, and give the same command again to go on");
    }
}

}  // namespace

void add_workflow_export(CLI::App& parent, session& shared) {
    auto* command = parent.add_subcommand("export", "Write the histories of many workflows into a folder");
    command->footer(
        "One file a run, <workflow id>--<run id>.json, which worker programs replay and other tools read. A file has its name "
        "only when it is whole, so a broken export is taken up by the same command: complete files of closed runs are "
        "skipped, open runs are fetched again.\n\n"
        "Examples:\n"
        "  perdure workflow export --query 'ExecutionStatus = \"Running\"' --to histories/\n"
        "  perdure workflow export --query 'WorkflowType = \"order.fulfil\"' --to histories/ --format binary --limit 1000\n");
    static const std::map<std::string, history_format> formats{{"json", history_format::json},
                                                               {"binary", history_format::binary}};
    auto flags = std::make_shared<export_flags>();
    command->add_option("-q,--query", flags->query, "List filter; without it all workflows");
    command->add_option("--to", flags->folder, "The folder; made if it is not there")->required();
    command->add_option("--format", flags->format, "json or binary (temporal.api.history.v1.History, smaller and faster)")
        ->transform(CLI::Transformer(formats, CLI::ignore_case).description(""))
        ->type_name("FORMAT");
    command->add_option("--jobs", flags->jobs, "Fetch so many histories at once")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command->add_option("--limit", flags->limit, "Export at most this many")->check(CLI::Range(1, 1'000'000'000));
    command->callback([&shared, flags] { shared.action = [&shared, flags] { return run_export(shared, *flags); }; });
}

}  // namespace perdure::cli
