#pragma once
// Arena for many small rows of text or numbers that live as long as one owner: no allocation for each.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace perftrend::text {

/// What it gave out stays where it is until it is destroyed. Used by one thread until it is done with, then read by
/// any.
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

  /// Not initialised.
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

  static constexpr std::size_t chunk_bytes_max = std::size_t{64} * 1024;  // small beside any report that fills one

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t chunk_size_ = 256 / sizeof(T);  // most reports are small
  T* next_ = nullptr;
  std::size_t left_ = 0;
};

/// A copy of `first` and `second`, one behind the other.
inline std::string_view keep(Arena<char>& room, std::string_view first, std::string_view second = {}) {
  const std::span<char> kept = room.take(first.size() + second.size());
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), kept.begin()));
  return {kept.data(), kept.size()};
}

}  // namespace perftrend::text
