#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/describe/class.hpp>
#include <stdexcept>
#include <string>

#include "api/payload.hpp"
#include "perdure/activity_asio.hpp"
#include "perdure/errors.hpp"
#include "sdk/activity/activity_runner.hpp"

namespace perdure::detail {
namespace {

using ::testing::HasSubstr;

struct Charge {
    std::string customer;
    int cents = 0;
};
BOOST_DESCRIBE_STRUCT(Charge, (), (customer, cents))
struct Receipt {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(Receipt, (), (id))

struct Declined : app_error<Declined, "Declined"> {
    using app_error::app_error;
};

constexpr activity<"payment.charge", Receipt(Charge)> charge{};
constexpr activity<"payment.close", void()> close_books{};

struct Ledger {
    Receipt charge(const Charge& asked) { return {asked.customer + std::to_string(asked.cents)}; }
    void close() { closed = true; }
    bool closed = false;
};

class ActivityFunction : public ::testing::Test {
  protected:
    template <class A, class F>
    activity_answer run(const A&, F function, const pb::common::Payloads& input) {
        const activity_function made = make_activity<A>(std::string(A::name), std::move(function));
        return run_blocking(std::get<blocking_activity>(made.body), session, perdure::from_proto(input));
    }
    static Receipt receipt(const activity_answer& answer) {
        return from_payloads<Receipt>(std::get<activity_completed>(answer).result);
    }
    static const pb::failure::Failure& failure_of(const activity_answer& answer) {
        return std::get<activity_failed>(answer).failure;
    }

