#include "sim/nodes/receiving.hpp"

#include "protocols/mail/trace.hpp"
#include "sim/nodes/words.hpp"

namespace tegami::nodes {

Spans story_of(Host& host, const smtp::Envelope& envelope, const mail::Message& message, Spans spans)
{
    if (!host.journal().mails_of(spans).empty()) return host.spans().steps_of(spans);
    const mail::Header header = mail::read_header(wire::as_text(message.octets));
    const auto text_of = [&](std::string_view name) {
        const mail::HeaderField* const field = header.find(name);
        return field ? mail::display_text(field->body) : std::string{};
    };
    std::string id = text_of("Message-ID");
    if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
    const MailId mail = host.journal().make_mail(host.node(),
                                                 {.from = mail::format(envelope.reverse_path),
                                                  .to = listed(envelope.forward_paths),
                                                  .subject = text_of("Subject"),
                                                  .message_id = id},
                                                 spans);
    // Whom its file serves: the mail, by a span of its own that never begins a step.
    return host.spans().only(host.spans().begin(
        {.kind = run::SpanKind::step, .node = host.node(), .number = 0, .mail = mail, .step = Step::none, .tries = 0}));
}

std::string received_by(Host& host, const smtp::Envelope& envelope, wire::Endpoint client, std::string_view with,
                        const std::string& id)
{
    return mail::format_received(
        {.hello = envelope.hello,
         .client = client.address,
         .client_name = {},
         .by = host.domain_name(),
         .with = std::string{with},
         .id = id,
         .only_recipient = envelope.forward_paths.size() == 1 ? std::optional{envelope.forward_paths[0]} : std::nullopt,
         .at = host.engine().now(),
         .zone_minutes = host.zone_minutes()});
}

smtp::Reply disk_reply(engine::DiskError error)
{
    if (error == engine::DiskError::full) return {452, {4, 3, 1}, "The disk is full; please try again later"};
    return {451, {4, 3, 0}, "The disk failed; please try again later"};
}

smtp::Reply kept_reply(const std::expected<void, engine::DiskError>& kept, const std::string& id)
{
    if (!kept) return disk_reply(kept.error());
    return {250, {2, 0, 0}, "Kept, id " + id};
}

void note_authentication(Host& host, const smtp::Authentication& authentication, Spans spans)
{
    static_assert(static_cast<int>(run::AuthVerdict::cancelled) ==
                  static_cast<int>(smtp::Authentication::Verdict::cancelled));
    host.record(spans, run::AuthJudged{.verdict = static_cast<run::AuthVerdict>(authentication.verdict),
                                       .mechanism = authentication.mechanism,
                                       .identity = authentication.identity.authentication});
}

} // namespace tegami::nodes
