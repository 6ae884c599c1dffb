#include "core/metrics/build_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/text/characters.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

using text::is_digit;
using text::is_hex;
using text::is_letter;
bool is_version_char(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == '+' || c == '-' || c == '_' || c == '~';
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// Number of numeric parts of "1.2.3-rc1" at its start, and what follows them.
struct NumericParts {
  int count = 0;
  std::string_view rest;
};
NumericParts numeric_parts(std::string_view text) {
  NumericParts parts{0, text};
  while (true) {
    const std::size_t digits = count_digits(parts.rest);
    if (digits == 0) return parts;
    ++parts.count;
    parts.rest.remove_prefix(digits);
    if (parts.rest.size() < 2 || parts.rest[0] != '.' || !is_digit(parts.rest[1])) return parts;
    parts.rest.remove_prefix(1);
  }
}

/// "b4017": the builds of llama.cpp.
bool is_build_number(std::string_view text) {
  constexpr std::size_t digits_min = 3;
  return text.size() > digits_min && (text[0] == 'b' || text[0] == 'r') &&
         count_digits(text.substr(1)) == text.size() - 1;
}

bool is_hash(std::string_view text) {
  constexpr std::size_t bytes_min = 12;
  return text.size() >= bytes_min && std::all_of(text.begin(), text.end(), is_hex) &&
         (std::any_of(text.begin(), text.end(), is_digit) || text.size() >= 40);
}

/// "registry/name:tag", "name@sha256:…", "name:v1.2".
bool is_image(std::string_view text) {
  if (text.find("@sha256:") != std::string_view::npos) return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size() || text[0] == '/' || text[0] == '.') return false;
  const std::string_view name = text.substr(0, colon);
  const std::string_view tag = text.substr(colon + 1);
  const bool is_reference = std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_' || c == '/' || c == ':';
  });
  if (!is_reference || !std::all_of(tag.begin(), tag.end(), is_version_char)) return false;
  return name.find('/') != std::string_view::npos ? name.find("//") == std::string_view::npos
                                                  : is_letter(name[0]) && is_version(tag);
}

bool is_artifact(std::string_view text) {
  constexpr auto endings =
      std::to_array<std::string_view>({".jar", ".war", ".whl", ".tar.gz", ".tgz", ".tar.xz", ".deb", ".rpm", ".exe",
                                       ".zip", ".apk", ".ipa", ".dmg", ".msi", ".nupkg", ".gem", ".crate", ".tar.zst"});
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return text.ends_with(ending); });
}

}  // namespace

bool is_version(std::string_view text) {
  constexpr std::size_t bytes_max = 64;
  if (text.empty() || text.size() > bytes_max || !std::all_of(text.begin(), text.end(), is_version_char)) return false;
  if (is_build_number(text)) return true;
  const bool has_v = text[0] == 'v' || text[0] == 'V';
  const NumericParts parts = numeric_parts(has_v ? text.substr(1) : text);
  if (parts.count == 0) return false;
  return parts.count > 1 || (has_v && parts.rest.empty());
}

bool is_release(std::string_view text) {
  const bool has_v = text.starts_with('v') || text.starts_with('V');
  return is_version(text) && (is_build_number(text) || numeric_parts(has_v ? text.substr(1) : text).count > 2);
}

bool is_build_value(std::string_view value) {
  value = text::trim(value);
  if (value.empty() || value.find(' ') != std::string_view::npos) return false;
  if (is_image(value) || is_artifact(value) || is_hash(value) || is_build_number(value)) return true;
  if (value.starts_with("sha256:") || value.starts_with("sha512:")) return true;
  if (!is_version(value)) return false;
  const NumericParts parts = numeric_parts(value[0] == 'v' || value[0] == 'V' ? value.substr(1) : value);
  if (parts.count == 4 && parts.rest.empty() && (value.starts_with("10.") || value.starts_with("192.168.")))
    return false;
  return parts.count > 2 || !parts.rest.empty() || value[0] == 'v';
}

bool has_decimals(std::string_view value) {
  value = text::trim(value);
  return value.find('.') != std::string_view::npos && text::parse_decimal(value).has_value();
}

bool is_measured_amount(std::string_view value) {
  value = text::trim(value, " \t\r\n[]");
  bool has_fraction = false;
  while (!value.empty()) {
    const text::DecimalPrefix number = text::parse_decimal_prefix(value);
    if (number.bytes == 0 || !number.value) return false;
    has_fraction = has_fraction || std::floor(*number.value) != *number.value;
    value.remove_prefix(number.bytes);
    if (!value.empty() && std::string_view(" ,;\t").find(value[0]) == std::string_view::npos) return false;
    value = text::trim(value, " ,;\t");
  }
  return has_fraction;
}

}  // namespace perftrend::metrics
