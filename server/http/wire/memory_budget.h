#pragma once
// What all uploads together may hold. One upload costs a known multiple of its body on its way through the reader; when
// the sum is spent, a further upload is told to come back (503) instead of the whole server running out of memory.

#include <atomic>
#include <cstddef>

namespace perftrend::http {

/// Any thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// One upload's part, given back at the end of its life.
  class Share {
   public:
    explicit Share(MemoryBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { budget_.used_ -= bytes_; }

    /// False where the budget does not hold so much at the moment; the share then stays as it was.
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
