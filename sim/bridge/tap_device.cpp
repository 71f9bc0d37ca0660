#include "sim/bridge/tap_device.hpp"

#include "protocols/link/mac_address.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tegami::bridge {
namespace {

/// linux/ipv6.h, which does not go together with the C library's headers.
struct in6_ifreq {
    in6_addr address;
    std::uint32_t prefix_length;
    int interface;
};

constexpr const char* device_file = "/dev/net/tun";

/// A file that is closed at the end of its scope.
struct File {
    int number = -1;

    explicit File(int file) : number(file) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File()
    {
        if (number >= 0) close(number);
    }
    int take() { return std::exchange(number, -1); }
};

std::unexpected<TapError> failed(std::string_view key, std::string_view doing = {})
{
    const int error = errno;
    if (error == EPERM || error == EACCES) key = "bridge.tap.root";
    std::string detail{doing};
    if (!detail.empty()) detail += ": ";
    return std::unexpected(TapError{key, detail + std::strerror(error)});
}

ifreq request_for(const std::string& name)
{
    ifreq request{};
    std::copy_n(name.begin(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1), request.ifr_name);
    return request;
}

sockaddr v4_socket_address(std::uint32_t host_order)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host_order);
    sockaddr result;
    std::memcpy(&result, &address, sizeof result);
    return result;
}

in6_addr v6_address(const wire::Address& address)
{
    in6_addr result;
    std::memcpy(&result, address.octets.data(), sizeof result);
    return result;
}

/// Sets up the interface through two sockets of the kernel, one a family.
class SetUp {
  public:
    SetUp(const scenario::PlugHost& host, int v4, int v6) : host_(host), v4_(v4), v6_(v6) {}

    /// True when everything is as wished; else errno says why not, and `doing` what was tried.
    bool all(std::string& doing)
    {
        doing = "MAC address";
        if (!set_mac()) return false;
        doing = "MTU";
        if (!set_mtu()) return false;
        for (const inet::InterfaceAddress& address : host_.addresses) {
            doing = wire::format(address.address);
            if (!(address.address.is_v4() ? add_v4(address) : true)) return false;
        }
        doing = "up";
        if (!turn_on()) return false;
        for (const inet::InterfaceAddress& address : host_.addresses) {
            doing = wire::format(address.address);
            if (!(address.address.is_v4() ? true : add_v6(address))) return false;
        }
        for (const std::optional<wire::Address>& gateway : {host_.gateway_v4, host_.gateway_v6}) {
            if (!gateway) continue;
            doing = wire::format(*gateway);
            if (!on_link(*gateway) && !route({*gateway, inet::address_bits(*gateway)}, std::nullopt)) return false;
        }
        for (const inet::Prefix& network : host_.networks) {
            doing = inet::format(network);
            const auto& gateway = network.is_v4() ? host_.gateway_v4 : host_.gateway_v6;
            if (gateway && !route(network, gateway)) return false;
        }
        return true;
    }

  private:
    bool set_mac()
    {
        ifreq request = request_for(host_.name);
        request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
        std::memcpy(request.ifr_hwaddr.sa_data, host_.mac.data(), host_.mac.size());
        return ioctl(v4_, SIOCSIFHWADDR, &request) == 0;
    }
    bool set_mtu()
    {
        ifreq request = request_for(host_.name);
        request.ifr_mtu = host_.mtu;
        return ioctl(v4_, SIOCSIFMTU, &request) == 0;
    }
    bool turn_on()
    {
        ifreq request = request_for(host_.name);
        if (ioctl(v4_, SIOCGIFFLAGS, &request) != 0) return false;
        request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
        return ioctl(v4_, SIOCSIFFLAGS, &request) == 0;
    }
    bool add_v4(const inet::InterfaceAddress& address)
    {
        ifreq request = request_for(host_.name);
        request.ifr_addr = v4_socket_address(address.address.to_v4());
        if (ioctl(v4_, SIOCSIFADDR, &request) != 0) return false;
        request.ifr_netmask = v4_socket_address(address.network.v4_mask());
        return ioctl(v4_, SIOCSIFNETMASK, &request) == 0;
    }
    bool add_v6(const inet::InterfaceAddress& address)
    {
        const in6_ifreq request{v6_address(address.address), address.network.length, index()};
        return ioctl(v6_, SIOCSIFADDR, &request) == 0;
    }
    int index() const
    {
        ifreq request = request_for(host_.name);
        return ioctl(v4_, SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
    }
    bool on_link(const wire::Address& gateway) const
    {
        return std::ranges::any_of(
            host_.addresses, [&](const inet::InterfaceAddress& address) { return address.network.contains(gateway); });
    }
    bool route(const inet::Prefix& network, const std::optional<wire::Address>& gateway)
    {
        return network.is_v4() ? route_v4(network, gateway) : route_v6(network, gateway);
    }
    bool route_v4(const inet::Prefix& network, const std::optional<wire::Address>& gateway)
    {
        std::string device = host_.name;
        rtentry entry{};
        entry.rt_dst = v4_socket_address(network.address.to_v4());
        entry.rt_genmask = v4_socket_address(network.v4_mask());
        entry.rt_flags = RTF_UP;
        if (network.length == 32) entry.rt_flags |= RTF_HOST;
        if (gateway) {
            entry.rt_gateway = v4_socket_address(gateway->to_v4());
            entry.rt_flags |= RTF_GATEWAY;
        }
        entry.rt_dev = device.data();
        return ioctl(v4_, SIOCADDRT, &entry) == 0 || errno == EEXIST;
    }
    bool route_v6(const inet::Prefix& network, const std::optional<wire::Address>& gateway)
    {
        in6_rtmsg entry{};
        entry.rtmsg_dst = v6_address(network.address);
        entry.rtmsg_dst_len = network.length;
        entry.rtmsg_flags = RTF_UP;
        entry.rtmsg_metric = 1;
        if (gateway) {
            entry.rtmsg_gateway = v6_address(*gateway);
            entry.rtmsg_flags |= RTF_GATEWAY;
        }
        entry.rtmsg_ifindex = index();
        return ioctl(v6_, SIOCADDRT, &entry) == 0 || errno == EEXIST;
    }

    const scenario::PlugHost& host_;
    int v4_;
    int v6_;
};

} // namespace

