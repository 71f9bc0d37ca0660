#pragma once
/// Mailboxes on a host's disk, as Maildirs: what the MDA files, the MRA hands out and an MUA keeps. A message is written
/// in tmp/, synced, renamed into new/, and the folder synced: from then on it survives a power cut.

#include "sim/nodes/host.hpp"

#include <expected>
#include <set>

namespace tegami::nodes {

class Mailboxes {
  public:
    explicit Mailboxes(Host& host) : host_(host) {}

    struct Entry {
        std::string name; ///< in new/
        std::string path;
        std::uint64_t size = 0;
        Spans spans; ///< the story of that mail
    };

    /// Files one message in several mailboxes: in all of them, or in none. The names of the files, one a mailbox.
    Task<std::expected<std::vector<std::string>, engine::DiskError>> deliver(std::vector<std::string> mailboxes,
                                                                             std::string octets, Spans spans);
    /// What is there, oldest first.
    std::vector<Entry> list(std::string_view mailbox) const;
    /// Removes for good, which serves whom each entry says; false where a disk failed.
    Task<bool> remove(std::string mailbox, std::vector<Entry> entries);
    bool contains(std::string_view mailbox, std::string_view name) const;
    /// What a crash left half written is thrown away.
    Task<void> clean(std::string mailbox);
    /// The host's processes are gone, and what they knew.
    void forget() { withdrawn_.clear(); }

    /// The mailbox as people and facts name it: "bob/INBOX" of a user on a server; a device keeps one under its own name.
    void set_label(std::string label) { label_ = std::move(label); }
    std::string label(std::string_view mailbox) const;

  private:
    static std::string folder(std::string_view mailbox, std::string_view part)
    {
        return "mail/" + std::string{mailbox} + '/' + std::string{part};
    }

    Host& host_;
    std::string label_;
    std::set<std::string> withdrawn_; ///< files that nobody was promised and that a broken disk would not remove
};

} // namespace tegami::nodes
