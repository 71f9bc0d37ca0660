#pragma once
/// What an end host does with a question: asks its resolvers in turn until one knows. RFC 1034 §5.3.1, RFC 1123 §6.1.3.
/// One object is one question; it has no input or output, and is asked for its next step and told what came of it.
///
/// It keeps no cache: that is its resolver's work, and each question can be seen on the wire. Simplified: RFC 1123
/// §6.1.3.1 would have a host cache as well.

#include "protocols/dns/resolver.hpp"

namespace tegami::dns {

inline constexpr Duration stub_wait = wire::seconds(5); // for the first response: RFC 1123 §6.1.3.3 (5)
inline constexpr unsigned stub_rounds = 3; // over all resolvers; each waits twice as long as the one before

class StubQuestion {
  public:
    /// `resolvers`: in the order in which to ask them; none is an answer as well.
    StubQuestion(std::vector<wire::Endpoint> resolvers, Question question);

    /// What to ask now, and how long to wait. Nothing once the question has ended.
    struct Ask {
        wire::Endpoint server;
        Transport transport{};
        bool edns = true;
        Duration at_most{};
    };
    std::optional<Ask> next() const;

    /// A response that matches the query (`mismatch`). Gives what it was taken for.
    Meaning on_response(const Message& response);
    /// None came: in time, or at all because the host or its port cannot be reached.
    void on_silence();

    enum class Failure : std::uint8_t {
        no_such_name,
        no_data,
        server_failed, ///< every resolver said so
        timed_out,     ///< no resolver answered
    };
    struct Found {
        std::vector<Record> records; ///< of the type asked for
        Name name;                   ///< whose they are, behind all aliases
    };
    /// Once `next()` has nothing more.
    const std::expected<Found, Failure>& result() const { return result_; }
    const Question& question() const { return question_; }

  private:
    void next_server();
    void end(std::expected<Found, Failure> result);

    std::vector<wire::Endpoint> resolvers_;
    Question question_;
    std::size_t at_ = 0; ///< which of the resolvers
    unsigned round_ = 0;
    Transport transport_ = Transport::udp;
    bool edns_ = true;
    bool ended_ = false;
    std::expected<Found, Failure> result_ = std::unexpected(Failure::timed_out);
};

/// The query for either kind of asker, with EDNS where `edns`. RFC 1035 §4.1, RFC 6891 §6.2.3.
Message make_question(std::uint16_t id, const Question& question, bool recursion_desired, bool edns);

} // namespace tegami::dns
