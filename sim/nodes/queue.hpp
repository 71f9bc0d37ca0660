#pragma once
/// The letters that a server has promised to pass on. RFC 5321 §4.5.4.1, §6.1: each lies on the disk before the promise is
/// given, and until it is passed on for every recipient or given up; it is tried again and again, and at once after a
/// restart.

#include "sim/nodes/handing_over.hpp"

#include <set>

namespace tegami::nodes {

/// When a letter is tried again: after `first`, then twice as long each time, at most `longest`, until it is `give_up` old.
struct RetryRule {
    Duration first;
    Duration longest;
    Duration give_up;
};

/// To other sites. RFC 5321 §4.5.4.1: not before 30 minutes, for 4 to 5 days.
inline constexpr RetryRule far_retry{wire::minutes(30), wire::minutes(4 * 60), wire::minutes(5 * 24 * 60)};
/// To a server of the same site, whose operator sees to it.
inline constexpr RetryRule near_retry{wire::minutes(1), wire::minutes(30), wire::minutes(5 * 24 * 60)};

class Queue {
  public:
    struct Entry {
        std::string name; ///< as replies, Received fields and facts have it
        QueueFile file;
        std::vector<MailId> mails; ///< whose letter it is
        Spans spans;               ///< the file's
        Time next_try;
        bool under_way = false;
    };
    /// Who passes letters on.
    class Carrier {
      public:
        /// Tries it once. What it says goes for `entry.file.forward_paths`.
        virtual Task<Handed> carry(const Entry& entry) = 0;
        virtual RetryRule retry(const Entry& entry) const = 0;

      protected:
        ~Carrier() = default;
    };

    Queue(Host& host, std::string folder, Carrier& carrier) : host_(host), folder_(std::move(folder)), carrier_(carrier)
    {
    }

    /// A name for the next message: of the host's clock and a number.
    std::string next_name();
    /// Keeps one message for several destinations: all of them, or none. Then they are on their way. `spans`: the steps that
    /// brought it.
    Task<std::expected<void, engine::DiskError>> put(std::string name, std::vector<QueueFile> files, Spans spans);

    /// Whether this is the last try of a letter: what is deferred now is given up.
    bool is_last_try(const Entry& entry) const;

    /// What an earlier life has left goes on its way.
    void start();
    void forget();

    std::size_t size() const { return entries_.size(); }

  private:
    std::string path(const Entry& entry) const { return folder_ + '/' + entry.name; }
    Task<void> try_once(std::shared_ptr<Entry> entry);
    Task<void> try_later(std::shared_ptr<Entry> entry, Duration wait);
    Task<void> keep(const Entry& entry);
    Task<void> drop(std::string path);
    Task<void> clean_and_go(std::vector<std::string> half_written);
    void go(const std::shared_ptr<Entry>& entry);
    void note(const Entry& entry, Spans serves, run::QueueChange change, std::string_view reply);

    Host& host_;
    std::string folder_;
    Carrier& carrier_;
    std::vector<std::shared_ptr<Entry>> entries_;
    std::set<std::string> withdrawn_; ///< files that nobody was promised and that a broken disk would not remove
};

} // namespace tegami::nodes
