#pragma once

#include <cstddef>
#include <list>
#include <string>

namespace perdure::server {

/// A connection, as its owner sees it. It lives as long as its own operations; this only finds it again.
class connection_handle {
  public:
    connection_handle() = default;
    connection_handle(const connection_handle&) = delete;
    connection_handle& operator=(const connection_handle&) = delete;

    /// Nothing more is taken; what is under way is finished.
    virtual void drain() = 0;
    /// Ends it: a request is not answered any more, a worker is told that the server goes away.
    virtual void close() = 0;
    /// The node that it spoke with is gone: a worker has to look for another one.
    virtual void node_gone(const std::string& reason) = 0;
    /// A request was taken and its answer is not out yet.
    [[nodiscard]] virtual bool answering() const = 0;
    /// What waits to be written to a worker.
    [[nodiscard]] virtual std::size_t unsent_bytes() const = 0;

  protected:
    virtual ~connection_handle() = default;
};

/// The connections that are open, and among them those that wait for a request, in the order in which they began to wait.
class connections {
  public:
    using place = std::list<connection_handle*>::iterator;

    /// A new one is busy. Its place is good until it is removed, and is given back as what it is then, idle or busy.
    place add(connection_handle* one) { return busy_.insert(busy_.end(), one); }
    void remove_busy(place at) { busy_.erase(at); }
    void remove_idle(place at) { idle_.erase(at); }
    // A list's nodes move without being copied, so that an iterator stays good.
    void to_idle(place at) { idle_.splice(idle_.end(), busy_, at); }
    void to_busy(place at) { busy_.splice(busy_.end(), idle_, at); }

    [[nodiscard]] std::size_t size() const noexcept { return busy_.size() + idle_.size(); }
    [[nodiscard]] connection_handle* longest_idle() const { return idle_.empty() ? nullptr : idle_.front(); }

    /// Calls `each` with every connection; it may remove the one it is called with.
    template <class Each>
    void for_each(Each each) {
        for (std::list<connection_handle*>* group : {&idle_, &busy_}) {
            for (auto at = group->begin(); at != group->end();) {
                connection_handle* one = *at++;
                each(*one);
            }
        }
    }

  private:
    std::list<connection_handle*> busy_;
    std::list<connection_handle*> idle_;
};

}  // namespace perdure::server
