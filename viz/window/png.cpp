#include "viz/window/graphics.hpp"

#include <cstdio>
#include <png.h>
#include <unistd.h>

namespace tegami::window {

std::expected<void, std::string> write_png(const Picture& picture, const std::string& path)
{
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGBA;
    const std::string half = path + ".part-" + std::to_string(::getpid());
    if (!png_image_write_to_file(&image, half.c_str(), 0, picture.rgba.data(), 0, nullptr)) {
        std::remove(half.c_str());
        return std::unexpected(std::string{image.message});
    }
    if (std::rename(half.c_str(), path.c_str()) != 0) {
        const std::string why = std::strerror(errno);
        std::remove(half.c_str());
        return std::unexpected(why);
    }
    return {};
}

} // namespace tegami::window
