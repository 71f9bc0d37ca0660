#include "sim/run/spans.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace tegami;
using namespace tegami::run;

namespace {

Span a_step(NodeId node, std::uint32_t mail) { return {SpanKind::step, node, 0, {node, mail}, Step::s1_submit, 1}; }
Span a_session(NodeId node) { return {SpanKind::session, node, 0, {}, {}, 0}; }

} // namespace

TEST_CASE("spans are numbered by node in the order in which they begin")
{
    SpanTable spans;
    const SpanId one = spans.begin(a_step(NodeId{2}, 1));
    const SpanId two = spans.begin(a_session(NodeId{3}));
    const SpanId three = spans.begin(a_step(NodeId{2}, 2));
    CHECK(spans[one].number == 1);
    CHECK(spans[two].number == 1);
    CHECK(spans[three].number == 2);
    CHECK(static_cast<std::uint32_t>(three) == 3);
}

TEST_CASE("a set is the same whatever way it came about")
{
    SpanTable spans;
    const SpanId a = spans.begin(a_step(NodeId{2}, 1)), b = spans.begin(a_step(NodeId{2}, 2)),
                 c = spans.begin(a_session(NodeId{2}));
    const Spans ab = spans.unite(spans.only(a), spans.only(b));
    CHECK(spans.unite(spans.only(b), spans.only(a)) == ab);
    CHECK(spans.unite(ab, spans.only(a)) == ab);
    CHECK(spans.unite({}, ab) == ab);
    CHECK(spans.unite(ab, {}) == ab);
    CHECK(spans.with(spans.with(spans.only(c), b), a) == spans.with(ab, c));
    CHECK(std::ranges::equal(spans.members(spans.with(ab, c)), std::vector{a, b, c}));
    CHECK(spans.of(std::vector{c, a, b, a}) == spans.with(ab, c));
    CHECK(spans.only(SpanId::none) == Spans{});
    CHECK(spans.members({}).empty());
}

TEST_CASE("a set holds one session at most: the first one's")
{
    SpanTable spans;
    const SpanId first = spans.begin(a_session(NodeId{2})), second = spans.begin(a_session(NodeId{3})),
                 step = spans.begin(a_step(NodeId{2}, 1));
    const Spans one = spans.with(spans.only(first), step), other = spans.with(spans.only(second), step);
    CHECK(spans.unite(one, other) == one);
    CHECK(spans.unite(other, one) == other);
    CHECK(spans.session_of(spans.unite(other, one)) == second);
    CHECK(spans.steps_of(one) == spans.only(step));
    CHECK(spans.steps_of(spans.only(step)) == spans.only(step));
    CHECK(spans.session_of(spans.only(step)) == SpanId::none);
}

TEST_CASE("steps have the names that people see")
{
    CHECK(step_name(Step::none).empty());
    CHECK(step_name(Step::s1_submit) == "S1");
    CHECK(step_name(Step::s3_3_transfer) == "S3.3");
    CHECK(step_name(Step::d1_report) == "D1");
}
