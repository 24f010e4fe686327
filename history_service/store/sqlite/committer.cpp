#include "history_service/store/sqlite/committer.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "history_service/store/batch_codec.hpp"
#include "history_service/store/check.hpp"

namespace perdure::history::sqlite {
namespace {

// Tables that could not be written are tried again after this, if no commit tries before.
constexpr std::chrono::seconds retry_pause{1};

std::int64_t meta(connection& db, const char* name) {
    return db.ask_integer("SELECT value FROM meta WHERE name = '" + std::string(name) + "'").value_or(0);
}

// Not 0, and none that these files ever saw: SQLite draws it from the operating system's randomness.
std::int64_t fresh_salt(connection& db) { return db.ask_integer("SELECT random()").value_or(0) | 1; }

void refuse_lost_log(const std::string& path) {
    for (const std::string& file : commit_log::names(path))
        if (!std::filesystem::exists(file))
            throw error{{status_code::data_loss,
                         "the database '" + path + "' was not closed, and its log '" + file +
                             "' with the last commits is gone: put it back; if it is lost for good, make an empty file of that "
                             "name to go on without them"}};
}

}  // namespace

committer::committer(connection& tables, connection& look, committer_options options)
    : options_(std::move(options)), tables_(tables), look_(look), writer_(tables), log_(take_over()), checks_(look, backlog_) {
    epoch_ = meta(look_, "epoch");
    if (options_.apart) thread_ = std::thread([this] { loop(); });
}

committer::~committer() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(waking_);
            stopping_ = true;
        }
        woken_.notify_one();
        thread_.join();
    }
    try {
        catch_up();
        close_log();
    } catch (const error&) {
        // The log has what the tables could not take.
        static_cast<void>(0);
    }
}

commit_log committer::take_over() {
    const std::int64_t old_salt = meta(tables_, "log");
    std::int64_t applied = meta(tables_, "applied");
    if (old_salt != 0) refuse_lost_log(options_.path);
    commit_log::files files = commit_log::open_files(options_.path, options_.vfs);
    if (old_salt != 0) {
        batch_fold left;
        const std::int64_t before = applied;
        for (const std::string& payload : commit_log::read(files, old_salt, applied)) {
            auto batch = decode_batch(payload);
            if (!batch) throw error{std::move(batch).error()};
            left.add(*std::move(batch));
            ++applied;
        }
        if (applied > before) writer_.apply(left, applied);
    }
    const std::int64_t salt = fresh_salt(tables_);
    set_salt(salt);
    return {std::move(files), salt, applied, options_.log_file_bytes};
}

void committer::set_salt(std::int64_t salt) {
    statement put = tables_.prepare("UPDATE meta SET value = ? WHERE name = 'log'");
    put.run(salt);
}

void committer::close_log() {
    set_salt(0);
    std::error_code ignored;
    for (const std::string& file : commit_log::names(options_.path)) std::filesystem::remove(file, ignored);
}

// SQLite would go on writing into a file that nobody can open again.
void committer::check_owner(std::int64_t epoch) {
    if (look_.file_was_moved())
        throw error{
            {status_code::unavailable,
             "the database file was moved, deleted or replaced under the running server: put it back, or stop the server"}};
    if (epoch != epoch_) throw error{stale_epoch(epoch, epoch_)};
}

shard_lease committer::acquire_lease(std::string_view owner) {
    check_owner(epoch_);
    catch_up();
    const std::lock_guard tables(applying_);
    const shard_lease lease = writer_.acquire_lease(owner);
    epoch_ = lease.epoch;
    return lease;
}

void committer::renew_lease(std::int64_t epoch) { check_owner(epoch); }

void committer::release_lease(std::int64_t epoch) {
    check_owner(epoch);
    catch_up();
    const std::lock_guard tables(applying_);
    epoch_ = writer_.release_lease();
}

std::size_t committer::collect_garbage(std::int64_t epoch, std::size_t max_rows) {
    check_owner(epoch);
    catch_up();
    const std::lock_guard tables(applying_);
    return writer_.collect_garbage(max_rows);
}

void committer::commit(const commit_batch& batch) {
    check_owner(batch.epoch);
    // A full disk is told at once, not when the log is full as well.
    if (in_trouble_) catch_up();
    checks_.check(batch);
    append(batch);
    checks_.remember(batch);
}

void committer::append(const commit_batch& batch) {
    const std::string payload = encode_batch(batch);
    commit_batch copy = batch;
    std::unique_lock logging(logging_);
    make_room(payload.size(), logging);
    log_.append(payload);
    const bool first = backlog_.add(std::move(copy), log_.last_sequence());
    logging.unlock();
    if (first) apply_later();
}

void committer::make_room(std::size_t payload, std::unique_lock<std::mutex>& logging) {
    while (!log_.has_room(payload)) {
        if (!backlog_.sealed()) {
            seal();
            apply_now();
            break;
        }
        // The other file is needed as well, and whoever applies it is waited for.
        logging.unlock();
        {
            const std::lock_guard tables(applying_);
            apply_sealed();
        }
        logging.lock();
    }
}

void committer::seal() {
    log_.turn();
    backlog_.seal();
}

void committer::apply_sealed() {
    const auto sealed = backlog_.sealed();
    if (!sealed) return;
    try {
        writer_.apply(*sealed->fold, sealed->last_sequence);
    } catch (...) {
        in_trouble_ = true;
        throw;
    }
    in_trouble_ = false;
    backlog_.applied();
}

void committer::catch_up() {
    if (backlog_.empty()) return;
    const std::lock_guard tables(applying_);
    apply_sealed();
    {
        const std::lock_guard logging(logging_);
        if (!backlog_.sealed() && backlog_.gathers()) seal();
    }
    apply_sealed();
}

// --- The thread that applies -----------------------------------------------------------------------------------------------

void committer::apply_later() {
    if (!options_.apart) return;
    {
        const std::lock_guard lock(waking_);
        if (due_ != never) return;
        due_ = std::chrono::steady_clock::now() + options_.gather;
    }
    woken_.notify_one();
}

void committer::apply_now() {
    if (!options_.apart) return;
    {
        const std::lock_guard lock(waking_);
        is_sealed_ = true;
        due_ = never;
    }
    woken_.notify_one();
}

void committer::loop() {
    std::unique_lock lock(waking_);
    while (!stopping_) {
        if (due_ == never)
            woken_.wait(lock, [this] { return stopping_ || is_sealed_ || due_ != never; });
        else
            woken_.wait_until(lock, due_, [this] { return stopping_ || is_sealed_; });
        if (stopping_) return;
        const bool only_sealed = std::exchange(is_sealed_, false);
        if (!only_sealed) {
            if (due_ > std::chrono::steady_clock::now()) continue;
            due_ = never;
        }
        lock.unlock();
        bool applied = true;
        try {
            if (only_sealed) {
                const std::lock_guard tables(applying_);
                apply_sealed();
            } else {
                catch_up();
            }
        } catch (const error&) {
            // Whoever commits next is told.
            applied = false;
        }
        lock.lock();
        if (!applied) due_ = std::min(due_, std::chrono::steady_clock::now() + retry_pause);
    }
}

}  // namespace perdure::history::sqlite
