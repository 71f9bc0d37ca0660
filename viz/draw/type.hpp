#pragma once
/// The faces that everything is written in: Noto Sans CJK JP, regular and bold, and Noto Sans Mono CJK JP, baked into one
/// atlas for a scale. Sizes are those of the em in logical pixels; nothing is written smaller than `least_size`.

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ImFont;
struct ImFontAtlas;

namespace tegami::draw {

inline constexpr float least_size = 13; // at scale 1, outside projector mode

// The sizes in use. LOOK: labels and octets; body; headings; titles.
inline constexpr float label_size = 13, body_size = 15, heading_size = 20, title_size = 28;

struct TextStyle {
    float size = body_size;
    bool bold = false;
    bool mono = false;

    bool operator==(const TextStyle&) const = default;
};

enum class Align : std::uint8_t { left, center, right };

/// A folder in which fonts were looked for, or a limit of this machine's graphics: what is wrong, and its remedy as a key
/// of the catalogue.
struct TypeProblem {
    std::string_view key;
    std::string about;
};

class Type {
  public:
    struct Wishes {
        float scale = 1;            ///< pixels a logical pixel
        bool projector = false;     ///< also the faces that are read from the last row
        std::string_view words;     ///< UTF-8: every character here has a glyph in every face
        int largest_texture = 8192; ///< pixels a side that the graphics can hold
    };

    Type();
    ~Type();
    Type(Type&&) noexcept;
    Type& operator=(Type&&) noexcept;

    /// Fills the atlas anew. What was baked before stays where this fails.
    std::expected<void, TypeProblem> bake(ImFontAtlas& atlas, const Wishes& wishes);

    float scale() const { return scale_; }
    /// The face to write a style with: baked at its size, or else at the next larger one.
    ImFont* face(const TextStyle& style) const;
    /// Pixels that ImGui calls the size of such text: from ascender to descender.
    float pixels(const TextStyle& style) const;
    /// Logical pixels.
    float width(std::string_view text, const TextStyle& style) const;
    bool has_glyph(char32_t character, const TextStyle& style) const;

  private:
    struct Files;
    struct Baked {
        TextStyle style;
        ImFont* font = nullptr;
    };
    std::unique_ptr<Files> files_;
    std::vector<Baked> faces_;
    float scale_ = 1;
};

} // namespace tegami::draw
