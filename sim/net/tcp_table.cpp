// Connections by their names: places for sockets, and the table that finds one.

#include "sim/net/tcp.hpp"

namespace tegami::net {

namespace {

std::uint32_t hash_of(const SocketName& name)
{
    // What tells addresses apart is mostly in their second halves; of IPv6's first ones, in their second words.
    std::uint64_t local[2], remote[2];
    std::memcpy(local, name.local.octets.data(), 16);
    std::memcpy(remote, name.remote.octets.data(), 16);
    std::uint64_t h = std::uint64_t{engine::index_of(name.node)} << 32 ^ local[1] ^ std::rotl(local[0], 20);
    h = (h ^ (h >> 29)) * 0xBF58'476D'1CE4'E5B9;
    h ^= remote[1] ^ std::rotl(remote[0], 20);
    h = (h ^ (h >> 31)) * 0xBF58'476D'1CE4'E5B9;
    h ^=
        std::uint64_t{static_cast<std::uint16_t>(name.local_port)} << 16 | static_cast<std::uint16_t>(name.remote_port);
    h = (h ^ (h >> 32)) * 0x94D0'49BB'1331'11EB;
    return static_cast<std::uint32_t>(h >> 32);
}

} // namespace

void Tcp::insert(Socket& socket)
{
    const auto put = [&](const Entry& entry) {
        const std::size_t mask = table_.size() - 1;
        std::size_t i = entry.hash & mask;
        while (table_[i].index != 0) i = (i + 1) & mask;
        table_[i] = entry;
    };
    if (2 * ++in_table_ > table_.size()) {
        decltype(table_) before(2 * table_.size());
        before.swap(table_);
        for (const Entry& entry : before)
            if (entry.index != 0) put(entry);
    }
    put({hash_of(socket.name), socket.index});
    socket.found = true;
}

void Tcp::erase(Socket& socket)
{
    if (!std::exchange(socket.found, false)) return;
    --in_table_;
    const std::size_t mask = table_.size() - 1;
    std::size_t i = hash_of(socket.name) & mask;
    while (table_[i].index != socket.index) i = (i + 1) & mask;
    // Close the gap: whoever lies behind it and may lie in it moves up.
    for (std::size_t j = i;;) {
        table_[i] = {};
        for (;;) {
            j = (j + 1) & mask;
            if (table_[j].index == 0) return;
            const std::size_t home = table_[j].hash & mask;
            const bool stays = i <= j ? (i < home && home <= j) : (i < home || home <= j);
            if (!stays) break;
        }
        table_[i] = table_[j];
        i = j;
    }
}

Socket* Tcp::find(const SocketName& name)
{
    const std::size_t mask = table_.size() - 1;
    const std::uint32_t hash = hash_of(name);
    for (std::size_t i = hash & mask; table_[i].index != 0; i = (i + 1) & mask) {
        if (table_[i].hash != hash) continue;
        Socket& socket = at(table_[i].index);
        if (socket.name == name) return &socket;
    }
    return nullptr;
}

/// What connections over a path have in common: their largest segment follows from the link's MTU.
const tcp::Config& Tcp::config_for(const Path& path)
{
    const bool v4 = path.is_v4();
    const std::uint16_t mtu = links_[path.nic].mtu;
    const auto [at, is_new] = configs_.try_emplace({v4, mtu}, config_);
    if (is_new) {
        at->second = config_;
        const std::size_t headers = (v4 ? inet::ipv4_header_size : inet::ipv6_header_size) + 20;
        at->second.mss = static_cast<std::uint16_t>(mtu - headers);
        at->second.default_mss = v4 ? tcp::default_mss_v4 : tcp::default_mss_v6;
    }
    return at->second;
}

Socket& Tcp::make(const SocketName& name, const Path& path)
{
    const tcp::Config& config = config_for(path);
    if (free_.empty()) {
        if (sockets_.empty() || sockets_.back().size() == sockets_a_piece)
            sockets_.emplace_back().reserve(sockets_a_piece);
        if (sockets_.size() == 1 && sockets_[0].empty()) sockets_[0].emplace_back(environment_, config); // 0: nobody
        free_.push_back(static_cast<std::uint32_t>((sockets_.size() - 1) * sockets_a_piece + sockets_.back().size()));
        sockets_.back().emplace_back(environment_, config);
    } else {
        Socket& used = at(free_.back());
        used.~Socket();
        new (&used) Socket(environment_, config);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    ++in_use_;
    Socket& socket = at(index);
    socket.index = index;
    socket.name = name;
    socket.path = path;
    socket.v4 = name.remote.is_v4();
    if (const inet::PathMtu known = internet_.path_mtu(path, name.node, name.remote);
        known.mtu < links_[path.nic].mtu || !known.dont_fragment)
        take_path(socket, known);
    socket.number = run::ConnectionId{++connection_count_[engine::index_of(name.node)]};
    const std::uint64_t secret = secret_of(name);
    // RFC 9293 §3.4.1: a clock of 4 µs beside it.
    socket.initial_send =
        static_cast<tcp::Sequence>(secret) + static_cast<tcp::Sequence>(context_.engine.now().ns / 4'000);
    socket.connection.set_timestamp_offset(static_cast<std::uint32_t>(secret >> 32));
    return socket;
}

/// Gives a socket back once no stream refers to it. A timer's due that is still outstanding finds nothing to do, whoever
/// has the place by then.
void Tcp::release(Socket& socket)
{
    erase(socket);
    if (socket.stream) return;
    socket.due = 0;
    if (socket.recorded)
        context_.record(socket.name.node, socket.connection.session(), socket.cause,
                        run::TcpClosed{.connection = socket.number});
    socket.recorded = false;
    --in_use_;
    free_.push_back(socket.index);
}

} // namespace tegami::net
