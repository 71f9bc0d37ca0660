/// The POP3 client against any server. It ends, keeps to its limits, and marks nothing for deletion that it did not store.
#include "tests/fuzz/feeding.hpp"
#include "tests/unit/pop3/letterbox.hpp"

using namespace tegami;

namespace {

std::string fetch_from_stranger(wire::Octets octets, std::size_t piece)
{
    pop3::FetchOptions options = letterbox::bobs_options();
    options.message_limit = 200;
    letterbox::Pile pile;
    pop3::FetchEnd end;
    bool done = false;
    std::string said = fuzz::feed(
        [&](wire::Stream& peer) { return letterbox::run_fetch(peer, options, pile, end, done); }, octets, piece);
    fuzz::require(done && end.stored == pile.fetched.size());
    for (const auto& one : pile.fetched) fuzz::require(one.message.octets.size() <= 200);
    std::size_t marked = 0;
    for (std::size_t at = 0; (at = said.find("DELE ", at)) != said.npos; at += 5) ++marked;
    fuzz::require(marked <= end.stored);
    return said;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Most inputs should come behind the log-in.
    std::string octets;
    if (size > 0 && data[0] % 4 != 0) octets = "+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 2 20\r\n";
    octets.append(reinterpret_cast<const char*>(data), size);
    const std::string said = fetch_from_stranger(wire::as_octets(octets), std::max<std::size_t>(octets.size(), 1));
    fuzz::require(said == fetch_from_stranger(wire::as_octets(octets), 1));
    return 0;
}
