#include "viz/draw/type.hpp"

#include "viz/draw/utf8.hpp"

#include <cmath>
#include <fcntl.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tegami::draw {

namespace {

// ImGui counts from ascender to descender; this font's are 0.88 above the baseline of an em, and 1.448 together.
constexpr float line_of_em = 1.448f;

// Where Debian's fonts-noto-cjk puts them.
constexpr const char* regular_file = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
constexpr const char* bold_file = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";
constexpr int sans_jp = 0, mono_jp = 5; // faces in both collections

/// A file in memory, for as long as this lives.
class Mapped {
  public:
    explicit Mapped(const char* path)
    {
        const int file = ::open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return;
        struct stat about{};
        if (::fstat(file, &about) == 0 && about.st_size > 0) {
            const auto size = static_cast<std::size_t>(about.st_size);
            void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
            if (at != MAP_FAILED) data_ = at, size_ = size;
        }
        ::close(file);
    }
    ~Mapped()
    {
        if (data_) ::munmap(data_, size_);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;

    void* data() const { return data_; }
    std::size_t size() const { return size_; }

  private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Which characters a face is baked with.
enum class Range : std::uint8_t { ascii, words, japanese };

struct FaceWish {
    TextStyle style;
    Range range{};
};

std::vector<FaceWish> faces_for(bool projector)
{
    std::vector<FaceWish> wishes = {
        {{13, false, false}, Range::words}, {{13, true, false}, Range::words},  {{15, false, false}, Range::japanese},
        {{15, true, false}, Range::words},  {{20, false, false}, Range::words}, {{20, true, false}, Range::words},
        {{28, false, false}, Range::words}, {{28, true, false}, Range::words},  {{13, false, true}, Range::japanese},
        {{15, false, true}, Range::words},  {{13, true, true}, Range::ascii},
    };
    if (projector)
        for (const FaceWish& wish : std::initializer_list<FaceWish>{{{22, false, false}, Range::words},
                                                                    {{22, true, false}, Range::words},
                                                                    {{24, false, false}, Range::words},
                                                                    {{24, true, false}, Range::words},
                                                                    {{30, false, false}, Range::words},
                                                                    {{30, true, false}, Range::words},
                                                                    {{64, true, false}, Range::ascii}})
            wishes.push_back(wish);
    return wishes;
}

/// ImGui's ranges end with a zero, and must live until the atlas is built.
ImVector<ImWchar> range_of(ImFontAtlas& atlas, Range range, std::string_view words)
{
    ImFontGlyphRangesBuilder builder;
    static constexpr ImWchar ascii[] = {0x20, 0x7E, 0xB7, 0xB7, 0xD7, 0xD7, 0xFFFD, 0xFFFD, 0};
    builder.AddRanges(ascii);
    if (range == Range::japanese) builder.AddRanges(atlas.GetGlyphRangesJapanese());
    if (range != Range::ascii) {
        builder.AddText("–—‘’“”…→←↑↓≠≡≥≤×·°−");
        builder.AddText(words.data(), words.data() + words.size());
    }
    ImVector<ImWchar> ranges;
    builder.BuildRanges(&ranges);
    return ranges;
}

} // namespace

struct Type::Files {
    Mapped regular{regular_file}, bold{bold_file};
};

Type::Type() = default;
Type::~Type() = default;
Type::Type(Type&&) noexcept = default;
Type& Type::operator=(Type&&) noexcept = default;

std::expected<void, TypeProblem> Type::bake(ImFontAtlas& atlas, const Wishes& wishes)
{
    if (!files_) {
        auto files = std::make_unique<Files>();
        if (!files->regular.data()) return std::unexpected(TypeProblem{"window.font.missing", regular_file});
        if (!files->bold.data()) return std::unexpected(TypeProblem{"window.font.missing", bold_file});
        files_ = std::move(files);
    }
    const std::vector<FaceWish> faces = faces_for(wishes.projector);
    std::vector<ImVector<ImWchar>> ranges;
    ranges.reserve(faces.size());
    std::vector<Baked> baked;

    atlas.Clear();
    atlas.FontBuilderIO = ImFontAtlasGetBuilderForStbTruetype(); // FreeType's rounds each advance: columns go astray
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    atlas.TexDesiredWidth = wishes.scale > 1.3f ? 4096 : 2048;
    atlas.TexDesiredWidth = std::min(atlas.TexDesiredWidth, wishes.largest_texture);
    for (const FaceWish& wish : faces) {
        ranges.push_back(range_of(atlas, wish.range, wishes.words));
        const Mapped& file = wish.style.bold ? files_->bold : files_->regular;
        ImFontConfig config;
        config.FontNo = wish.style.mono ? mono_jp : sans_jp;
        config.OversampleH = 2;
        config.OversampleV = 1;
        config.GlyphRanges = ranges.back().Data;
        ImFont* const font = atlas.AddFontFromMemoryTTF(file.data(), static_cast<int>(file.size()),
                                                        line_of_em * wish.style.size * wishes.scale, &config);
        // Told that the atlas owned the data, ImGui does not copy it; it must not free it either.
        atlas.ConfigData.back().FontDataOwnedByAtlas = false;
        baked.push_back({wish.style, font});
    }
    if (!atlas.Build()) return std::unexpected(TypeProblem{"window.font.unreadable", regular_file});
    if (atlas.TexHeight > wishes.largest_texture)
        return std::unexpected(TypeProblem{"window.font.too_large", std::to_string(atlas.TexHeight)});
    faces_ = std::move(baked);
    scale_ = wishes.scale;
    return {};
}

ImFont* Type::face(const TextStyle& style) const
{
    const Baked* best = nullptr;
    const auto better = [&](const Baked& each) {
        if (!best) return true;
        const auto rank = [&](const Baked& face) {
            const bool small = face.style.size < style.size;
            return std::tuple{face.style.mono != style.mono, face.style.bold != style.bold, small,
                              small ? -face.style.size : face.style.size};
        };
        return rank(each) < rank(*best);
    };
    for (const Baked& each : faces_)
        if (better(each)) best = &each;
    return best ? best->font : nullptr;
}

float Type::pixels(const TextStyle& style) const { return line_of_em * style.size * scale_; }

float Type::width(std::string_view text, const TextStyle& style) const
{
    const ImFont* const font = face(style);
    if (!font) return 0;
    float sum = 0;
    for (std::size_t at = 0; at < text.size();) sum += font->GetCharAdvance(drawable(next_character(text, at)));
    return sum * pixels(style) / font->FontSize / scale_;
}

bool Type::has_glyph(char32_t character, const TextStyle& style) const
{
    const ImFont* const font = face(style);
    return font && character <= 0xFFFF && font->FindGlyphNoFallback(static_cast<ImWchar>(character)) != nullptr;
}

} // namespace tegami::draw
