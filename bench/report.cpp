#include "bench/report.hpp"

#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/format.hpp"
#include "bench/peers.hpp"

namespace perdure::bench {
namespace {

const order4_report* at(const std::vector<order4_report>& reports, std::size_t concurrency) {
    for (const order4_report& report : reports)
        if (report.options.concurrency == concurrency) return &report;
    return nullptr;
}

void row(std::ostream& out, const std::string& name, const std::string& p50, const std::string& at_32,
         const std::string& at_256) {
    out << std::left << std::setw(36) << name << std::right << std::setw(14) << p50 << std::setw(14) << at_32 << std::setw(14)
        << at_256 << '\n';
}

}  // namespace

std::string as_json(const order4_report& report) {
    nlohmann::ordered_json json{
        {"workload", "order4"},
        {"mode", report.options.mode},
        {"store", report.options.store},
        {"concurrency", report.options.concurrency},
        {"seconds", static_cast<double>(report.options.measure.count()) / 1000.0},
        {"workflows_per_second", report.workflows_per_second},
        {"p50_ms", report.p50_ms},
        {"p99_ms", report.p99_ms},
        {"cpu_ms_per_workflow", report.cpu_ms_per_workflow},
        {"cpu_ms_by_part",
         {{"server", report.server_cpu_ms}, {"worker", report.worker_cpu_ms}, {"client", report.client_cpu_ms}}},
        {"server_rss_mb", report.server_rss_mb},
        {"flush_ms", report.flush_ms}};
    return json.dump();
}

std::string as_text(const order4_report& report) {
    std::ostringstream out;
    out << "order4 " << report.options.mode << " " << report.options.store << " C=" << report.options.concurrency << ": "
        << rounded(report.workflows_per_second, 0) << " workflows/s, p50 " << rounded(report.p50_ms, 2) << " ms, p99 "
        << rounded(report.p99_ms, 2) << " ms, CPU " << rounded(report.cpu_ms_per_workflow, 2) << " ms a workflow (server "
        << rounded(report.server_cpu_ms, 2) << ", worker " << rounded(report.worker_cpu_ms, 2) << ", client "
        << rounded(report.client_cpu_ms, 2) << "), server " << rounded(report.server_rss_mb, 1) << " MB, flush "
        << rounded(report.flush_ms, 3) << " ms";
    return out.str();
}

std::string comparison(const std::vector<order4_report>& reports) {
    std::ostringstream out;
    row(out, "order4, remote, durable", "C=1 p50 ms", "C=32 wf/s", "C=256 wf/s");
    const auto* one = at(reports, 1);
    const auto* some = at(reports, 32);
    const auto* many = at(reports, 256);
    row(out, "Perdure on SQLite", one != nullptr ? rounded(one->p50_ms, 2) : "-",
        some != nullptr ? rounded(some->workflows_per_second, 0) : "-",
        many != nullptr ? rounded(many->workflows_per_second, 0) : "-");
    for (const peer& other : peers)
        row(out, std::string(other.name), rounded(other.p50_ms_at_1, 1), rounded(other.per_second_at_32, 0),
            rounded(other.per_second_at_256, 0));
    row(out, "Restate 1.7 (tuned)", "", "", rounded(restate_tuned_at_256, 0));
    out << "The peers' figures were recorded on another 2-core machine with the same workload.\n";
    if (one != nullptr)
        out << "This machine's limit: a flush (4 KiB append + fdatasync) takes " << rounded(one->flush_ms, 3)
            << " ms; C=1 p50 is " << rounded(one->p50_ms / one->flush_ms, 1) << " flushes.\n";
    return out.str();
}

}  // namespace perdure::bench
