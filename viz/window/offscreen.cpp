#include "viz/window/graphics.hpp"

#include <backends/imgui_impl_opengl3.h>
#include <cstring>
#include <epoxy/egl.h>
#include <epoxy/gl.h>
#include <imgui.h>

namespace tegami::window {

struct Offscreen::Context {
    EGLDisplay display = EGL_NO_DISPLAY;
    EGLContext context = EGL_NO_CONTEXT;
    GLuint frame = 0, color = 0;
    int width = 0, height = 0;

    ~Context()
    {
        if (context != EGL_NO_CONTEXT) {
            if (frame) glDeleteFramebuffers(1, &frame);
            if (color) glDeleteTextures(1, &color);
            eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
            eglDestroyContext(display, context);
        }
        if (display != EGL_NO_DISPLAY) eglTerminate(display);
    }

    void size(int to_width, int to_height)
    {
        if (frame && width == to_width && height == to_height) return;
        if (!frame) glGenFramebuffers(1, &frame);
        if (!color) glGenTextures(1, &color);
        glBindTexture(GL_TEXTURE_2D, color);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, to_width, to_height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
        glBindFramebuffer(GL_FRAMEBUFFER, frame);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, color, 0);
        width = to_width;
        height = to_height;
    }
};

Offscreen::Offscreen(std::unique_ptr<Context> context) : context_{std::move(context)} {}
Offscreen::~Offscreen() = default;
Offscreen::Offscreen(Offscreen&&) noexcept = default;
Offscreen& Offscreen::operator=(Offscreen&&) noexcept = default;

std::expected<Offscreen, GraphicsProblem> Offscreen::open()
{
    const auto problem = [](std::string about) {
        return std::unexpected(GraphicsProblem{"window.graphics.missing", std::move(about)});
    };
    auto made = std::make_unique<Context>();
    if (!epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless"))
        return problem("EGL_MESA_platform_surfaceless");
    made->display = eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (made->display == EGL_NO_DISPLAY || !eglInitialize(made->display, nullptr, nullptr))
        return problem("eglInitialize");
    if (!eglBindAPI(EGL_OPENGL_API)) return problem("eglBindAPI");
    const EGLint wishes[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
    EGLConfig config = nullptr;
    EGLint configs = 0;
    if (!eglChooseConfig(made->display, wishes, &config, 1, &configs) || configs == 0)
        return problem("eglChooseConfig");
    const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 0, EGL_NONE};
    made->context = eglCreateContext(made->display, config, EGL_NO_CONTEXT, version);
    if (made->context == EGL_NO_CONTEXT) return problem("OpenGL 3.0");
    if (!eglMakeCurrent(made->display, EGL_NO_SURFACE, EGL_NO_SURFACE, made->context)) return problem("eglMakeCurrent");
    return Offscreen{std::move(made)};
}

int Offscreen::largest_texture() const
{
    GLint size = 0;
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &size);
    return size;
}

Picture Offscreen::draw(ImDrawData& data, int width, int height, std::uint32_t ground)
{
    context_->size(width, height);
    glBindFramebuffer(GL_FRAMEBUFFER, context_->frame);
    glViewport(0, 0, width, height);
    const auto channel = [&](int shift) { return static_cast<float>(ground >> shift & 0xFF) / 255; };
    glClearColor(channel(16), channel(8), channel(0), 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(&data);

    Picture picture{width, height, {}};
    const std::size_t row = static_cast<std::size_t>(width) * 4;
    std::vector<std::uint8_t> upside_down(row * static_cast<std::size_t>(height));
    picture.rgba.resize(upside_down.size());
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, upside_down.data());
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y)
        std::memcpy(&picture.rgba[y * row], &upside_down[(static_cast<std::size_t>(height) - 1 - y) * row], row);
    for (std::size_t i = 3; i < picture.rgba.size(); i += 4) picture.rgba[i] = 255;
    return picture;
}

} // namespace tegami::window
