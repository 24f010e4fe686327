#include "bench/suite/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <set>
#include <sstream>

#include "bench/peers.hpp"
#include "bench/report/figures.hpp"
#include "bench/report/format.hpp"
#include "bench/suite/plan.hpp"

namespace perdure::bench {
namespace {

constexpr std::array<double, 4> batches{1, 16, 64, 256};
constexpr int name_width = 28;
constexpr int column_width = 14;

// Rows a second at a batch size, on the line through the two measured sizes around it (both axes in logarithms).
double rows_at(const series& limits, const std::string& store, double batch) {
    const auto measured = [&](double size) { return limits.median_of(store + "_rows_at_" + rounded(size, 0)); };
    if (measured(batches.front()) <= 0) return 0;
    batch = std::clamp(batch, batches.front(), batches.back());
    for (std::size_t i = 1; i < batches.size(); ++i) {
        if (batch > batches[i]) continue;
        const double along = std::log(batch / batches[i - 1]) / std::log(batches[i] / batches[i - 1]);
        return measured(batches[i - 1]) * std::pow(measured(batches[i]) / measured(batches[i - 1]), along);
    }
    return measured(batches.back());
}

void begin_row(std::ostream& out, const std::string& name) {
    out << "  " << std::left << std::setw(name_width) << name << std::right;
}

std::string or_dash(const std::optional<double>& value, double factor, const char* unit) {
    return value ? readable(*value * factor) + unit : "-";
}

template <class Cell>
void add_row(std::ostream& out, const std::string& name, const results& from, const std::string& title, const Cell& cell) {
    begin_row(out, name);
    for (const std::string store : store_names) {
        const series* one = from.find(title, store);
        out << std::setw(column_width) << (one == nullptr ? std::string("-") : cell(*one));
    }
    out << '\n';
}

void add_block(std::ostream& out, const results& from, const std::string& title) {
    out << '\n' << title << '\n';
    std::vector<std::string> names;
    for (const series& one : from.all) {
        if (one.title() != title) continue;
        for (const auto& [name, values] : one.figures)
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    for (const std::string& name : names) {
        const figure_definition* figure = find_figure(name);
        if (figure == nullptr || (figure->better == better::neither && name != "batch_size")) continue;
        add_row(out, name, from, title,
                [&](const series& one) { return one.find(name) == nullptr ? std::string("-") : readable(one.median_of(name)); });
    }
    const auto any = [&](const auto& tell) {
        return std::ranges::any_of(from.all, [&](const series& one) { return one.title() == title && tell(one).has_value(); });
    };
    const auto share = [&](const series& one) { return share_of_limit(one, from); };
    if (any(share))
        add_row(out, "of the store's own limit", from, title, [&](const series& one) { return or_dash(share(one), 100, " %"); });
    if (any(times_fastest_peer))
        add_row(out, "times the fastest peer", from, title,
                [&](const series& one) { return or_dash(times_fastest_peer(one), 1, ""); });
    const double flush = from.limits() == nullptr ? 0 : from.limits()->median_of("flush_ms");
    const bool alone = title.find("concurrency=1 ") != std::string::npos;
    if (alone && flush > 0)
        add_row(out, "p50 in flushes", from, title, [&](const series& one) {
            return one.store == "memory" ? std::string("-") : readable(one.median_of("p50_ms") / flush);
        });
}

}  // namespace

std::optional<double> share_of_limit(const series& one, const results& in) {
    const series* limits = in.limits();
    const auto* transitions = one.find("transitions_per_workflow");
    const auto* batch = one.find("batch_size");
    const double rate = one.median_of("workflows_per_second") + one.median_of("starts_per_second");
    if (limits == nullptr || transitions == nullptr || batch == nullptr || rate <= 0) return std::nullopt;
    const double rows = rows_at(*limits, one.store, median(*batch));
    if (rows <= 0) return std::nullopt;
    return rate * median(*transitions) / rows;
}

std::optional<double> times_fastest_peer(const series& one) {
    if (one.workload != "order4") return std::nullopt;
    const std::size_t concurrency = one.parameters.value("concurrency", std::size_t{0});
    const double rate = one.median_of("workflows_per_second");
    double best = 0;
    for (const peer& other : peers) {
        if (concurrency == 1 && other.p50_ms_at_1 > 0) best = std::max(best, 1 / other.p50_ms_at_1);
        if (concurrency == 32) best = std::max(best, other.per_second_at_32);
        if (concurrency == 256) best = std::max(best, other.per_second_at_256);
    }
    if (best <= 0) return std::nullopt;
    return concurrency == 1 ? 1 / one.median_of("p50_ms") / best : rate / best;
}

std::string to_table(const results& from) {
    std::ostringstream out;
    out << "Medians of " << from.runs << (from.runs == 1 ? " run" : " runs") << (from.quick ? ", quick ones" : "") << ".\n";
    if (const series* limits = from.limits()) {
        out << "\nLimits of this machine\n";
        for (const auto& [name, values] : limits->figures) {
            begin_row(out, name);
            out << std::setw(column_width) << (name.ends_with("_ms") ? rounded(median(values), 3) : readable(median(values)));
            out << "  " << find_figure(name)->meaning << '\n';
        }
    }
    out << '\n';
    begin_row(out, "");
    for (const char* store : store_names) out << std::setw(column_width) << store;
    out << '\n';
    std::set<std::string> told{"limits"};
    for (const series& one : from.all)
        if (told.insert(one.title()).second) add_block(out, from, one.title());
    out << "\norder4 as recorded of peers (2 cores, durable commits, everything on one machine)\n";
    for (const peer& other : peers) {
        begin_row(out, std::string(other.name));
        out << "p50 at 1: " << (other.p50_ms_at_1 > 0 ? readable(other.p50_ms_at_1) + " ms" : "-")
            << "; at 32: " << (other.per_second_at_32 > 0 ? readable(other.per_second_at_32) + "/s" : "-")
            << "; at 256: " << readable(other.per_second_at_256) << "/s, CPU "
            << (other.cpu_ms_at_256 > 0 ? readable(other.cpu_ms_at_256) + " ms" : "-") << '\n';
    }
    for (const std::string& failure : from.failures) out << "\nNot measured: " << failure << '\n';
    return out.str();
}

}  // namespace perdure::bench
