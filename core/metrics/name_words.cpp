#include "core/metrics/name_words.h"

#include <algorithm>

#include "core/text/characters.h"

namespace perftrend::metrics {

namespace {

using text::is_digit;
using text::is_lower;
using text::is_upper;
bool is_word_char(char c) {
  return is_upper(c) || is_lower(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c | 0x20) : c;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) { return to_lower(a) == b; });
}

/// Abbreviations with capitals inside that are one word.
constexpr std::array<std::string_view, 26> whole = {
    "kb",   "mb",   "gb",    "tb",   "kib",    "mib",    "gib",    "tib",   "kbps", "mbps", "gbps", "kbit", "mbit",
    "gbit", "kops", "flops", "iops", "mflops", "gflops", "tflops", "kiops", "khz",  "mhz",  "ghz",  "kwh",  "mwh"};

bool is_whole(std::string_view part) {
  return std::any_of(whole.begin(), whole.end(), [&](std::string_view one) { return equals_ignoring_case(part, one); });
}

}  // namespace

NameWords::NameWords(std::string_view name) {
  if (name.size() > bytes_max) name.remove_prefix(name.size() - bytes_max);
  bool after_slash = false;
  for (std::size_t at = 0; at < name.size();) {
    if (!is_word_char(name[at])) {
      after_slash = name[at] == '/';
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < name.size() && is_word_char(name[end]))
      ++end;
    add_part(name.substr(at, end - at), after_slash);
    after_slash = false;
    at = end;
  }
}

void NameWords::add_part(std::string_view part, bool after_slash) {
  while (!part.empty()) {
    std::size_t end = 1;
    if (!is_whole(part)) {
      while (end < part.size() && (!is_upper(part[end]) || is_upper(part[end - 1])))
        ++end;
      // In "HTTPServer" the last capital before the small letters begins a word.
      if (end > 1 && is_upper(part[0]) && is_upper(part[1]) && !is_whole(part.substr(0, end))) {
        const auto small = std::find_if(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(end), is_lower);
        const auto capitals = static_cast<std::size_t>(small - part.begin());
        if (capitals < end && capitals > 1 && end - capitals > 1) end = capitals - 1;
      }
    } else {
      end = part.size();
    }
    add_word(part.substr(0, end), after_slash);
    after_slash = false;
    part.remove_prefix(end);
  }
}

void NameWords::add_word(std::string_view word, bool after_slash) {
  if (count_ == words_max) {  // the last words say what a name is
    std::move(words_.begin() + 1, words_.end(), words_.begin());
    std::move(written_.begin() + 1, written_.end(), written_.begin());
    std::move(follows_slash_.begin() + 1, follows_slash_.end(), follows_slash_.begin());
    --count_;
  }
  if (joined_bytes_ > 0) text_[joined_bytes_++] = '_';
  char* const begin = text_.data() + joined_bytes_;
  std::transform(word.begin(), word.end(), begin, to_lower);
  joined_bytes_ += word.size();
  words_[count_] = {begin, word.size()};
  written_[count_] = word;
  follows_slash_[count_] = after_slash;
  ++count_;
}

bool NameWords::contains(std::string_view word) const {
  const auto words = all();
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool NameWords::contains_any(std::span<const std::string_view> words) const {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return contains(word); });
}

}  // namespace perftrend::metrics
