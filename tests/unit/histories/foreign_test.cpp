// Histories that another SDK wrote, by the ways in which they come: as they are, with the other spelling of enums, as a bare list
// and in the binary form.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <perdure/replayer.hpp>

#include "api/proto.hpp"
#include "sdk/replay/wording.hpp"

namespace perdure {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files() {
    std::vector<fs::path> found;
    for (const history_file& file : replay_folder(PERDURE_SOURCE_DIR "/tests/data/histories")) found.push_back(file.path);
    return found;
}

class Foreign : public testing::TestWithParam<fs::path> {
  protected:
    const history whole_ = history::from_file(GetParam());
    nlohmann::ordered_json json() const {
        std::ifstream in(GetParam());
        return nlohmann::ordered_json::parse(in);
    }
};

TEST_P(Foreign, ExportsAreTheSameAfterAnImport) {
    EXPECT_EQ(history::from_json(whole_.to_json()).to_json(), whole_.to_json());
    EXPECT_EQ(history::from_binary(whole_.to_binary()).to_binary(), whole_.to_binary());
    EXPECT_EQ(history::from_binary(whole_.to_binary()).to_json(), whole_.to_json());
}

TEST_P(Foreign, LoadsWithTheOtherSpellingOfEventTypes) {
    auto other = json();
    for (auto& event : other["events"]) {
        pb::enums::EventType type = pb::enums::EVENT_TYPE_UNSPECIFIED;
        ASSERT_TRUE(pb::enums::EventType_Parse(event["eventType"].get<std::string>(), &type));
        event["eventType"] = detail::event_type_text(type);
    }
    EXPECT_EQ(history::from_json(other.dump()).to_json(), whole_.to_json());
}

TEST_P(Foreign, LoadsAsABareListAndInAnyLayout) {
    EXPECT_EQ(history::from_json(json()["events"].dump()).to_json(), whole_.to_json());
    EXPECT_EQ(history::from_json("\n\t " + json().dump(7) + "\r\n").to_json(), whole_.to_json());
    EXPECT_EQ(
        history::from_json(R"({"about": {"by": ["x"]}, "events": )" + json()["events"].dump() + R"(, "more": 1})").to_json(),
        whole_.to_json());
}

TEST_P(Foreign, LoadsFromABinaryFile) {
    const fs::path file = fs::path(testing::TempDir()) / (GetParam().stem().string() + "-foreign.pb");
    std::ofstream(file, std::ios::binary) << whole_.to_binary();
    EXPECT_EQ(history::from_file(file).to_json(), whole_.to_json());
    fs::remove(file);
}

INSTANTIATE_TEST_SUITE_P(OfAnotherSdk, Foreign, testing::ValuesIn(files()),
                         [](const auto& tested) { return tested.param.stem().string(); });

}  // namespace
}  // namespace perdure
