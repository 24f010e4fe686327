#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>

#include "demo/audit.hpp"
#include "world/database.hpp"
#include "world/gateway.hpp"
#include "world/gateway_client.hpp"
#include "world/payment_ledger.hpp"
#include "world/warehouse.hpp"

namespace shop {
namespace {

class WorldTest : public testing::Test {
  protected:
    WorldTest() {
        folder = testing::TempDir() + "world_" + std::to_string(::getpid());
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~WorldTest() override { std::filesystem::remove_all(folder); }
    std::string path(const std::string& file) const { return folder + "/" + file; }
    demo::Books books(const std::string& order) const {
        Warehouse(path("w.db")), PaymentLedger(path("p.db"));
        return demo::read_books(path("w.db"), path("p.db"))[order];
    }
    std::string folder;
};

TEST_F(WorldTest, AHoldIsMadeOnceHoweverOftenItIsAskedFor) {
    Warehouse warehouse(path("w.db"));
    const Hold hold{.key = "h1", .order_id = "o", .lines = {{"sku-1", 2}, {"sku-1", 1}, {"sku-2", 1}}};
    warehouse.reserve(hold);
    warehouse.reserve(hold);
    EXPECT_EQ(books("o").holds, 1);
}

TEST_F(WorldTest, WorkersThatStartTogetherWaitForEachOther) {
    Database first(path("w.db"), "");
    first.run("BEGIN");
    first.run("SELECT * FROM sqlite_master");
    auto second = std::async(std::launch::async, [&] { Warehouse{path("w.db")}; });
    EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
    first.run("COMMIT");
    EXPECT_NO_THROW(second.get());
}

TEST_F(WorldTest, APartThatIsMissingHoldsNothing) {
    Warehouse warehouse(path("w.db"));
    EXPECT_THROW(warehouse.reserve({.key = "h1", .order_id = "o", .lines = {{"sku-1", 2}, {"rare-orchid", 1}}}), OutOfStock);
    EXPECT_EQ(books("o").holds, 0);
}

TEST_F(WorldTest, ReleaseBeforeReserveForbidsTheReserve) {
    Warehouse warehouse(path("w.db"));
    const Hold hold{.key = "h1", .order_id = "o", .lines = {{"sku-1", 2}}};
    warehouse.release(hold);
    EXPECT_THROW(warehouse.reserve(hold), OutOfStock);
    EXPECT_EQ(books("o").holds, 0);
}

TEST_F(WorldTest, RecallBeforeBookForbidsTheParcel) {
    Warehouse warehouse(path("w.db"));
    const Parcel parcel{.key = "p1-long-enough", .order_id = "o", .address = "1 Main Street"};
    warehouse.recall(parcel);
    EXPECT_THROW((void)warehouse.book(parcel), ShipmentRefused);
    EXPECT_EQ(books("o").parcels, 0);
}

TEST_F(WorldTest, GatewayChargesAKeyOnceAndKeepsTheVoid) {
    const Gateway gateway(0, path("p.db"));
    const GatewayClient client(gateway.port());
    const Charge charge{.key = "c1", .order_id = "o", .customer = "bob", .card = "ok", .channel = "primary", .amount_cents = 100};
    EXPECT_EQ(client.charge(charge, {}).charge_id, client.charge(charge, {}).charge_id);
    EXPECT_EQ(books("o").charges, 1);
    client.refund(charge);
    EXPECT_EQ(books("o").charges, 0);
    EXPECT_THROW((void)client.charge(charge, {}), std::runtime_error);
    EXPECT_EQ(books("o").charges, 0);
}

TEST_F(WorldTest, GatewayPlaysItsScripts) {
    const Gateway gateway(0, path("p.db"));
    const GatewayClient client(gateway.port());
    Charge charge{.key = "c1", .order_id = "o", .customer = "bob", .channel = "primary", .amount_cents = 100};
    charge.card = "flaky-1";
    EXPECT_THROW((void)client.charge(charge, {}), ChannelDown);
    EXPECT_NO_THROW((void)client.charge(charge, {}));
    charge.key = "c2";
    charge.card = "fraud";
    EXPECT_THROW((void)client.charge(charge, {}), FraudSuspected);
    charge.card = "insufficient";
    EXPECT_THROW((void)client.charge(charge, {}), InsufficientFunds);
    charge.card = "declined";
    EXPECT_THROW((void)client.charge(charge, {}), CardDeclined);
    charge.card = "primary-down";
    EXPECT_THROW((void)client.charge(charge, {}), ChannelDown);
    charge.channel = "backup";
    EXPECT_NO_THROW((void)client.charge(charge, {}));
}

TEST_F(WorldTest, ACancelEndsACallThatIsNeverAnswered) {
    const Gateway gateway(0, path("p.db"));
    const GatewayClient client(gateway.port());
    const Charge charge{.key = "c1", .order_id = "o", .customer = "bob", .card = "charged-then-silent", .channel = "primary"};
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW((void)client.charge(charge, stop.get_token()), perdure::cancelled_error);
}

}  // namespace
}  // namespace shop
