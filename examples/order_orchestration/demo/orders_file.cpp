#include "demo/orders_file.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <perdure/payload.hpp>
#include <stdexcept>

namespace shop::demo {
namespace {

Story parse(const nlohmann::json& line) {
    Story story;
    story.order = perdure::from_json_text<Order>(line.at("order").dump());
    story.about = line.at("about");
    story.expect = line.at("expect");
    if (line.contains("approve")) {
        const auto& verdict = line.at("approve");
        story.approve = Story::Verdict{.after = std::chrono::milliseconds{verdict.at("after_ms").get<std::int64_t>()},
                                       .approval = {.granted = verdict.at("granted"), .by = verdict.at("by")}};
    }
    if (line.contains("cancel_after_ms"))
        story.cancel_after = std::chrono::milliseconds{line.at("cancel_after_ms").get<std::int64_t>()};
    return story;
}

}  // namespace

std::vector<Story> read_stories(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::vector<Story> stories;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty()) continue;
        try {
            stories.push_back(parse(nlohmann::json::parse(line)));
        } catch (const std::exception& e) {
            throw std::runtime_error(path + ":" + std::to_string(number) + ": " + e.what());
        }
    }
    return stories;
}

}  // namespace shop::demo
