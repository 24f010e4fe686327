#include "history_service/store/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include "api/assert.hpp"

namespace perdure::history::sqlite {

checkpointer::checkpointer(const std::string& path) : db_(path, true, {}) {
    db_.execute("PRAGMA synchronous = FULL");
    thread_ = std::thread([this] { loop(); });
}

checkpointer::~checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

checkpointer::step checkpointer::at() {
    const std::lock_guard lock(mutex_);
    return at_;
}

void checkpointer::go(step from, step to) {
    {
        const std::lock_guard lock(mutex_);
        PERDURE_ASSERT(at_ == from, "the steps of a checkpoint follow each other");
        at_ = to;
    }
    changed_.notify_one();
}

void checkpointer::begin() { go(step::idle, step::passing); }

void checkpointer::end() { go(step::passed, step::idle); }

void checkpointer::loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || at_ == step::passing; });
        if (stopping_) return;
        lock.unlock();
        sqlite3_wal_checkpoint_v2(db_.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        lock.lock();
        at_ = step::passed;
    }
}

}  // namespace perdure::history::sqlite