    activity_info info{.run_id = "run-1", .activity_type = "payment.charge", .activity_id = "5", .attempt = 2};
    std::shared_ptr<activity_session> session =
        std::make_shared<activity_session>(info, std::vector<raw_payload>{}, activity_hooks{});
    pb::common::Payloads asked = to_payloads(Charge{"bob", 42});
};

TEST_F(ActivityFunction, TakesTheInputAlone) {
    EXPECT_EQ(receipt(run(charge, [](const Charge& c) { return Receipt{c.customer}; }, asked)).id, "bob");
}

TEST_F(ActivityFunction, TakesTheContextFirst) {
    EXPECT_EQ(receipt(run(
                          charge, [](activity_context& a, Charge c) { return Receipt{c.customer + std::to_string(a.attempt())}; },
                          asked))
                  .id,
              "bob2");
}

TEST_F(ActivityFunction, MayBeAMemberOfAnObject) {
    Ledger ledger;
    bound_member<Receipt (Ledger::*)(const Charge&), Ledger> charge_of{&Ledger::charge, &ledger};
    EXPECT_EQ(receipt(run(charge, charge_of, asked)).id, "bob42");
    const auto answer = run(close_books, bound_member<void (Ledger::*)(), Ledger>{&Ledger::close, &ledger}, {});
    EXPECT_TRUE(std::holds_alternative<activity_completed>(answer));
    EXPECT_TRUE(ledger.closed);
}

TEST_F(ActivityFunction, ATypedErrorKeepsItsName) {
    const auto answer = run(charge, [](const Charge&) -> Receipt { throw Declined{"no money"}; }, asked);
    EXPECT_EQ(failure_of(answer).application_failure_info().type(), "Declined");
    EXPECT_EQ(failure_of(answer).message(), "no money");
}

TEST_F(ActivityFunction, AnyOtherExceptionIsNamedByItsType) {
    const auto answer = run(charge, [](const Charge&) -> Receipt { throw std::out_of_range("index 7"); }, asked);
    EXPECT_EQ(failure_of(answer).application_failure_info().type(), "std::out_of_range");
    EXPECT_FALSE(failure_of(answer).application_failure_info().non_retryable());
}

TEST_F(ActivityFunction, WhatIsNoStdExceptionFailsItToo) {
    const auto answer = run(charge, [](const Charge&) -> Receipt { throw 42; }, asked);
    EXPECT_EQ(failure_of(answer).application_failure_info().type(), "int");
}

TEST_F(ActivityFunction, InputThatDoesNotFitFailsItWithTheMember) {
    const auto answer = run(charge, [](const Charge&) { return Receipt{}; }, to_payloads(std::string("no charge")));
    EXPECT_THAT(failure_of(answer).message(), HasSubstr("Charge"));
}

TEST_F(ActivityFunction, StoppingIsACancellationOnlyIfTheWorkflowAskedForIt) {
    const auto obey = [](activity_context& a, const Charge&) -> Receipt {
        a.throw_if_stopped();
        return {};
    };
    session->stop("the worker is shutting down", false);
    EXPECT_THAT(failure_of(run(charge, obey, asked)).message(), HasSubstr("shutting down"));
    EXPECT_FALSE(failure_of(run(charge, obey, asked)).application_failure_info().non_retryable());
    session->stop("the customer changed her mind", true);
    EXPECT_TRUE(std::holds_alternative<activity_cancelled>(run(charge, obey, asked)));
}

TEST_F(ActivityFunction, ThrowingCancelledUnaskedIsAFailure) {
    const auto answer = run(charge, [](const Charge&) -> Receipt { throw cancelled_error("felt like it"); }, asked);
    EXPECT_TRUE(failure_of(answer).has_canceled_failure_info());
}

TEST_F(ActivityFunction, ItsIdempotencyKeyIsTheSameInEveryAttemptAndItsFencingTokenIsNot) {
    const auto keys = [](activity_context& a, const Charge&) { return Receipt{a.idempotency_key() + " " + a.fencing_token()}; };
    EXPECT_EQ(receipt(run(charge, keys, asked)).id, "run-1/5 run-1/5/2");
}

TEST_F(ActivityFunction, MayLeaveItsEndToSomebodyElse) {
    const auto answer = run(
        charge,
        [](activity_context& a, const Charge&) {
            a.complete_later();
            return Receipt{};
        },
        asked);
    EXPECT_TRUE(std::holds_alternative<activity_completes_later>(answer));
}

TEST_F(ActivityFunction, MayBeAwaited) {
    boost::asio::io_context io;
    auto here = std::make_shared<activity_session>(info, std::vector<raw_payload>{}, activity_hooks{.io = &io});
    const auto body = [](const Charge& c) -> boost::asio::awaitable<Receipt> { co_return Receipt{c.customer}; };
    const auto throwing = [](const Charge&) -> boost::asio::awaitable<Receipt> {
        throw Declined{"later"};
        co_return Receipt{};
    };
    std::vector<activity_answer> answers;
    const auto good = make_activity<std::remove_cv_t<decltype(charge)>>("payment.charge", body);
    const auto bad = make_activity<std::remove_cv_t<decltype(charge)>>("payment.charge", throwing);
    for (const auto* made : {&good, &bad})
        run_awaited(std::get<awaited_activity>(made->body), here, perdure::from_proto(asked),
                    [&](activity_answer answer) { answers.push_back(std::move(answer)); });
    EXPECT_TRUE(answers.empty());
    io.run();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(receipt(answers[0]).id, "bob");
    EXPECT_EQ(failure_of(answers[1]).application_failure_info().type(), "Declined");
}

TEST(ActivityRegistry, RefusesASecondImplementationAndNamesIt) {
    activity_registry registry;
    registry.add({.name = "payment.charge", .body = blocking_activity()});
    try {
        registry.add({.name = "payment.charge", .body = blocking_activity()});
        FAIL() << "accepted twice";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("\"payment.charge\" is registered twice"));
    }
}

TEST(ActivityRegistry, AnUnknownNameIsAnsweredWithTheNearestAndAllThatAreKnown) {
    const std::string text = unknown_type_message("activity", "payment.chrage", {"order.validate", "payment.charge"});
    EXPECT_EQ(text,
              "this worker has no activity \"payment.chrage\"; did you mean \"payment.charge\"? It has: order.validate, "
              "payment.charge");
    EXPECT_THAT(unknown_type_message("activity", "zzz", {"order.validate"}), HasSubstr("\"zzz\"; it has: order.validate"));
}

}  // namespace
}  // namespace perdure::detail
