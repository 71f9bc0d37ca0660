#pragma once
/// OpenGL 3 without a display: a context of its own in memory (EGL, surfaceless), drawn by software where there is no card.

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ImDrawData;

namespace tegami::window {

/// What is missing, as a key of the catalogue, and what it is about.
struct GraphicsProblem {
    std::string_view key;
    std::string about;
};

struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgba; ///< rows from the top, 4 octets a pixel
};

/// A file that is there whole or not at all.
std::expected<void, std::string> write_png(const Picture& picture, const std::string& path);

class Offscreen {
  public:
    static std::expected<Offscreen, GraphicsProblem> open();
    ~Offscreen();
    Offscreen(Offscreen&&) noexcept;
    Offscreen& operator=(Offscreen&&) noexcept;

    int largest_texture() const;
    /// What one frame of ImGui's says, on a ground of 0xRRGGBB.
    Picture draw(ImDrawData& data, int width, int height, std::uint32_t ground);

  private:
    struct Context;
    explicit Offscreen(std::unique_ptr<Context> context);
    std::unique_ptr<Context> context_;
};

} // namespace tegami::window