std::expected<TapDevice, TapError> TapDevice::open(const scenario::PlugHost& host)
{
    if (host.name.empty() || host.name.size() >= IFNAMSIZ)
        return std::unexpected(TapError{"bridge.tap.name", host.name});
    if (if_nametoindex(host.name.c_str()) != 0) return std::unexpected(TapError{"bridge.tap.taken", host.name});

    File device{::open(device_file, O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (device.number < 0) return failed(errno == ENOENT || errno == ENODEV ? "bridge.tap.none" : "bridge.tap.failed");
    ifreq request = request_for(host.name);
    request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL);
    if (ioctl(device.number, TUNSETIFF, &request) != 0)
        return failed(errno == EBUSY ? "bridge.tap.taken" : "bridge.tap.failed");

    const File v4{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (v4.number < 0) return failed("bridge.tap.failed", "IPv4");
    const bool wants_v6 = std::ranges::any_of(
        host.addresses, [](const inet::InterfaceAddress& address) { return !address.address.is_v4(); });
    const File v6{wants_v6 ? socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1};
    if (wants_v6 && v6.number < 0) return failed("bridge.tap.no_v6", "IPv6");
    std::string doing;
    if (!SetUp{host, v4.number, v6.number}.all(doing)) return failed("bridge.tap.failed", doing);
    return TapDevice{device.take(), host.name};
}

TapDevice::TapDevice(TapDevice&& other) noexcept : file_(std::exchange(other.file_, -1)), name_(std::move(other.name_))
{
}

TapDevice::~TapDevice()
{
    if (file_ >= 0) close(file_);
}

std::optional<wire::Octets> TapDevice::read(std::span<std::uint8_t> room)
{
    for (;;) {
        const ssize_t count = ::read(file_, room.data(), room.size());
        if (count > 0) return wire::Octets{room.data(), static_cast<std::size_t>(count)};
        if (count == 0 || errno != EINTR) return std::nullopt;
    }
}

bool TapDevice::write(wire::Octets frame)
{
    for (;;) {
        const ssize_t count = ::write(file_, frame.data(), frame.size());
        if (count >= 0) return static_cast<std::size_t>(count) == frame.size();
        if (errno != EINTR) return false;
    }
}

std::vector<std::string> as_commands(const scenario::PlugHost& host)
{
    const std::string device = " dev " + host.name;
    std::vector<std::string> lines{"ip tuntap add mode tap" + device, "ip link set" + device + " address " +
                                                                          link::format(link::MacAddress{host.mac}) +
                                                                          " mtu " + std::to_string(host.mtu) + " up"};
    for (const inet::InterfaceAddress& address : host.addresses)
        lines.push_back("ip address add " + wire::format(address.address) + '/' +
                        std::to_string(address.network.length) + device);
    const auto on_link = [&](const wire::Address& gateway) {
        return std::ranges::any_of(
            host.addresses, [&](const inet::InterfaceAddress& address) { return address.network.contains(gateway); });
    };
    for (const std::optional<wire::Address>& gateway : {host.gateway_v4, host.gateway_v6})
        if (gateway && !on_link(*gateway))
            lines.push_back("ip route add " + wire::format(*gateway) + '/' +
                            std::to_string(inet::address_bits(*gateway)) + device);
    for (const inet::Prefix& network : host.networks) {
        const auto& gateway = network.is_v4() ? host.gateway_v4 : host.gateway_v6;
        if (gateway)
            lines.push_back("ip route add " + inet::format(network) + " via " + wire::format(*gateway) + device);
    }
    return lines;
}

} // namespace tegami::bridge
