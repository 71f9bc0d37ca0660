/// Packets, names, data and zones of other projects, and hostile ones, where they are at hand.
#include "protocols/dns/authority.hpp"
#include "protocols/dns/data_text.hpp"
#include "protocols/dns/rdata_layout.hpp"
#include "tests/unit/dns/hex.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

using namespace tegami;
using namespace tegami::dns;
using test::name;
using wire::OctetBuffer;
using wire::Octets;
namespace fs = std::filesystem;

namespace {

const fs::path vectors_root{TEGAMI_VECTORS};
const fs::path bind_seeds = vectors_root / "dns-wire-bind" / "isc-projects+bind9" / "fuzz";
const fs::path dnspython_zones = vectors_root / "dns-zonefiles" / "rthalley+dnspython" / "tests";

bool vectors_absent(const fs::path& folder)
{
    if (fs::exists(folder)) return false;
    test::skip(fs::relative(folder, vectors_root).string() + " is not in " TEGAMI_VECTORS);
    return true;
}

std::string text_of_file(const fs::path& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The files of a folder, by name.
std::map<std::string, OctetBuffer> files_of(const fs::path& folder)
{
    std::map<std::string, OctetBuffer> files;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const std::string text = text_of_file(entry.path());
        files[entry.path().filename().string()] = {text.begin(), text.end()};
    }
    return files;
}

/// Reads a message; what was read is written, read again and the same, and has a text. Returns "read", or the rule.
std::string verdict_of_message(Octets octets)
{
    const auto message = decode_message(octets);
    if (!message) {
        CHECK(message.error().offset <= octets.size());
        return std::string{message.error().rule};
    }
    const auto again = decode_message(encode(*message));
    CHECK((again && *again == *message));
    for (const auto* section : {&message->answers, &message->authority, &message->additional})
        for (const Record& record : *section)
            CHECK(std::ranges::all_of(format(record), [](char c) { return c >= ' ' && c < 0x7F; }));
    return "read";
}

class Deadline {
  public:
    ~Deadline() { CHECK((std::chrono::steady_clock::now() - begin_ < std::chrono::seconds{1})); }

