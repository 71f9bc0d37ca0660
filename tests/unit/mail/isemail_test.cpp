/// The addresses of Dominic Sayers's is_email, where they are at hand: what RFC 5321 takes is taken, what only RFC 5322
/// takes (comments, folding, obsolete forms) or nobody takes is refused.
#include "protocols/mail/address.hpp"
#include "protocols/mail/utf8.hpp"
#include "tests/unit/skip.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>

using namespace tegami;

namespace {

std::string xml_element(const std::string& test, const std::string& name)
{
    const std::size_t from = test.find("<" + name + ">");
    if (from == test.npos) return "";
    const std::size_t begin = from + name.size() + 2;
    return test.substr(begin, test.find("</" + name + ">", begin) - begin);
}

/// Character references; those from U+2400 on stand for control characters there.
std::string xml_text(std::string text)
{
    const std::map<std::string, std::string> named = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text[at] == '&' ? text.find(';', at) : text.npos;
        if (end == text.npos) {
            out += text[at++];
            continue;
        }
        const std::string reference = text.substr(at, end + 1 - at);
        if (reference.starts_with("&#x")) {
            const unsigned long code = std::stoul(reference.substr(3), nullptr, 16);
            mail::append_utf8(out, static_cast<std::uint32_t>(code >= 0x2400 && code < 0x2420 ? code - 0x2400 : code));
        } else {
            out += named.at(reference);
        }
        at = end + 1;
    }
    return out;
}

} // namespace

TEST_CASE("is_email's addresses")
{
    const std::string path = std::string{TEGAMI_VECTORS} + "/addr-isemail/dominicsayers+isemail/test/tests.xml";
    std::ifstream in{path};
    if (!in) return test::skip("no addr-isemail in " TEGAMI_VECTORS);
    const std::string file{std::istreambuf_iterator<char>{in}, {}};
    // Where we differ, and why.
    const std::map<std::string, std::string> argued = {
        {"66", "a general address literal by its grammar; that 1111 is no registered tag is not for a parser to say"},
        {"71", "RFC 4291 §2.2 lets :: stand for a single group; RFC 5321 §4.1.3 wants two, and is alone in that"},
    };
    int count = 0;
    for (std::size_t at = 0; (at = file.find("<test id=", at)) != file.npos; ++at) {
        const std::string test = file.substr(at, file.find("</test>", at) - at);
        const std::string id = test.substr(10, test.find('"', 10) - 10);
        const std::string category = xml_element(test, "category");
        const std::string address = xml_text(xml_element(test, "address"));
        bool taken =
            category == "ISEMAIL_VALID_CATEGORY" || category == "ISEMAIL_DNSWARN" || category == "ISEMAIL_RFC5321";
        if (argued.contains(id)) taken = !taken;
        INFO(id << " " << address << " " << category << " " << xml_element(test, "diagnosis"));
        CHECK(mail::parse_mailbox(address).has_value() == taken);
        ++count;
    }
    CHECK(count == 164);
}
