#include "core/metrics/grouped_numbers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/metrics/unit_words.h"
#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

/// Longest number with separators that is read.
constexpr std::size_t grouped_bytes_max = 40;

using text::is_digit;

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// Length of "1,234,567" at the start of a text, 0 for anything else: one to three digits, then groups of three.
std::size_t grouped_bytes(std::string_view text, char separator) {
  constexpr std::size_t group = 3;
  std::size_t at = count_digits(text);
  if (at == 0 || at > group || text[0] == '0') return 0;
  const std::size_t first = at;
  while (at < text.size() && text[at] == separator && count_digits(text.substr(at + 1)) == group)
    at += group + 1;
  return at == first ? 0 : at;
}

/// The number in `text` without its separators.
std::optional<double> join_groups(std::string_view text, char separator) {
  std::string digits(text);
  digits.erase(std::remove(digits.begin(), digits.end(), separator), digits.end());
  const text::DecimalPrefix plain = text::parse_decimal_prefix(digits);
  return plain.bytes == digits.size() ? plain.value : std::nullopt;
}

/// With the decimals that follow the groups.
std::size_t with_decimals(std::string_view text, std::size_t bytes) {
  if (bytes < text.size() && text[bytes] == '.') {
    const std::size_t decimals = count_digits(text.substr(bytes + 1));
    if (decimals > 0) bytes += decimals + 1;
  }
  return bytes;
}

LeadingNumber read_commas(std::string_view text, std::size_t sign, std::size_t end) {
  const std::string_view number = text.substr(sign, end - sign);
  const std::size_t groups = number.size() > grouped_bytes_max ? 0 : grouped_bytes(number, ',');
  if (groups == 0 || with_decimals(number, groups) != number.size()) return {end, std::nullopt, false, true};
  const bool is_one_group = groups == number.size() && std::count(number.begin(), number.end(), ',') == 1;
  return {end, join_groups(text.substr(0, end), ','), is_one_group, false};
}

}  // namespace

LeadingNumber read_leading_number(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  for (const char separator : {'\'', '_'}) {
    const std::string_view number = text.substr(sign);
    const std::size_t groups = grouped_bytes(number, separator);
    if (groups == 0 || groups > grouped_bytes_max) continue;
    const std::size_t bytes = sign + with_decimals(number, groups);
    return {bytes, join_groups(text.substr(0, bytes), separator), false, false};
  }
  std::size_t end = std::min(text.find_first_not_of("0123456789.,", sign), text.size());
  while (end > sign && (text[end - 1] == ',' || text[end - 1] == '.'))
    --end;
  if (text.substr(sign, end - sign).find(',') != std::string_view::npos) return read_commas(text, sign, end);
  const text::DecimalPrefix plain = text::parse_decimal_prefix(text);
  return {plain.bytes, plain.value};
}

BlankGroups read_blank_groups(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::string_view number = text.substr(sign);
  const std::size_t groups = grouped_bytes(number, ' ');
  if (groups == 0 || groups > grouped_bytes_max) return {};
  // A further number: "1 234 56" is a list.
  if (groups + 1 < number.size() && number[groups] == ' ' && is_digit(number[groups + 1])) return {};
  if (groups < number.size() && is_digit(number[groups])) return {};
  const std::size_t bytes = with_decimals(number, groups);
  double least = 0;
  double most = 0;
  for (std::size_t at = 0; at < groups;) {
    const std::size_t digits = count_digits(number.substr(at));
    const double one = text::parse_decimal_prefix(number.substr(at, digits)).value.value_or(0);
    least = at == 0 ? one : std::min(least, one);
    most = std::max(most, one);
    at += digits + 1;
  }
  constexpr double samples_apart_max = 4;  // samples of one measurement are seldom further apart
  return {sign + bytes, join_groups(text.substr(0, sign + bytes), ' '), most < samples_apart_max * least};
}

double take_multiplier(std::string_view& rest) {
  constexpr std::string_view names = "kKMGT";
  constexpr std::array<double, 5> factors = {1e3, 1e3, 1e6, 1e9, 1e12};
  const std::size_t at = rest.empty() ? std::string_view::npos : names.find(rest[0]);
  if (at != std::string_view::npos && (rest.size() == 1 || rest[1] == ' ')) {
    rest = text::trim(rest.substr(1));
    return factors[at];
  }
  constexpr auto words = std::to_array<std::pair<std::string_view, double>>(
      {{"thousand", 1e3}, {"million", 1e6}, {"mio.", 1e6}, {"mln", 1e6}, {"billion", 1e9}, {"bn", 1e9}});
  const std::string_view text = text::trim(rest);
  const std::string_view word = text.substr(0, text.find(' '));
  for (const auto& [name, factor] : words) {
    if (Lower(word).view() != name) continue;
    rest = text::trim(text.substr(word.size()));
    return factor;
  }
  return 1;
}

namespace {

/// Not breaking, thin, figure … spaces, which are blanks or group digits.
constexpr auto spaces =
    std::to_array<std::string_view>({"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x87", "\xE2\x80\x88",
                                     "\xE2\x80\x8A", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x85", "\xE3\x80\x80"});

constexpr auto signs =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"\xE2\x88\x92", "-"},  // minus sign
                                                                  {"\xE2\x80\x99", "'"},  // apostrophe
                                                                  {"\xCA\xBC", "'"},      // modifier apostrophe
                                                                  {"\xE2\x80\x8B", ""},   // zero width space
                                                                  {"\xE2\x81\xA0", ""},   // word joiner
                                                                  {"\xEF\xBB\xBF", ""},   // byte order mark
                                                                  {"\xE2\x81\x84", "/"},  // fraction slash
                                                                  {"\xE2\x88\x95", "/"},  // division slash
                                                                  {"\xE2\x81\xBB\xC2\xB9", "^-1"}});  // superscript -1

/// True where exactly three digits begin.
bool begins_with_group(std::string_view text) {
  return count_digits(text) == 3;
}

}  // namespace

bool has_typography(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string without_typography(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto begins = [&](std::string_view one) { return rest.starts_with(one); };
    if (const auto* space = std::find_if(spaces.begin(), spaces.end(), begins); space != spaces.end()) {
      at += space->size();
      const bool is_group = !plain.empty() && is_digit(plain.back()) && begins_with_group(text.substr(at));
      plain += is_group ? '\'' : ' ';
      continue;
    }
    const auto* sign = std::find_if(signs.begin(), signs.end(), [&](const auto& one) { return begins(one.first); });
    if (sign != signs.end()) {
      at += sign->first.size();
      plain += sign->second;
    } else {
      plain += text[at++];
    }
  }
  return plain;
}

}  // namespace perftrend::metrics
