#pragma once
/// Where the blocks of a run go while it is written: memory for a view, a file for `run --save`.

#include "protocols/wire/octets.hpp"

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace tegami::run {

using wire::Octets;

/// A piece of memory that blocks are written into, one behind the other; a block never spans two.
struct Chunk {
    std::shared_ptr<std::uint8_t[]> memory;
    std::size_t capacity = 0;
    std::size_t size = 0; ///< octets written

    static Chunk of(std::size_t capacity)
    {
        return {std::shared_ptr<std::uint8_t[]>(new std::uint8_t[capacity]), capacity, 0};
    }
    Octets octets() const { return {memory.get(), size}; }
};

/// What the system said when a file could not be written or read.
struct FileError {
    std::string path;
    int number = 0;         ///< errno
    std::string_view doing; ///< "create", "write", …: a stable word for the catalogue

    /// "cannot write run.pcapng: No space left on device"
    std::string text() const;
};

class Sink {
  public:
    virtual ~Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    /// Memory for blocks to come: at least `capacity` octets.
    virtual Chunk fresh(std::size_t capacity) { return Chunk::of(capacity); }
    /// Takes whole blocks. A failure is kept and told by `finish`.
    virtual void take(Chunk full) = 0;
    /// All blocks were taken. Without this call nothing of them is kept.
    virtual std::expected<void, FileError> finish() = 0;
    /// The first failure so far, so that a long run can stop early; null while all is well.
    virtual const FileError* failure() const { return nullptr; }
    /// Whether chunks are kept in memory, and those taken so far.
    virtual bool keeps() const { return false; }
    virtual std::vector<Chunk> kept() const { return {}; }

  protected:
    Sink() = default;
};

class MemorySink final : public Sink {
  public:
    void take(Chunk full) override { chunks_.push_back(std::move(full)); }
    std::expected<void, FileError> finish() override { return {}; }
    bool keeps() const override { return true; }
    std::vector<Chunk> kept() const override { return chunks_; }

  private:
    std::vector<Chunk> chunks_;
};

/// Counts and hashes the octets and keeps none: for comparing runs.
class HashSink final : public Sink {
  public:
    Chunk fresh(std::size_t capacity) override;
    void take(Chunk full) override;
    std::expected<void, FileError> finish() override { return {}; }

    /// FNV-1a, 64 bits, over all octets in order.
    std::uint64_t hash() const { return hash_; }
    std::uint64_t octets() const { return octets_; }

  private:
    std::uint64_t hash_ = 0xcbf29ce484222325;
    std::uint64_t octets_ = 0;
    Chunk spare_;
};

/// Writes a file beside the one named and puts it in its place at `finish`, so that whoever looks sees the old file or
/// the whole new one. Given up before, it leaves nothing. Something that is no regular file (a pipe, /dev/stdout) is
/// written to directly.
class FileSink final : public Sink {
  public:
    static std::expected<std::unique_ptr<FileSink>, FileError> create(const std::string& path);
    ~FileSink() override;

    Chunk fresh(std::size_t capacity) override;
    void take(Chunk full) override;
    std::expected<void, FileError> finish() override;
    const FileError* failure() const override { return failure_.number != 0 ? &failure_ : nullptr; }

    void write(Octets octets);
    /// The file that must not stay behind where the process is stopped before `finish`; empty where there is none.
    const std::string& temporary() const { return temporary_; }

  private:
    FileSink() = default;
    std::unexpected<FileError> fail(std::string_view doing);

    std::string path_;      // where the file shall stand; a link is followed
    std::string temporary_; // empty where the file is written to directly
    int file_ = -1;
    FileError failure_;
    Chunk spare_;
};

/// A whole file in memory.
std::expected<wire::OctetBuffer, FileError> read_file(const std::string& path);
/// Replaces a file's content as FileSink does.
std::expected<void, FileError> write_file(const std::string& path, Octets content);

} // namespace tegami::run
