// Files that are no histories: each is refused with a sentence that says where and why, and none does harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "api/json.hpp"
#include "tests/unit/histories/event_maker.hpp"
#include "tests/unit/histories/probe.hpp"

namespace perdure {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

struct refusal {
    std::string what;
    history_trouble kind{};
};

template <class Read>
refusal refused(Read read) {
    try {
        static_cast<void>(read());
    } catch (const history_error& error) {
        return {error.what(), error.kind()};
    }
    ADD_FAILURE() << "was not refused";
    return {};
}

refusal refused_json(const std::string& text) {
    return refused([&] { return history::from_json(text, "h.json"); });
}

pb::history::History small() { return history_around(filled_event(pb::enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)); }

class BadFiles : public testing::Test {
  protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) / ("bad-" + std::to_string(::getpid()) + "-" + test->name());
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    fs::path write(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return folder_ / name;
    }
    fs::path folder_;
};

TEST_F(BadFiles, AMissingFileIsNamed) {
    const auto said = refused([&] { return history::from_file(folder_ / "nothing.json"); });
    EXPECT_EQ(said.kind, history_trouble::missing);
    EXPECT_THAT(said.what, HasSubstr("nothing.json"));
}

TEST_F(BadFiles, AFolderWithoutHistoriesIsNamed) {
    write("notes.txt", "[]");
    for (const fs::path& folder : {folder_, folder_ / "nowhere"}) {
        const auto said = refused([&] { return replay_folder(folder); });
        EXPECT_THAT(said.what, HasSubstr(folder.string()));
    }
    EXPECT_NE(refused([&] { return history::from_file(folder_); }).what, "");
}

TEST_F(BadFiles, AFileWithTheWrongThingIsToldFromWhatWasExpected) {
    for (const std::string content :
         {"", " ", "hello",
          "\x7F"
          "ELF\x01",
          "<html></html>", "7", "null", "\"text\"", "{}", "[]", R"({"events":[]})", R"({"events":7})", R"({"events":[7]})",
          R"([[]])", "\xEF\xBB\xBF", R"([{"eventId":"one"}])", R"({"result": {"payloads": []}})", "\n\xFF\xFF\xFF\xFF\x7F"}) {
        const auto file = write("wrong.json", content);
        const auto said = refused([&] { return history::from_file(file); });
        EXPECT_THAT(said.what, HasSubstr("wrong.json")) << content;
        EXPECT_NE(said.kind, history_trouble::missing) << content;
    }
}

TEST(BadHistory, ATruncatedExportIsRefusedAtEveryByte) {
    const std::string text = *print_history(small());
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        const auto said = refused_json(text.substr(0, cut));
        EXPECT_THAT(said.what, HasSubstr(cut == 0 ? "h.json" : "line ")) << cut;
    }
}

TEST(BadHistory, TruncatedBytesAreRefusedUnlessTheyEndWithAnEvent) {
    const auto events = small();
    std::set<std::size_t> ends;
    pb::history::History part;
    for (const auto& event : events.events()) {
        *part.add_events() = event;
        ends.insert(part.ByteSizeLong());
    }
    const std::string bytes = events.SerializeAsString();
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        const auto read = [&] { return history::from_binary(bytes.substr(0, cut), "h.pb"); };
        if (ends.contains(cut)) {
            EXPECT_NO_THROW(static_cast<void>(read())) << cut;
            continue;
        }
        const auto said = refused(read);
        EXPECT_THAT(said.what, cut == 0 ? HasSubstr("no events") : HasSubstr("byte ")) << cut;
    }
}

TEST(BadHistory, AFlippedByteNeverDoesHarm) {
    const std::string bytes = small().SerializeAsString();
    const std::string text = *print_history(small());
    for (const std::string& good : {bytes, text}) {
        for (std::size_t at = 0; at < good.size(); ++at) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x55);
            try {
                static_cast<void>(&good == &bytes ? history::from_binary(bad) : history::from_json(bad));
            } catch (const history_error& error) {
                EXPECT_STRNE(error.what(), "");
            }
        }
    }
}

TEST(BadHistory, IdsThatJumpAreNamed) {
    for (const std::int64_t wrong : {3, 5, -1, 0}) {
        auto events = small();
        events.mutable_events(3)->set_event_id(wrong);
        const auto said = refused_json(*print_history(events));
        EXPECT_EQ(said.kind, history_trouble::incomplete);
        EXPECT_THAT(said.what, HasSubstr("event 3 is followed by event " + std::to_string(wrong)));
    }
}

TEST(BadHistory, WithoutItsStartItIsNamed) {
    auto events = small();
    events.mutable_events()->DeleteSubrange(0, 1);
    const auto said = refused_json(*print_history(events));
    EXPECT_EQ(said.kind, history_trouble::incomplete);
    EXPECT_THAT(said.what,
                AllOf(HasSubstr("begins with event 2, a EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"), HasSubstr("export it whole")));

    events = small();
    events.mutable_events(0)->set_event_id(9);
    EXPECT_THAT(refused_json(*print_history(events)).what, HasSubstr("has the number 9 instead of 1"));
}

TEST(BadHistory, AnEventThatDoesNotFitIsNamedWithLineAndField) {
    std::string text = *print_history(small());
    const std::string good = "\"eventTime\": \"2023";
    text.replace(text.rfind(good), good.size(), "\"eventTime\": \"soon");
    const auto said = refused_json(text);
    EXPECT_THAT(said.what, AllOf(HasSubstr("h.json, line "), HasSubstr("event 8: field \"eventTime\"")));
}

}  // namespace
}  // namespace perdure
