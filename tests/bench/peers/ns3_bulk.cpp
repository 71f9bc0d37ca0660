// The peer's side of the bulk benchmark, on ns-3: 100 MB of real octets by TCP over 100 Mbit/s and 10 ms.

#include "tests/bench/peers/ns3_report.hpp"

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

#include <unistd.h>

using namespace ns3;

namespace {

report::Figures figures;

void count_packet(Ptr<const Packet>) { ++figures.link_packets; }

/// Writes as fast as the socket takes it. ns-3's own BulkSend would carry octets that exist nowhere.
class Sender : public Application {
  public:
    Sender(Address to, std::uint64_t octets) : to_(to), left_(octets), buffer_(16384)
    {
        for (std::size_t i = 0; i < buffer_.size(); ++i) buffer_[i] = static_cast<std::uint8_t>('a' + i % 26);
    }

  private:
    void StartApplication() override
    {
        peer_ = Socket::CreateSocket(GetNode(), TcpSocketFactory::GetTypeId());
        peer_->SetConnectCallback(MakeCallback(&Sender::connected, this), MakeNullCallback<void, Ptr<Socket>>());
        peer_->SetSendCallback(MakeCallback(&Sender::push, this));
        peer_->Connect(to_);
    }
    void StopApplication() override {}
    void connected(Ptr<Socket> peer) { push(peer, 0); }
    void push(Ptr<Socket> peer, std::uint32_t)
    {
        while (left_ != 0) {
            auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, buffer_.size()));
            size = std::min(size, peer->GetTxAvailable());
            if (size == 0) return;
            const int taken = peer->Send(Create<Packet>(buffer_.data(), size));
            if (taken <= 0) return;
            left_ -= static_cast<std::uint64_t>(taken);
        }
        peer->Close();
    }

    Address to_;
    std::uint64_t left_;
    std::vector<std::uint8_t> buffer_;
    Ptr<Socket> peer_;
};

} // namespace

int main(int argc, char** argv)
{
    std::uint64_t octets = 100'000'000;
    bool pcap = false, count = false;
    std::string out = "bulk";
    CommandLine command(__FILE__);
    command.AddValue("bytes", "octets to send", octets);
    command.AddValue("count", "count packets on the link", count);
    command.AddValue("pcap", "capture both devices", pcap);
    command.AddValue("out", "how captures' names begin", out);
    command.Parse(argc, argv);

    const double begun = report::seconds_now();
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1460));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(1 << 20));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(1 << 20));
    NodeContainer nodes;
    nodes.Create(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    link.SetChannelAttribute("Delay", StringValue("10ms"));
    const auto devices = link.Install(nodes);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.0.0.0", "255.255.255.0");
    const auto interfaces = addresses.Assign(devices);
    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 25));
    const auto receiver = sink.Install(nodes.Get(1));
    const auto sender = CreateObject<Sender>(InetSocketAddress(interfaces.GetAddress(1), 25), octets);
    nodes.Get(0)->AddApplication(sender);
    sender->SetStartTime(Seconds(0.1));
    if (count)
        for (std::uint32_t i = 0; i < 2; ++i)
            devices.Get(i)->TraceConnectWithoutContext("PhyTxEnd", MakeCallback(&count_packet));
    if (pcap) link.EnablePcap(out, devices);

    const double set_up = report::seconds_now();
    figures.setup_s = set_up - begun;
    figures.setup_mib = report::peak_mib();
    const double cpu_before = report::cpu_seconds();
    Simulator::Stop(Seconds(600));
    Simulator::Run();
    figures.run_s = report::seconds_now() - set_up;
    figures.cpu_s = report::cpu_seconds() - cpu_before;
    figures.sim_s = Simulator::Now().GetSeconds();
    figures.events = Simulator::GetEventCount();
    figures.octets = DynamicCast<PacketSink>(receiver.Get(0))->GetTotalRx();
    figures.dialogues = 1;
    report::print(figures);
    std::fflush(nullptr);
    _exit(figures.octets == octets ? 0 : 1); // ns-3's taking down is not measured
}
