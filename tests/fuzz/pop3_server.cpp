/// The POP3 server against any client. Only QUIT deletes, and the lock is given back in the end.
#include "tests/fuzz/feeding.hpp"
#include "tests/unit/pop3/letterbox.hpp"

using namespace tegami;

namespace {

std::string serve_fetcher(wire::Octets octets, std::size_t piece, std::size_t& left)
{
    pop3::Session session{pop3::Policy{}};
    letterbox::Drop drop;
    std::string said = fuzz::feed([&](wire::Stream& peer) { return pop3::serve(peer, session, drop); }, octets, piece);
    fuzz::require(!drop.locked);
    fuzz::require(drop.letters.size() == 2 || session.state() == pop3::Session::State::update);
    left = drop.letters.size();
    return said;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Most inputs should come behind the password.
    std::string octets;
    if (size > 0 && data[0] % 4 != 0) octets = "USER bob\r\nPASS pass word\r\n";
    octets.append(reinterpret_cast<const char*>(data), size);
    std::size_t left_at_once = 0, left_slowly = 0;
    const std::string said =
        serve_fetcher(wire::as_octets(octets), std::max<std::size_t>(octets.size(), 1), left_at_once);
    fuzz::require(said == serve_fetcher(wire::as_octets(octets), 1, left_slowly));
    fuzz::require(left_at_once == left_slowly);
    return 0;
}
