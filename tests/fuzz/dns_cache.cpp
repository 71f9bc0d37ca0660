/// The cache against a list that does the same slowly: what is found, with what time left, is never more than what was put
/// and not yet expired, replaced or evicted. Input: operations of four octets.
#include "protocols/dns/cache.hpp"
#include "tests/fuzz/feeding.hpp"

#include <map>

using namespace tegami;
using namespace tegami::dns;

namespace {

struct Kept {
    Cache::What what{};
    Rdata data;
    Credibility credibility{};
    Time expires;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Notes notes;
    // Of two caches one has room for a few entries only: what it finds, the other finds as well.
    Cache wide{notes}, narrow{notes, 2'000};
    std::map<std::pair<Name, Type>, Kept> kept;
    Time now{0};
    const Name zone = *parse_name("example.");
    const Record soa = make_record(zone, 30, Soa{zone, zone, 1, 2, 3, 4, 20});
    for (std::size_t at = 0; at + 4 <= size; at += 4) {
        const Name name = *zone.with_first(std::string(1, static_cast<char>('a' + data[at + 1] % 6)));
        const Type type = data[at + 1] & 0x40 ? Type::ns : Type::a;
        const auto credibility = static_cast<Credibility>(1 + data[at + 2] % 4);
        const std::uint32_t ttl = data[at + 3] % 64;
        switch (data[at] % 4) {
        case 0: {
            Record record = make_record(name, ttl, A{wire::Address::v4(data[at + 2])});
            if (type == Type::ns) record = make_record(name, ttl, Ns{name});
            wide.put(now, {record}, credibility);
            narrow.put(now, {record}, credibility);
            if (ttl == 0) break;
            if (credibility > Credibility::additional) kept.erase({name, Type{0}});
            Time expires = now + wire::seconds(ttl);
            const auto before = kept.find({name, type});
            const bool valid = before != kept.end() && before->second.expires > now;
            if (valid && type == Type::ns && before->second.what == Cache::What::records)
                expires = std::min(expires, before->second.expires);
            if (valid && before->second.credibility > credibility) break;
            kept[{name, type}] = {Cache::What::records, record.data, credibility, expires};
            break;
        }
        case 1: {
            const bool whole = ttl % 2 == 0;
            for (Cache* cache : {&wide, &narrow}) {
                if (whole)
                    cache->put_no_such_name(now, name, soa, credibility);
                else
                    cache->put_no_data(now, name, type, soa, credibility);
            }
            const std::pair key{name, whole ? Type{0} : type};
            const auto before = kept.find(key);
            if (before != kept.end() && before->second.expires > now && before->second.credibility > credibility) break;
            kept[key] = {whole ? Cache::What::no_such_name : Cache::What::no_data, soa.data, credibility,
                         now + wire::seconds(20)};
            break;
        }
        case 2: now = now + wire::milliseconds(ttl * 100); break;
        default: {
            const auto found = wide.find(now, name, type, credibility);
            const Kept* expected = nullptr;
            for (const Type under : {type, Type{0}})
                if (const auto each = kept.find({name, under}); !expected && each != kept.end() &&
                                                                each->second.expires > now &&
                                                                each->second.credibility >= credibility)
                    expected = &each->second;
            fuzz::require(found.has_value() == (expected != nullptr));
            if (found) {
                fuzz::require(found->what == expected->what && found->credibility == expected->credibility);
                fuzz::require(found->records.size() == 1 && found->records[0].data == expected->data);
                fuzz::require(found->records[0].ttl == (expected->expires - now).ns / 1'000'000'000);
            }
            narrow.find(now, name, type, credibility);
            break;
        }
        }
        fuzz::require(narrow.octets() <= 2'000);
        notes.clear();
    }
    return 0;
}
