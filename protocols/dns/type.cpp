#include "protocols/dns/type.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace tegami::dns {

namespace {

template <class Number>
struct Word {
    Number number;
    std::string_view text;
};

constexpr Word<Type> type_words[] = {
    {Type::a, "A"},         {Type::ns, "NS"},         {Type::md, "MD"},
    {Type::mf, "MF"},       {Type::cname, "CNAME"},   {Type::soa, "SOA"},
    {Type::mb, "MB"},       {Type::mg, "MG"},         {Type::mr, "MR"},
    {Type::null, "NULL"},   {Type::wks, "WKS"},       {Type::ptr, "PTR"},
    {Type::hinfo, "HINFO"}, {Type::minfo, "MINFO"},   {Type::mx, "MX"},
    {Type::txt, "TXT"},     {Type::rp, "RP"},         {Type::afsdb, "AFSDB"},
    {Type::rt, "RT"},       {Type::sig, "SIG"},       {Type::key, "KEY"},
    {Type::px, "PX"},       {Type::aaaa, "AAAA"},     {Type::loc, "LOC"},
    {Type::nxt, "NXT"},     {Type::srv, "SRV"},       {Type::naptr, "NAPTR"},
    {Type::kx, "KX"},       {Type::cert, "CERT"},     {Type::dname, "DNAME"},
    {Type::opt, "OPT"},     {Type::ds, "DS"},         {Type::sshfp, "SSHFP"},
    {Type::rrsig, "RRSIG"}, {Type::nsec, "NSEC"},     {Type::dnskey, "DNSKEY"},
    {Type::nsec3, "NSEC3"}, {Type::tlsa, "TLSA"},     {Type::nsec3param, "NSEC3PARAM"},
    {Type::cds, "CDS"},     {Type::smimea, "SMIMEA"}, {Type::openpgpkey, "OPENPGPKEY"},
    {Type::svcb, "SVCB"},   {Type::https, "HTTPS"},   {Type::cdnskey, "CDNSKEY"},
    {Type::spf, "SPF"},     {Type::tkey, "TKEY"},     {Type::tsig, "TSIG"},
    {Type::ixfr, "IXFR"},   {Type::axfr, "AXFR"},     {Type::mailb, "MAILB"},
    {Type::maila, "MAILA"}, {Type::any, "ANY"},       {Type::uri, "URI"},
    {Type::caa, "CAA"},
};

constexpr Word<Class> class_words[] = {
    {Class::in, "IN"}, {Class::ch, "CH"}, {Class::hs, "HS"}, {Class::none, "NONE"}, {Class::any, "ANY"},
};

constexpr Word<Opcode> opcode_words[] = {
    {Opcode::query, "QUERY"},   {Opcode::iquery, "IQUERY"}, {Opcode::status, "STATUS"},
    {Opcode::notify, "NOTIFY"}, {Opcode::update, "UPDATE"}, {Opcode::dso, "DSO"},
};

constexpr Word<Rcode> rcode_words[] = {
    {Rcode::noerror, "NOERROR"},     {Rcode::formerr, "FORMERR"}, {Rcode::servfail, "SERVFAIL"},
    {Rcode::nxdomain, "NXDOMAIN"},   {Rcode::notimp, "NOTIMP"},   {Rcode::refused, "REFUSED"},
    {Rcode::yxdomain, "YXDOMAIN"},   {Rcode::yxrrset, "YXRRSET"}, {Rcode::nxrrset, "NXRRSET"},
    {Rcode::notauth, "NOTAUTH"},     {Rcode::notzone, "NOTZONE"}, {Rcode::badvers, "BADVERS"},
    {Rcode::badkey, "BADKEY"},       {Rcode::badtime, "BADTIME"}, {Rcode::badmode, "BADMODE"},
    {Rcode::badname, "BADNAME"},     {Rcode::badalg, "BADALG"},   {Rcode::badtrunc, "BADTRUNC"},
    {Rcode::badcookie, "BADCOOKIE"},
};

bool same_word(std::string_view a, std::string_view b)
{
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    return std::ranges::equal(a, b, {}, upper, upper);
}

template <class Number, std::size_t count>
std::string word_of(const Word<Number> (&words)[count], Number number, std::string_view prefix)
{
    const auto* const found = std::ranges::find(words, number, &Word<Number>::number);
    if (found != std::end(words)) return std::string{found->text};
    return std::string{prefix} + std::to_string(static_cast<unsigned>(number));
}

/// A word of the table, or `prefix` and a number of 16 bits in decimal digits.
template <class Number, std::size_t count>
std::optional<Number> number_of(const Word<Number> (&words)[count], std::string_view text, std::string_view prefix)
{
    for (const auto& word : words)
        if (same_word(word.text, text)) return word.number;
    if (text.size() <= prefix.size() || !same_word(text.substr(0, prefix.size()), prefix)) return std::nullopt;
    std::uint16_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + prefix.size(), end, number);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return Number{number};
}

} // namespace

std::string format(Type type) { return word_of(type_words, type, "TYPE"); }
std::string format(Class rr_class) { return word_of(class_words, rr_class, "CLASS"); }
std::string format(Opcode opcode) { return word_of(opcode_words, opcode, "OPCODE"); }
std::string format(Rcode rcode) { return word_of(rcode_words, rcode, "RCODE"); }

std::optional<Type> parse_type(std::string_view text) { return number_of(type_words, text, "TYPE"); }
std::optional<Class> parse_class(std::string_view text) { return number_of(class_words, text, "CLASS"); }

} // namespace tegami::dns
