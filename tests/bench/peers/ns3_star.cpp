// The peer's side of the dialogues benchmark, on ns-3: hosts behind routers of their ISPs, servers three links away, and
// dialogues of SMTP's shape: thirty lines of 60 octets said in turn, a message of 4 KiB, an answer, QUIT.
//
//     host --(20 Mbit/s, 5 ms; csma: 100 Mbit/s, 5 us and ARP)-- ISP --(1 Gbit/s, 8 or 13 ms)-- core --(1 Gbit/s, 2 ms)-- server

#include "tests/bench/peers/ns3_report.hpp"

#include "ns3/core-module.h"
#include "ns3/csma-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <unistd.h>

using namespace ns3;

namespace {

constexpr std::uint32_t line_size = 60;
constexpr std::uint32_t message_size = 4096;
constexpr std::uint32_t turns = 15; // lines of each side before the message

std::uint8_t line_octets[line_size];
std::uint8_t message_octets[message_size];
report::Figures figures;
std::uint64_t failed = 0;

void count_packet(Ptr<const Packet>) { ++figures.link_packets; }

void say(Ptr<Socket> to, const std::uint8_t* octets, std::uint32_t size) { to->Send(Create<Packet>(octets, size)); }

/// How many octets one side of a dialogue has received.
struct Heard : SimpleRefCount<Heard> {
    std::uint32_t octets = 0;
};

/// Takes what has arrived, as an application would; gives its size, zero at the end.
std::uint32_t take(Ptr<Socket> from)
{
    static std::uint8_t buffer[65536];
    const Ptr<Packet> packet = from->Recv();
    if (!packet) return 0;
    const std::uint32_t size = packet->CopyData(buffer, sizeof buffer);
    figures.octets += size;
    return size;
}

/// A greeting, a line for each line, one for the message, one for QUIT.
class Server : public Application {
    void StartApplication() override
    {
        listener_ = Socket::CreateSocket(GetNode(), TcpSocketFactory::GetTypeId());
        listener_->Bind(InetSocketAddress(Ipv4Address::GetAny(), 25));
        listener_->Listen();
        listener_->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                     MakeCallback(&Server::accept, this));
    }
    void StopApplication() override {}

    void accept(Ptr<Socket> peer, const Address&)
    {
        peer->SetRecvCallback(MakeBoundCallback(&Server::receive, Create<Heard>()));
        say(peer, line_octets, line_size);
    }
    /// Replies due once so many octets were heard.
    static std::uint32_t replies_due(std::uint32_t heard)
    {
        constexpr std::uint32_t lines = (turns - 1) * line_size;
        if (heard < lines) return heard / line_size;
        if (heard < lines + message_size) return turns - 1;
        if (heard < lines + message_size + line_size) return turns;
        return turns + 1;
    }
    static void receive(Ptr<Heard> heard, Ptr<Socket> peer)
    {
        while (const std::uint32_t size = take(peer)) {
            const std::uint32_t before = replies_due(heard->octets);
            heard->octets += size;
            const std::uint32_t due = replies_due(heard->octets);
            for (std::uint32_t i = before; i < due; ++i) say(peer, line_octets, line_size);
            if (due == turns + 1) peer->Close();
        }
    }

    Ptr<Socket> listener_;
};

/// Opens a dialogue in each window, at a moment scattered by the host's number.
class Client : public Application {
  public:
    Client(Address server, std::uint32_t dialogues, double window, std::uint32_t host)
        : server_(server), dialogues_(dialogues), window_(window), host_(host)
    {
    }

  private:
    void StartApplication() override
    {
        std::uint64_t scatter = host_ * 0x9E3779B97F4A7C15ull + 12345;
        for (std::uint32_t i = 0; i < dialogues_; ++i) {
            scatter ^= scatter << 13;
            scatter ^= scatter >> 7;
            scatter ^= scatter << 17;
            const double fraction = static_cast<double>(scatter >> 11) * (1.0 / 9007199254740992.0);
            Simulator::Schedule(Seconds((i + fraction * 0.5) * window_), &Client::open, this);
        }
    }
    void StopApplication() override {}

    void open()
    {
        Ptr<Socket> peer = Socket::CreateSocket(GetNode(), TcpSocketFactory::GetTypeId());
        peer->SetRecvCallback(MakeBoundCallback(&Client::receive, Create<Heard>()));
        peer->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(), MakeCallback(&Client::refused, this));
        peer->Connect(server_);
    }
    void refused(Ptr<Socket>) { ++failed; }
    static void receive(Ptr<Heard> heard, Ptr<Socket> peer)
    {
        while (const std::uint32_t size = take(peer)) {
            const std::uint32_t before = heard->octets / line_size;
            heard->octets += size;
            for (std::uint32_t i = before + 1; i <= heard->octets / line_size; ++i) {
                if (i == turns) {
                    say(peer, message_octets, message_size);
                } else if (i <= turns + 1) {
                    say(peer, line_octets, line_size);
                } else {
                    peer->Close();
                    ++figures.dialogues;
                }
            }
        }
    }

    Address server_;
    std::uint32_t dialogues_;
    double window_;
    std::uint32_t host_;
};

Ipv4Address address(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d)
{
    return Ipv4Address(a << 24 | b << 16 | c << 8 | d);
}

} // namespace

