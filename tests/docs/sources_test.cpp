#include <gtest/gtest.h>

#include "tests/docs/page.hpp"

namespace perdure::docs {
namespace {

// Languages whose blocks name a source of the tree, which the build compiles or configures.
bool names_a_source(const block& shown) { return shown.kind() == "cpp" || shown.kind() == "cmake"; }

TEST(Docs, CodeOnAPageIsTheSourceThatIsBuilt) {
    for (const std::string& page : pages()) {
        for (const block& shown : blocks_of(page)) {
            if (!names_a_source(shown)) continue;
            SCOPED_TRACE(shown.where());
            if (shown.words.size() < 2) {
                ADD_FAILURE() << "name the file that this is from: ```" << shown.kind() << " FILE or FILE#REGION";
                continue;
            }
            EXPECT_EQ(shown.text(), source_text(shown.words[1]));
        }
    }
}

// A block without a language is a drawing; one with a language that nothing checks would be a claim that nobody keeps.
TEST(Docs, EveryBlockIsOfAKindThatIsChecked) {
    for (const std::string& page : pages()) {
        if (page == "docs/protocol.md" || page.starts_with("docs/decisions/")) continue;
        for (const block& shown : blocks_of(page))
            EXPECT_TRUE(shown.kind().empty() || names_a_source(shown) || shown.kind() == "console")
                << shown.where() << ": write ```console for commands, ```cpp FILE for code, ``` for a drawing";
    }
}

TEST(Docs, ARegionThatIsGoneIsAnError) {
    EXPECT_THROW((void)source_text("README.md#no-such-region"), std::runtime_error);
    EXPECT_THROW((void)source_text("examples/no_such_file.cpp"), std::runtime_error);
}

}  // namespace
}  // namespace perdure::docs
