#include <future>

#include "api/payload.hpp"
#include "sdk/client/blocking.hpp"
#include "tests/unit/vocabulary/example_codecs.hpp"
#include "world.hpp"

namespace perdure {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

inline constexpr activity<"note.write", std::string(std::string)> write_note{};

struct Note : contract<Note, "note", std::string(std::string)> {
    static constexpr signal<"add", std::string> add{};
    static constexpr query<"text", std::string(std::string)> text{};
};

/// Adds what is signalled to what an activity made of the input; "tear" makes it fail.
class NoteWorkflow final : public implements<Note> {
  public:
    static constexpr auto definition() {
        return define<NoteWorkflow>(&NoteWorkflow::run).on(Note::add, &NoteWorkflow::added_).on(Note::text, &NoteWorkflow::text);
    }

  private:
    task<std::string> run(context ctx, std::string first) {
        text_ = co_await ctx.call(write_note, first, quick);
        const std::string next = co_await ctx.receive(added_);
        if (next == "secret-tear") throw application_error("secret-reason for " + text_, "Torn", true);
        co_return text_ + " " + next;
    }
    std::string text(std::string before) const { return before + text_; }

    std::string text_;
    mailbox<std::string> added_;
};

data_conversion sealed() { return {.codecs = {std::make_shared<example::xor_codec>()}, .encode_failures = true}; }

/// What the server holds of a run, as bytes, for a client without the key.
std::string held_by_server(const client& plain, const std::string& id) {
    pb::service::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    auto& via = *plain.via();
    return detail::blocking_reply<pb::service::GetWorkflowExecutionHistoryResponse>(
               via, [&](auto done) { via.service().get_workflow_execution_history(std::move(request), std::move(done)); })
        .SerializeAsString();
}

class Codecs : public world, public ::testing::WithParamInterface<bool> {
  protected:
    Codecs() {
        if (GetParam()) return;
        server.reset();
        server.emplace(embedded_options{.http_port = port, .log_level = "off", .conversion = sealed()});
    }
    [[nodiscard]] client sealing() const {
        if (!GetParam()) return server->client();
        return client::connect({.target = "http://127.0.0.1:" + std::to_string(port), .patience = 20s, .conversion = sealed()});
    }
    void serve(worker& serving) {
        serving.add_workflow<NoteWorkflow>();
        serving.add_activity(write_note, [](activity_context& context, const std::string& value) {
            context.heartbeat(std::string("secret-beat"));
            return "[" + value + "]";
        });
        serving.start();
    }
    [[nodiscard]] start_options with_memo(std::string id) const {
        start_options given = named(std::move(id));
        given.memo = {{"about", encode(std::string("secret-memo"))}};
        return given;
    }
};
INSTANTIATE_TEST_SUITE_P(Ways, Codecs, ::testing::Bool(), [](const auto& info) { return info.param ? "Remote" : "Embedded"; });

TEST_P(Codecs, TheServerSeesNoValueAndEverybodyElseSeesAll) {
    const client caller = sealing();
    worker serving(caller, options());
    serve(serving);
    const auto run = caller.start<Note>(std::string("secret-input"), with_memo("n-1"));
    EXPECT_TRUE(eventually([&] { return run.query(Note::text, std::string("so far: ")) == "so far: [secret-input]"; }));
    EXPECT_EQ(decode<std::string>(run.describe().memo.at("about")), "secret-memo");
    run.signal(Note::add, std::string("secret-signal"));
    EXPECT_EQ(run.result(20s), "[secret-input] secret-signal");

    const std::string held = held_by_server(connect(), "n-1");
    EXPECT_THAT(held, HasSubstr("note.write"));
    EXPECT_THAT(held, HasSubstr("binary/encrypted"));
    EXPECT_THAT(held, Not(HasSubstr("secret")));
    EXPECT_THAT(held_by_server(caller, "n-1"), HasSubstr("secret-input"));
}

TEST_P(Codecs, AnExecutionIsReadLikeAResult) {
    const client caller = sealing();
    worker serving(caller, options());
    serve(serving);
    auto whole =
        std::async(std::launch::async, [&] { return caller.execute<Note>(std::string("secret-input"), named("n-4"), 20s); });
    const auto run = caller.attach<Note>("n-4");
    EXPECT_TRUE(eventually([&] {
        try {
            run.signal(Note::add, std::string("secret-signal"));
            return true;
        } catch (const not_found_error&) {
            return false;
        }
    }));
    EXPECT_EQ(whole.get(), "[secret-input] secret-signal");
    EXPECT_THAT(held_by_server(connect(), "n-4"), Not(HasSubstr("secret")));
}

TEST_P(Codecs, FailuresAreHiddenToo) {
    const client caller = sealing();
    worker serving(caller, options());
    serve(serving);
    const auto run = caller.start<Note>(std::string("secret-input"), named("n-2"));
    run.signal(Note::add, std::string("secret-tear"));
    try {
        (void)run.result(20s);
        FAIL() << "it succeeded";
    } catch (const workflow_failure& failed) {
        EXPECT_THAT(failed.what(), HasSubstr("secret-reason for [secret-input]"));
    }
    const std::string held = held_by_server(connect(), "n-2");
    EXPECT_THAT(held, HasSubstr("Encoded failure"));
    EXPECT_THAT(held, HasSubstr("Torn"));
    EXPECT_THAT(held, Not(HasSubstr("secret")));
}

TEST_P(Codecs, AWorkerOutlivesACodecThatFails) {
    const client caller = sealing();
    const auto moody = std::make_shared<example::moody_codec>();
    const client troubled = client::connect(
        {.target = "http://127.0.0.1:" + std::to_string(port), .patience = 20s, .conversion = {.codecs = {moody}}});
    moody->fail_decode = true;
    worker serving(troubled, options());
    serve(serving);
    const auto run = caller.start<Note>(std::string("secret-input"), [&] {
        start_options given = named("n-3");
        given.task_timeout = 1s;
        return given;
    }());
    EXPECT_TRUE(eventually([&] { return was_said("moody_codec could not decode a value: no key to decrypt with"); }));
    moody->fail_decode = false;
    run.signal(Note::add, std::string("secret-signal"));
    EXPECT_EQ(run.result(20s), "[secret-input] secret-signal");
}

}  // namespace
}  // namespace perdure
