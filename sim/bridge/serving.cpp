// The one file that sees Boost.Asio.
#include "sim/bridge/serving.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>

namespace tegami::bridge {
namespace {

namespace asio = boost::asio;
using engine::Duration;
using engine::Time;
using Clock = std::chrono::steady_clock;

constexpr int frames_a_turn = 64;  // taken from the kernel before the world goes on
constexpr int dues_a_turn = 4'096; // carried out before the kernel is looked at again
constexpr std::size_t frame_room = 65'536 + 18;

} // namespace

class Serving::Loop {
  public:
    Loop(scenario::World& world, std::vector<TapDevice> devices) : world_(world), devices_(std::move(devices))
    {
        for (TapDevice& device : devices_) descriptors_.emplace_back(context_, device.file());
        for (std::size_t plug = 0; plug < devices_.size(); ++plug)
            world_.attach(plug, [this, plug](wire::Octets frame) {
                ++end_.frames_out;
                if (!devices_[plug].write(frame)) ++end_.refused;
            });
    }
    ~Loop()
    {
        for (std::size_t plug = 0; plug < devices_.size(); ++plug) world_.attach(plug, [](wire::Octets) {});
        for (asio::posix::stream_descriptor& descriptor : descriptors_) descriptor.release(); // the devices close them
    }

    ServingEnd run(std::optional<Duration> length)
    {
        begun_ = Clock::now();
        from_ = world_.engine().now();
        until_ = length ? from_ + *length : Time::never();
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) stop(ServingEnd::Why::stopped);
        });
        for (std::size_t plug = 0; plug < devices_.size(); ++plug) listen(plug);
        go_on();
        context_.run();
        return end_;
    }

  private:
    /// The world's time that the wall clock has come to.
    Time due_time() const
    {
        const auto passed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begun_);
        return std::min(from_ + Duration{passed.count()}, until_);
    }

    void stop(ServingEnd::Why why)
    {
        end_.why = why;
        context_.stop();
    }

    void listen(std::size_t plug)
    {
        descriptors_[plug].async_wait(asio::posix::stream_descriptor::wait_read,
                                      [this, plug](const boost::system::error_code& error) {
                                          if (error) return;
                                          take_frames(plug);
                                          listen(plug);
                                          go_on();
                                      });
    }

    void take_frames(std::size_t plug)
    {
        for (int i = 0; i < frames_a_turn; ++i) {
            const auto frame = devices_[plug].read(room_);
            if (!frame) return;
            ++end_.frames_in;
            // What has happened has happened: an input lies in the world's future, by a nanosecond where it is late.
            const Time now = world_.engine().now() + wire::nanoseconds(1);
            world_.inject(plug, *frame, std::max(now, due_time()));
        }
    }

    /// Carries out what is due by now, and asks to be called again when more is.
    void go_on()
    {
        const Time now = due_time();
        int left = dues_a_turn;
        while (left > 0 && world_.engine().step(now)) --left;
        if (world_.recorder().failure()) return stop(ServingEnd::Why::cannot_record);
        if (left > 0) world_.run_until(now); // the clock too
        if (now == until_ && left > 0) return stop(ServingEnd::Why::time_over);
        const Time next = std::min(world_.engine().next_time(), until_);
        if (next == Time::never()) return timer_.cancel(), void();
        timer_.expires_at(begun_ + std::chrono::nanoseconds{left > 0 ? (next - from_).ns : 0});
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) go_on();
        });
    }

    scenario::World& world_;
    std::vector<TapDevice> devices_;
    asio::io_context context_{1};
    asio::steady_timer timer_{context_};
    asio::signal_set signals_{context_, SIGINT, SIGTERM, SIGHUP};
    std::vector<asio::posix::stream_descriptor> descriptors_;
    std::array<std::uint8_t, frame_room> room_{};
    Clock::time_point begun_;
    Time from_;
    Time until_;
    ServingEnd end_;
};

Serving::Serving(scenario::World& world, std::vector<TapDevice> devices)
    : loop_(std::make_unique<Loop>(world, std::move(devices)))
{
}

Serving::~Serving() = default;

ServingEnd Serving::run(std::optional<Duration> length) { return loop_->run(length); }

} // namespace tegami::bridge
