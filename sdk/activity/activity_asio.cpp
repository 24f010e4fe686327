#include "perdure/activity_asio.hpp"

#include "sdk/activity/activity_session.hpp"

namespace perdure::detail {

boost::asio::io_context& io_context_of(const activity_context& context) noexcept {
    return *static_cast<boost::asio::io_context*>(context.session().hooks().io);
}

}  // namespace perdure::detail