int main(int argc, char** argv)
{
    std::uint32_t hosts = 1000, servers = 20, dialogues = 10;
    double window = 10;
    bool count = false, queue_discs = false;
    std::string link = "csma", pcap = "none", out = "star";
    CommandLine command(__FILE__);
    command.AddValue("hosts", "hosts", hosts);
    command.AddValue("servers", "servers", servers);
    command.AddValue("dialogues", "dialogues of each host", dialogues);
    command.AddValue("window", "seconds between a host's dialogues", window);
    command.AddValue("link", "hosts' links: p2p, or csma (Ethernet with ARP)", link);
    command.AddValue("tc", "keep ns-3's default queue discs", queue_discs);
    command.AddValue("count", "count packets on links", count);
    command.AddValue("pcap", "none, or all: a capture of every device", pcap);
    command.AddValue("out", "how captures' names begin", out);
    command.Parse(argc, argv);

    for (std::uint32_t i = 0; i < line_size; ++i) line_octets[i] = static_cast<std::uint8_t>('A' + i % 26);
    for (std::uint32_t i = 0; i < message_size; ++i) message_octets[i] = static_cast<std::uint8_t>('a' + i % 26);
    const double begun = report::seconds_now();
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1460));

    const bool ethernet = link == "csma";
    const std::uint32_t hosts_of_isp = hosts <= 100 ? 25 : 100;
    const std::uint32_t isps = (hosts + hosts_of_isp - 1) / hosts_of_isp;
    NodeContainer core, isp, host, server;
    core.Create(1);
    isp.Create(isps);
    host.Create(hosts);
    server.Create(servers);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    for (const auto& nodes : {core, isp, host, server}) stack.Install(nodes);

    NetDeviceContainer devices;
    Ipv4AddressHelper addresses;
    Ipv4StaticRoutingHelper routing;
    const auto routes = [&](Ptr<Node> node) { return routing.GetStaticRouting(node->GetObject<Ipv4>()); };
    const auto number = [&](NetDeviceContainer pair, Ipv4Address base) {
        addresses.SetBase(base, Ipv4Mask("255.255.255.252"));
        const auto interfaces = addresses.Assign(pair);
        if (!queue_discs) TrafficControlHelper().Uninstall(pair);
        devices.Add(pair);
        return interfaces;
    };
    const auto join = [](Ptr<Node> one, Ptr<Node> other, const char* rate, const char* delay) {
        PointToPointHelper helper;
        helper.SetDeviceAttribute("DataRate", StringValue(rate));
        helper.SetChannelAttribute("Delay", StringValue(delay));
        return helper.Install(NodeContainer(one, other));
    };
    const auto join_host = [&](Ptr<Node> one, Ptr<Node> other) {
        if (!ethernet) return join(one, other, "20Mbps", "5ms");
        CsmaHelper helper; // a shared half-duplex medium: only sane over short distances
        helper.SetChannelAttribute("DataRate", StringValue("100Mbps"));
        helper.SetChannelAttribute("Delay", StringValue("5us"));
        return helper.Install(NodeContainer(one, other));
    };

    std::vector<Ipv4Address> server_addresses;
    for (std::uint32_t s = 0; s < servers; ++s) {
        const auto interfaces =
            number(join(core.Get(0), server.Get(s), "1Gbps", "2ms"), address(172, 16 + s / 64, s % 64 * 4, 0));
        server_addresses.push_back(interfaces.GetAddress(1));
        routes(server.Get(s))->SetDefaultRoute(interfaces.GetAddress(0), 1);
        server.Get(s)->AddApplication(CreateObject<Server>());
    }
    for (std::uint32_t k = 0; k < isps; ++k) {
        const auto interfaces =
            number(join(isp.Get(k), core.Get(0), "1Gbps", ethernet ? "13ms" : "8ms"), address(192, 168, k, 0));
        routes(isp.Get(k))->SetDefaultRoute(interfaces.GetAddress(1), 1);
        routes(core.Get(0))
            ->AddNetworkRouteTo(address(10, k, 0, 0), Ipv4Mask("255.255.0.0"), interfaces.GetAddress(0),
                                1 + servers + k);
    }
    for (std::uint32_t h = 0; h < hosts; ++h) {
        const std::uint32_t k = h / hosts_of_isp, j = h % hosts_of_isp;
        const auto interfaces = number(join_host(host.Get(h), isp.Get(k)), address(10, k, j / 64, j % 64 * 4));
        routes(host.Get(h))->SetDefaultRoute(interfaces.GetAddress(1), 1);
        const auto client =
            CreateObject<Client>(InetSocketAddress(server_addresses[h % servers], 25), dialogues, window, h);
        host.Get(h)->AddApplication(client);
        client->SetStartTime(Seconds(1));
    }
    if (count)
        for (std::uint32_t i = 0; i < devices.GetN(); ++i)
            devices.Get(i)->TraceConnectWithoutContext("PhyTxEnd", MakeCallback(&count_packet));
    if (pcap == "all") { // each helper takes its own kind of device
        CsmaHelper().EnablePcap(out, devices, false);
        PointToPointHelper().EnablePcap(out, devices);
    }

    const double set_up = report::seconds_now();
    figures.setup_s = set_up - begun;
    figures.setup_mib = report::peak_mib();
    const double cpu_before = report::cpu_seconds();
    Simulator::Stop(Seconds(1 + dialogues * window));
    Simulator::Run();
    figures.run_s = report::seconds_now() - set_up;
    figures.cpu_s = report::cpu_seconds() - cpu_before;
    figures.sim_s = Simulator::Now().GetSeconds();
    figures.events = Simulator::GetEventCount();
    report::print(figures);
    const bool complete = figures.dialogues == std::uint64_t{hosts} * dialogues && failed == 0;
    if (!complete)
        std::fprintf(stderr, "not every dialogue came to its end: %llu failed\n",
                     static_cast<unsigned long long>(failed));
    std::fflush(nullptr);
    _exit(complete ? 0 : 1); // ns-3's taking down is not measured
}
