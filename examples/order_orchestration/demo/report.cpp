#include "demo/report.hpp"

#include <cstdio>
#include <iomanip>
#include <sstream>

namespace shop::demo {
namespace {

constexpr std::size_t bar_width = 40;

std::string tried_again(const Books& books) {
    std::string text;
    for (const auto& [step, attempts] : books.attempts)
        if (attempts > 1) text += (text.empty() ? "" : ", ") + step + " x" + std::to_string(attempts);
    return text;
}

std::string undone(const Books& books) {
    std::string text;
    const auto add = [&](int count, const std::string& what) {
        if (count > 0) text += (text.empty() ? "" : ", ") + what;
    };
    add(books.recalled, "parcel recalled");
    add(books.voided, "payment voided");
    add(books.released, "stock released");
    return text;
}

}  // namespace

void draw_progress(std::size_t finished, std::size_t total, const std::string& news, bool terminal) {
    const std::size_t full = total == 0 ? bar_width : finished * bar_width / total;
    const std::string bar = std::string(full, '#') + std::string(bar_width - full, '.');
    std::printf("%s[%s] %zu/%zu  %s%s", terminal ? "\r\033[K" : "", bar.c_str(), finished, total, news.c_str(),
                terminal ? "" : "\n");
    std::fflush(stdout);
}

std::string table(const std::vector<Outcome>& outcomes, const std::map<std::string, Books>& books) {
    std::ostringstream out;
    const auto row = [&](const std::string& id, const std::string& story, const std::string& ended, const std::string& took,
                         const std::string& again, const std::string& back) {
        out << std::left << std::setw(8) << id << std::setw(31) << story << std::setw(19) << ended << std::right << std::setw(9)
            << took << "  " << std::left << std::setw(24) << again << back << '\n';
    };
    row("order", "story", "outcome", "time", "tried again", "undone");
    for (const Outcome& o : outcomes) {
        const bool duplicate = o.ended == "duplicate";
        const auto entry = books.find(o.story.order.id);
        const Books found = entry == books.end() || duplicate ? Books{} : entry->second;
        const std::string mark = o.as_expected() ? "" : "  <- expected " + o.story.expect;
        row(o.story.order.id, o.story.about, o.ended, std::to_string(o.took.count()) + " ms", tried_again(found),
            undone(found) + mark);
    }
    return out.str();
}

}  // namespace shop::demo
