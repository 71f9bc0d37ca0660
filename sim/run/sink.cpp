#include "sim/run/sink.hpp"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tegami::run {

std::string FileError::text() const
{
    return "cannot " + std::string(doing) + " " + path + ": " + std::strerror(number);
}

// ---- hashing -------------------------------------------------------------------------------------------------------

Chunk HashSink::fresh(std::size_t capacity)
{
    if (spare_.capacity < capacity) return Chunk::of(capacity);
    return std::exchange(spare_, {});
}

void HashSink::take(Chunk full)
{
    for (const std::uint8_t octet : full.octets()) hash_ = (hash_ ^ octet) * 0x100000001b3;
    octets_ += full.size;
    full.size = 0;
    spare_ = std::move(full);
}

// ---- files ---------------------------------------------------------------------------------------------------------

namespace {

/// The file that `path` names in the end: links are followed, so that a link stays one.
std::string resolved(const std::string& path)
{
    char* const real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) return path; // not there yet
    std::string result = real;
    std::free(real);
    return result;
}

std::string folder_of(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    if (slash == path.npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace

std::expected<std::unique_ptr<FileSink>, FileError> FileSink::create(const std::string& path)
{
    std::unique_ptr<FileSink> sink(new FileSink);
    sink->path_ = resolved(path);

    struct stat there{};
    const bool exists = ::stat(sink->path_.c_str(), &there) == 0;
    if (exists && S_ISDIR(there.st_mode)) {
        errno = EISDIR;
        return sink->fail("write");
    }
    if (exists && !S_ISREG(there.st_mode)) {
        sink->file_ = ::open(sink->path_.c_str(), O_WRONLY | O_CLOEXEC);
        if (sink->file_ < 0) return sink->fail("open");
        return sink;
    }
    // A file that may not be written to shall not be replaced either.
    if (exists && ::access(sink->path_.c_str(), W_OK) != 0) return sink->fail("write");

    const std::string folder = folder_of(sink->path_);
    const std::size_t slash = sink->path_.rfind('/');
    const std::string name = slash == std::string::npos ? sink->path_ : sink->path_.substr(slash + 1);
    for (int i = 0; i < 100 && sink->file_ < 0; ++i) {
        const std::string temporary =
            folder + "/." + name + "." + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp";
        sink->file_ = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (sink->file_ >= 0)
            sink->temporary_ = temporary;
        else if (errno != EEXIST)
            break;
    }
    if (sink->file_ < 0) return sink->fail("create");
    if (exists && ::fchmod(sink->file_, there.st_mode & 07777) != 0) return sink->fail("create");
    return sink;
}

FileSink::~FileSink()
{
    if (file_ >= 0) ::close(file_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Chunk FileSink::fresh(std::size_t capacity)
{
    if (spare_.capacity < capacity) return Chunk::of(capacity);
    return std::exchange(spare_, {});
}

void FileSink::take(Chunk full)
{
    write(full.octets());
    full.size = 0;
    spare_ = std::move(full);
}

void FileSink::write(Octets octets)
{
    while (!octets.empty() && failure_.number == 0) {
        const ssize_t written = ::write(file_, octets.data(), octets.size());
        if (written >= 0)
            octets = octets.subspan(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            fail("write");
    }
}

std::expected<void, FileError> FileSink::finish()
{
    if (failure_.number != 0) return std::unexpected(failure_);
    if (temporary_.empty()) {
        if (::close(std::exchange(file_, -1)) != 0) return fail("write");
        return {};
    }
    if (::fsync(file_) != 0) return fail("write");
    if (::close(std::exchange(file_, -1)) != 0) return fail("write");
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return fail("replace");
    temporary_.clear();
    // The name too shall outlive a power cut; a file system that cannot sync a folder keeps it in its own way.
    if (const int folder = ::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
        static_cast<void>(::fsync(folder));
        ::close(folder);
    }
    return {};
}

std::unexpected<FileError> FileSink::fail(std::string_view doing)
{
    failure_ = {path_, errno, doing};
    return std::unexpected(failure_);
}

std::expected<wire::OctetBuffer, FileError> read_file(const std::string& path)
{
    const auto failed = [&] { return std::unexpected(FileError{path, errno, "read"}); };
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failed();
    struct Close {
        int file;
        ~Close() { ::close(file); }
    } close{file};

    wire::OctetBuffer content;
    struct stat there{};
    if (::fstat(file, &there) != 0) return failed();
    if (S_ISREG(there.st_mode)) content.reserve(static_cast<std::size_t>(there.st_size) + 1);
    for (;;) {
        constexpr std::size_t step = 1u << 20;
        const std::size_t size = content.size();
        content.resize(std::max(std::min(content.capacity(), size + step), size + 4096));
        const ssize_t read = ::read(file, content.data() + size, content.size() - size);
        if (read < 0 && errno != EINTR) return failed();
        content.resize(size + static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
        if (read == 0) return content;
    }
}

std::expected<void, FileError> write_file(const std::string& path, Octets content)
{
    auto sink = FileSink::create(path);
    if (!sink) return std::unexpected(sink.error());
    (*sink)->write(content);
    return (*sink)->finish();
}

} // namespace tegami::run
