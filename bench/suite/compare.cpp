#include "bench/suite/compare.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

#include "bench/report/figures.hpp"
#include "bench/report/format.hpp"

namespace perdure::bench {
namespace {

constexpr double least_noise = 0.05;
constexpr double noise_of_few_runs = 0.30;
constexpr std::size_t few_runs = 3;

// Half of the way from the least to the largest, of their median.
double scatter(const std::vector<double>& values) {
    const double middle = median(values);
    if (middle == 0) return 0;
    const auto [least, most] = std::ranges::minmax(values);
    return (most - least) / 2 / std::abs(middle);
}

// The least difference that means something, whatever its share.
double grain(std::string_view unit) {
    if (unit == "ms") return 0.05;
    if (unit == "us") return 5;
    if (unit == "B") return 16;
    if (unit == "MB" || unit == "1/s" || unit == "ms/s") return 1;
    return 0.02;
}

std::vector<double> ratios(const std::vector<double>& before, const std::vector<double>& after) {
    std::vector<double> made;
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i)
        if (before[i] != 0) made.push_back(after[i] / before[i]);
    return made;
}

void judge(change& of, const figure_definition& figure) {
    if (std::abs(of.growth) <= of.noise || std::abs(of.after - of.before) < grain(figure.unit)) return;
    of.verdict = (of.growth > 0) == (figure.better == better::lower) ? verdict::worse : verdict::better;
}

change compare_figure(const figure_definition& figure, const std::vector<double>& before, const std::vector<double>& after,
                      pairing pairs) {
    change made{.figure = std::string(figure.name), .before = median(before), .after = median(after)};
    const bool few = std::min(before.size(), after.size()) < few_runs;
    const double least = few ? noise_of_few_runs : least_noise;
    const std::vector<double> turns = pairs == pairing::by_turn ? ratios(before, after) : std::vector<double>();
    if (!turns.empty()) {
        made.growth = median(turns) - 1;
        made.noise = std::max(least, scatter(turns));
    } else {
        // From nothing to something is a growth without a share; the grain alone decides.
        made.growth = made.before != 0 ? made.after / made.before - 1 : made.after > 0 ? 1 : 0;
        made.noise = made.before != 0 ? std::max(least, scatter(before) + scatter(after)) : 0;
    }
    judge(made, figure);
    return made;
}

}  // namespace

std::vector<change> compare(const results& before, const results& after, pairing pairs) {
    std::vector<change> made;
    for (const series& now : after.all) {
        const series* then = before.find(now.title(), now.store);
        if (then == nullptr) continue;
        for (const auto& [name, values] : now.figures) {
            const figure_definition* figure = find_figure(name);
            const auto* old = then->find(name);
            if (figure == nullptr || figure->better == better::neither || old == nullptr) continue;
            made.push_back(compare_figure(*figure, *old, values, pairs));
            made.back().title = now.title();
            made.back().store = now.store;
        }
    }
    return made;
}

std::string to_text(const std::vector<change>& changes) {
    std::ostringstream out;
    std::size_t same = 0;
    for (const verdict wanted : {verdict::worse, verdict::better, verdict::same}) {
        for (const change& one : changes) {
            if (one.verdict != wanted) continue;
            if (wanted == verdict::same) {
                ++same;
                continue;
            }
            out << (wanted == verdict::worse ? "worse   " : "better  ") << one.title << " on " << one.store << ": " << one.figure
                << " " << readable(one.before) << " -> " << readable(one.after) << " (" << (one.growth > 0 ? "+" : "")
                << rounded(one.growth * 100, 1) << " %, noise " << rounded(one.noise * 100, 1) << " %)\n";
        }
    }
    out << same << " figures within the noise\n";
    return out.str();
}

}  // namespace perdure::bench