  private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::vector<Record> records_of(std::string_view text, std::string_view origin, std::vector<std::string>& problems)
{
    ZoneProblems found;
    std::vector<Record> records;
    for (auto& placed : parse_zone_text(text, name(origin), found)) records.push_back(std::move(placed.record));
    for (const auto& problem : found.take())
        problems.push_back(std::string{problem.key} +
                           (problem.arguments.empty() ? "" : " " + problem.arguments[0].second));
    return records;
}

} // namespace

TEST_CASE("third-party DNS: the messages of BIND's fuzzers are read, or refused with the rule")
{
    if (vectors_absent(bind_seeds)) return;
    std::map<std::string, std::size_t> verdicts;
    for (const auto* folder : {"dns_message_parse.in", "dns_message_checksig.in"})
        for (const auto& [file, octets] : files_of(bind_seeds / folder)) {
            CAPTURE(file);
            ++verdicts[verdict_of_message(octets)];
            for (std::size_t size = 0; size < octets.size(); size += 7)
                static_cast<void>(decode_message(Octets{octets}.first(size)));
        }
    // ldns 1.8.3 reads the same 297 (but for an NSAP-PTR record without data), and the three with octets behind their end.
    CHECK(verdicts == std::map<std::string, std::size_t>{
                          {"read", 297},
                          {"RFC 1035 §4.1.1: octets are left over behind the last record", 3},
                          {"RFC 1035 §4.1.1: more questions are counted than the octets that are left could hold", 4}});
}

TEST_CASE("third-party DNS: the names of BIND's fuzzers are read, or refused")
{
    if (vectors_absent(bind_seeds)) return;
    std::size_t read = 0;
    for (const auto& [file, octets] : files_of(bind_seeds / "dns_name_fromwire.in")) {
        CAPTURE(file);
        for (const bool compressed : {false, true})
            for (std::size_t offset = 0; offset < octets.size(); ++offset) {
                wire::Reader in{octets};
                in.seek(offset);
                const auto got = in.finish_prefix(compressed ? read_name(in) : read_uncompressed_name(in));
                if (!got) continue;
                ++read;
                CHECK(parse_name(format(*got))->is_identical(*got));
            }
    }
    CHECK(read > 100);
}

TEST_CASE("third-party DNS: the data of BIND's fuzzers comes back from its text")
{
    if (vectors_absent(bind_seeds)) return;
    std::size_t read = 0;
    for (const auto& [file, octets] : files_of(bind_seeds / "dns_rdata_fromwire_text.in")) {
        CAPTURE(file);
        if (octets.size() < 4) continue;
        const auto type = static_cast<Type>(octets[0] << 8 | octets[1]);
        // As it stands, and as each type whose data has fields.
        for (unsigned as = 0; as <= 300; ++as) {
            const auto data_type = as == 0 ? type : static_cast<Type>(as);
            OctetBuffer message(12); // so that pointers into a header are known as such
            message.insert(message.end(), octets.begin() + 4, octets.end());
            wire::Reader in{message};
            in.seek(12);
            Rdata data;
            read_rdata(in, data_type, Class::in, octets.size() - 4, {}, data);
            if (in.failed()) continue;
            ++read;
            std::vector<std::string> problems;
            const std::string line =
                ". 1 TYPE" + std::to_string(static_cast<unsigned>(data_type)) + " " + format_data(data_type, data);
            if (is_meta(data_type)) continue;
            const auto again = records_of(line, ".", problems);
            CAPTURE(line, problems);
            REQUIRE(again.size() == 1);
            CHECK(again[0].data == data);
        }
    }
    CHECK(read > 10'000);
}

TEST_CASE("third-party DNS: the lines of BIND's fuzzers are read, or refused at their place")
{
    if (vectors_absent(bind_seeds)) return;
    std::set<std::string> without_text, wrong;
    std::size_t read = 0;
    for (const auto& [file, octets] : files_of(bind_seeds / "dns_rdata_fromtext.in")) {
        std::vector<std::string> problems;
        const std::string line = ". 1 " + std::string{wire::as_text(octets)};
        const auto records = records_of(line, ".", problems);
        read += records.size();
        for (const Record& record : records) {
            std::vector<std::string> none;
            CHECK(records_of(format(record), ".", none) == std::vector{record});
        }
        for (const auto& problem : problems)
            (problem.starts_with("zone.type_without_text") || problem.starts_with("zone.unknown_type") ||
                     problem.starts_with("zone.wrong_class") || problem.starts_with("zone.meta_type")
                 ? without_text
                 : wrong)
                .insert(file + ": " + problem);
    }
    INFO("without text: " << Catch::Detail::stringify(without_text));
    CHECK(read >= 30);
    CHECK(wrong == std::set<std::string>{});
    for (const auto& [file, octets] : files_of(bind_seeds / "dns_master_load.in")) {
        std::vector<std::string> problems;
        records_of(wire::as_text(octets), "example", problems);
        const std::set<std::string> keys(problems.begin(), problems.end());
        CAPTURE(file, problems);
        if (file.starts_with("generate")) CHECK(keys.contains("zone.generate"));
        if (file == "include.db") CHECK(keys.contains("zone.include"));
        if (file == "minimal.db") CHECK(problems.empty());
        if (file == "date.db") CHECK(keys.contains("zone.unknown_directive $DATE"));
    }
}

TEST_CASE("third-party DNS: dnspython's example zone comes out in its canonical form")
{
    if (vectors_absent(dnspython_zones)) return;
    std::vector<std::string> problems;
    const auto records = records_of(text_of_file(dnspython_zones / "example"), "example", problems);
    // All that is not read are types whose text nobody needs here, and an algorithm by name.
    for (const auto& problem : problems)
        CHECK((problem.starts_with("zone.type_without_text ") || problem.starts_with("zone.unknown_type ") ||
               problem == "zone.bad_number RSAMD5"));
    CHECK(records.size() > 90);

    // dnspython sets long base64 apart in pieces, and leaves the quotes out of some strings: compared without.
    const auto plain = [](std::string line) {
        std::erase(line, '"');
        const auto words = std::ranges::count(line, ' ');
        if (words > 7 && (line.contains(" DNSKEY ") || line.contains(" CDNSKEY "))) {
            std::size_t at = 0;
            for (int i = 0; i < 7; ++i) at = line.find(' ', at) + 1;
            const auto tail = std::ranges::remove(line.begin() + static_cast<std::ptrdiff_t>(at), line.end(), ' ');
            line.erase(tail.begin(), tail.end());
        }
        return line;
    };
    std::set<std::string> good;
    std::istringstream lines{text_of_file(dnspython_zones / "example2.good")};
    for (std::string line; std::getline(lines, line);) good.insert(plain(line));
    for (const Record& record : records) {
        const std::string line = format(record);
        if (line.contains(" \\# ") || line.contains("TYPE")) continue; // of a type that dnspython has a text for
        CAPTURE(line);
        CHECK(good.contains(plain(line)));
    }

    // The canonical forms themselves, relative and absolute, say the same.
    std::vector<std::vector<Record>> forms;
    for (const auto* file : {"example1.good", "example2.good", "example3.good", "example4.good"}) {
        std::vector<std::string> ignored;
        forms.push_back(records_of(text_of_file(dnspython_zones / file), "example", ignored));
        CHECK(forms.back() == forms.front());
    }
    std::set<std::string> ours, theirs;
    for (const Record& record : records) ours.insert(format(record));
    for (const Record& record : forms[0]) theirs.insert(format(record));
    for (const auto& line : ours) {
        CAPTURE(line);
        CHECK(theirs.contains(line));
    }
}

TEST_CASE("the attack pack: hostile messages are refused with the rule, or answered as any other")
{
    const fs::path folder = vectors_root / "attack-pack" / "dns";
    if (vectors_absent(folder)) return;
    ZoneProblems none;
    Zones zones;
    zones.add(*load_zone("$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.2\n",
                         name("example.test"), none));

    const std::map<std::string, std::string> refused = {
        {"ptr-self.bin", "RFC 1035 §4.1.4: a pointer must point backwards"},
        {"ptr-loop2.bin", "RFC 1035 §4.1.4: a pointer must point backwards"},
        {"ptr-to-header.bin", "RFC 1035 §4.1.4: a pointer must point at a name, not into the header"},
        {"ptr-truncated.bin", "RFC 1035 §4.1.1: more questions are counted than the octets that are left could hold"},
        {"label-0x40.bin", "RFC 1035 §4.1.4: label types 01 and 10 are reserved"},
        {"label-0x80.bin", "RFC 1035 §4.1.4: label types 01 and 10 are reserved"},
        {"an-65535.bin", "RFC 1035 §4.1.1: more records are counted than the octets that are left could hold"},
        {"short-11.bin", "RFC 1035 §4.1.1: a header has 12 octets"},
        {"opt-twice.bin", "RFC 6891 §6.1.1: a message has at most one OPT"},
        {"opt-not-root.bin", "RFC 6891 §6.1.2: the owner of OPT is the root"},
        {"cname-chain-100.bin", "the octets end too early"}, // its last name has one octet less than its label says
    };
    std::size_t seen = 0;
    for (const auto& [file, octets] : files_of(folder)) {
        CAPTURE(file);
        const Deadline deadline;
        if (file == "tcp-pipelined-500.bin") {
            Octets received{octets};
            std::size_t answered = 0;
            while (const auto message = next_tcp_message(received))
                answered += respond(zones, *message, Transport::tcp).messages.size();
            CHECK(answered == 500);
            CHECK(received.empty());
            continue;
        }
        const auto row = refused.find(file);
        seen += row != refused.end();
        CHECK(verdict_of_message(octets) == (row == refused.end() ? "read" : row->second));
        for (const Transport transport : {Transport::udp, Transport::tcp}) {
            const Response response = respond(zones, octets, transport);
            const bool is_message = octets.size() >= 12;
            const bool is_query = is_message && (octets[2] & 0x80) == 0;
            REQUIRE(response.messages.size() == (is_query ? 1u : 0u));
            if (!is_query) continue;
            const auto read = decode_message(response.messages[0]);
            REQUIRE(read.has_value());
            if (row != refused.end()) {
                CHECK(read->header.rcode == Rcode::formerr);
                CHECK(response.messages[0].size() == message_header_size);
            } else {
                const bool is_transfer = file == "type-252.bin" && transport == Transport::tcp; // of no zone's name
                const Rcode rcode = read->header.rcode;
                CHECK((is_transfer ? rcode == Rcode::notauth
                                   : rcode == Rcode::refused || rcode == Rcode::nxdomain || rcode == Rcode::noerror));
            }
        }
    }
    CHECK(seen == refused.size());
}
