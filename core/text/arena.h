#pragma once
// Arena: memory for many small rows of text or numbers that all live as long as one owner, without an allocation for
// each row.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace perftrend::text {

/// Rows never move and live until the arena is destroyed. One thread takes rows; afterwards any thread may read them.
template <typename T>
class Arena {
  static_assert(std::is_trivial_v<T>);

 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = delete;
  Arena& operator=(Arena&&) = delete;
  ~Arena() = default;

  /// A row of `size` elements, not initialised.
  std::span<T> take(std::size_t size) {
    if (size > left_) add_chunk(size);
    const std::span<T> taken(next_, size);
    next_ += size;
    left_ -= size;
    return taken;
  }

 private:
  void add_chunk(std::size_t size) {
    chunk_size_ = std::min(chunk_size_ * 2, chunk_bytes_max / sizeof(T));
    left_ = std::max(size, chunk_size_);
    chunks_.push_back(std::make_unique_for_overwrite<T[]>(left_));
    next_ = chunks_.back().get();
  }

  static constexpr std::size_t chunk_bytes_max =
      std::size_t{64} * 1024;  // small compared with any report that fills one

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t chunk_size_ = 256 / sizeof(T);  // most reports are small
  T* next_ = nullptr;
  std::size_t left_ = 0;
};

/// Copies `first` and then `second` into one row.
inline std::string_view copy_into(Arena<char>& arena, std::string_view first, std::string_view second = {}) {
  const std::span<char> copy = arena.take(first.size() + second.size());
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), copy.begin()));
  return {copy.data(), copy.size()};
}

}  // namespace perftrend::text
