#pragma once
/// Memory for what grows with the world: asks the system for huge pages where a piece is large enough to fill one. With
/// ten thousand hosts most of an event's time is waiting for memory, and half of that for the translation of addresses.

#include <cstddef>
#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace tegami::engine {

inline constexpr std::size_t huge_page = std::size_t{2} << 20; ///< octets

/// For standard containers. Pieces under a huge page come from where all others do.
template <class T>
struct BigMemory {
    using value_type = T;

    BigMemory() = default;
    template <class U>
    BigMemory(const BigMemory<U>&)
    {
    }

    T* allocate(std::size_t count)
    {
        const std::size_t size = count * sizeof(T);
        if (size < huge_page) return static_cast<T*>(::operator new(size, std::align_val_t{alignof(T)}));
        void* const memory = ::operator new(size, std::align_val_t{huge_page});
#ifdef __linux__
        madvise(memory, size, MADV_HUGEPAGE); // advice: whether it is taken makes no other difference
#endif
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count)
    {
        const bool big = count * sizeof(T) >= huge_page;
        ::operator delete(memory, std::align_val_t{big ? huge_page : alignof(T)});
    }

    bool operator==(const BigMemory&) const { return true; }
};

} // namespace tegami::engine
