#pragma once
// The memory that all uploads in progress may use together. One upload needs a known multiple of its body while it is
// read. When the budget is used up, a further upload is answered 503, so that the server never runs out of memory.

#include <atomic>
#include <cstddef>

namespace perftrend::http {

/// Upper bound of the memory for one upload, per byte of its decompressed body.
constexpr std::size_t memory_bytes_per_body_byte = 6;

/// Any thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// The part of the budget that one upload uses. The destructor returns it.
  class Share {
   public:
    explicit Share(MemoryBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { budget_.used_ -= bytes_; }

    /// Returns false, and changes nothing, when the budget does not allow this much now.
    [[nodiscard]] bool grow_to(std::size_t bytes) {
      if (bytes <= bytes_) return true;
      const std::size_t more = bytes - bytes_;
      if (budget_.used_.fetch_add(more) + more > budget_.bytes_max_) {
        budget_.used_ -= more;
        return false;
      }
      bytes_ = bytes;
      return true;
    }

   private:
    MemoryBudget& budget_;
    std::size_t bytes_ = 0;
  };

  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> used_ = 0;
};

}  // namespace perftrend::http
