#pragma once
// Words of a name such as "tokensPerSecond", "engine_build" or "io.read-MBps". Pure; makes no allocations.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace perftrend::metrics {

/// Words of a name in lower case, in order. Words end at every ASCII character that is neither letter nor digit and at
/// a change to upper case ("buildNumber"). Abbreviations of units such as "MBps" and "GFLOPS" are one word. Of a long
/// name only the last 120 bytes and the last 16 words are read.
class NameWords {
 public:
  explicit NameWords(std::string_view name);
  NameWords(const NameWords&) = delete;
  NameWords& operator=(const NameWords&) = delete;

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  std::string_view operator[](std::size_t i) const { return words_[i]; }
  [[nodiscard]] std::string_view first() const { return count_ == 0 ? std::string_view() : words_[0]; }
  [[nodiscard]] std::string_view last() const { return count_ == 0 ? std::string_view() : words_[count_ - 1]; }
  [[nodiscard]] std::span<const std::string_view> all() const { return {words_.data(), count_}; }
  [[nodiscard]] bool contains(std::string_view word) const;
  [[nodiscard]] bool contains_any(std::span<const std::string_view> words) const;

  /// The words joined by '_'.
  [[nodiscard]] std::string_view joined() const { return {text_.data(), joined_bytes_}; }

  /// The words as they were written, which matters for units ("MB", "Mb").
  [[nodiscard]] std::string_view written(std::size_t i) const { return written_[i]; }

  /// True for a word that follows a '/'.
  [[nodiscard]] bool follows_slash(std::size_t i) const { return follows_slash_[i]; }

 private:
  static constexpr std::size_t bytes_max = 120;
  static constexpr std::size_t words_max = 16;

  void add_part(std::string_view part, bool after_slash);
  void add_word(std::string_view word, bool after_slash);

  std::array<char, 2 * bytes_max> text_{};  ///< the words, each followed by a '_' except the last
  std::size_t joined_bytes_ = 0;
  std::array<std::string_view, words_max> words_;
  std::array<std::string_view, words_max> written_;
  std::array<bool, words_max> follows_slash_{};
  std::size_t count_ = 0;
};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace perftrend::metrics
