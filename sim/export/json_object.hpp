#pragma once
/// A JSON object on one line, member by member. Text in it is made harmless as sim/run/json.hpp says.

#include "sim/run/json.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace tegami::exporting {

class JsonObject {
  public:
    JsonObject& add(std::string_view name, std::string_view text)
    {
        begin(name);
        run::append_json(text_, text);
        return *this;
    }
    JsonObject& add(std::string_view name, const char* text) { return add(name, std::string_view{text}); }
    JsonObject& add(std::string_view name, const std::string& text) { return add(name, std::string_view{text}); }
    JsonObject& add(std::string_view name, std::same_as<bool> auto value)
    {
        return raw(name, value ? "true" : "false");
    }
    template <std::integral Number>
        requires(!std::same_as<Number, bool>)
    JsonObject& add(std::string_view name, Number value)
    {
        return raw(name, std::to_string(value));
    }
    /// Nothing at all where there is no value.
    template <class T>
    JsonObject& add(std::string_view name, const std::optional<T>& value)
    {
        return value ? add(name, *value) : *this;
    }
    /// When: nanoseconds since 1970, and ISO 8601.
    JsonObject& add_time(engine::Time at, std::int32_t zone_minutes)
    {
        return add("t", at.ns).add("time", run::iso_time(at, zone_minutes));
    }
    /// JSON as it is.
    JsonObject& raw(std::string_view name, std::string_view json)
    {
        begin(name);
        text_ += json;
        return *this;
    }
    template <class Range, class ToJson>
    JsonObject& list(std::string_view name, const Range& range, ToJson&& to_json)
    {
        std::string all = "[";
        for (const auto& each : range) {
            if (all.size() > 1) all += ',';
            all += to_json(each);
        }
        return raw(name, all + "]");
    }
    std::string text() const { return text_ + "}"; }

  private:
    void begin(std::string_view name)
    {
        if (text_.size() > 1) text_ += ',';
        run::append_json(text_, name);
        text_ += ':';
    }
    std::string text_ = "{";
};

} // namespace tegami::exporting
