#include "bench/suite/chart.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <sstream>
#include <utility>

#include "bench/peers.hpp"
#include "bench/report/format.hpp"

namespace perdure::bench {
namespace {

constexpr int width = 720;
constexpr int label_width = 210;
constexpr int number_width = 80;
constexpr int bar_height = 18;
constexpr int bar_step = 24;
constexpr int title_height = 34;
constexpr int margin = 12;

constexpr std::array<std::pair<const char*, const char*>, 3> store_titles{
    {{"sqlite", "Perdure on SQLite"}, {"postgres", "Perdure on PostgreSQL"}, {"memory", "Perdure in memory"}}};

std::string escaped(const std::string& text) {
    std::string made;
    for (const char c : text) {
        if (c == '&')
            made += "&amp;";
        else if (c == '<')
            made += "&lt;";
        else if (c == '>')
            made += "&gt;";
        else
            made += c;
    }
    return made;
}

const series* order4_at(const results& from, const std::string& store, std::size_t concurrency) {
    for (const series& one : from.all) {
        const bool fits = one.workload == "order4" && one.store == store && one.parameters.value("mode", "remote") == "remote" &&
                          !one.parameters.contains("plain") && one.parameters.value("concurrency", std::size_t{0}) == concurrency;
        if (fits) return &one;
    }
    return nullptr;
}

panel order4_panel(const results& from, std::string title, std::size_t concurrency, const char* figure,
                   const std::function<double(const peer&)>& of_peer) {
    panel made{.title = std::move(title)};
    for (const auto& [store, name] : store_titles)
        if (const series* one = order4_at(from, store, concurrency))
            made.bars.push_back({.name = name, .value = one->median_of(figure), .ours = true});
    for (const peer& other : peers) made.bars.push_back({.name = std::string(other.name), .value = of_peer(other)});
    std::erase_if(made.bars, [](const bar& one) { return one.value <= 0; });
    return made;
}

void draw(std::ostream& out, const panel& drawn, int top) {
    out << "<text class=\"title\" x=\"" << margin << "\" y=\"" << top + 20 << "\">" << escaped(drawn.title) << "</text>\n";
    double most = 0;
    for (const bar& one : drawn.bars) most = std::max(most, one.value);
    const double room = width - label_width - number_width - 2 * margin;
    int y = top + title_height;
    for (const bar& one : drawn.bars) {
        const double length = std::max(most > 0 ? one.value / most * room : 0, 1.0);
        out << "<text x=\"" << margin + label_width - 8 << "\" y=\"" << y + 13 << "\" text-anchor=\"end\">" << escaped(one.name)
            << "</text>\n"
            << "<rect class=\"" << (one.ours ? "ours" : "peer") << "\" x=\"" << margin + label_width << "\" y=\"" << y
            << "\" width=\"" << rounded(length, 1) << "\" height=\"" << bar_height << "\" rx=\"2\"/>\n"
            << "<text x=\"" << rounded(margin + label_width + length + 6, 1) << "\" y=\"" << y + 13 << "\">"
            << readable(one.value) << "</text>\n";
        y += bar_step;
    }
}

int height_of(const panel& drawn) { return title_height + static_cast<int>(drawn.bars.size()) * bar_step + margin; }

}  // namespace

std::vector<panel> panels_of(const results& from) {
    std::vector<panel> made{order4_panel(from, "order4, one at a time: median latency, ms (less is better)", 1, "p50_ms",
                                         [](const peer& other) { return other.p50_ms_at_1; }),
                            order4_panel(from, "order4, 32 at a time: workflows a second (more is better)", 32,
                                         "workflows_per_second", [](const peer& other) { return other.per_second_at_32; }),
                            order4_panel(from, "order4, 256 at a time: workflows a second (more is better)", 256,
                                         "workflows_per_second", [](const peer& other) { return other.per_second_at_256; }),
                            order4_panel(from, "order4, 256 at a time: CPU of all processes a workflow, ms (less is better)", 256,
                                         "cpu_ms_per_workflow", [](const peer& other) { return other.cpu_ms_at_256; })};
    std::erase_if(made, [](const panel& one) { return std::ranges::none_of(one.bars, &bar::ours); });
    return made;
}

std::string to_svg(const std::vector<panel>& panels, const std::string& caption) {
    int height = 2 * margin + 20;
    for (const panel& one : panels) height += height_of(one);
    std::ostringstream out;
    // The greys have contrast with white and with black; browsers that know better darken or lighten the text.
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << width << "\" height=\"" << height << "\" viewBox=\"0 0 "
        << width << ' ' << height << "\" role=\"img\">\n"
        << "<style>text{font:13px sans-serif;fill:#6e7781}.title{font-weight:bold}.ours{fill:#2f81f7}.peer{fill:#8b949e}"
        << "@media(prefers-color-scheme:dark){text{fill:#adbac7}}@media(prefers-color-scheme:light){text{fill:#424a53}}</"
           "style>\n";
    int top = margin;
    for (const panel& one : panels) {
        draw(out, one, top);
        top += height_of(one);
    }
    out << "<text x=\"" << margin << "\" y=\"" << top + 14 << "\">" << escaped(caption) << "</text>\n</svg>\n";
    return out.str();
}

}  // namespace perdure::bench
