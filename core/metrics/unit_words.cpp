#include "core/metrics/unit_words.h"

#include <utility>

#include "core/metrics/unit_tables.h"
#include "core/text/characters.h"
#include "core/text/trim.h"

namespace perftrend::metrics {

namespace {

using unit_tables::Known;

constexpr double ms_per_s = 1e3;

std::optional<Unit> find(std::span<const Known> table, std::string_view text) {
  for (const Known& known : table) {
    if (known.text == text) return known.unit;
  }
  return std::nullopt;
}

using text::is_lower;
using text::is_upper;

/// Without the 's' of a plural.
std::string_view without_s(std::string_view lower) {
  return lower.size() > 2 && lower.ends_with('s') ? lower.substr(0, lower.size() - 1) : lower;
}

/// In lower case.
bool is_lower_noun(std::string_view lower) {
  const auto is_known = [](std::string_view word) { return is_one_of(word, unit_tables::nouns); };
  if (is_known(lower) || is_known(without_s(lower))) return true;
  if (lower.size() > 3 && lower.ends_with("es") && is_known(lower.substr(0, lower.size() - 2))) return true;
  if (lower.size() < 4 || lower.size() > unit_bytes_max || !lower.ends_with("ies")) return false;
  std::array<char, unit_bytes_max> singular{};
  std::copy(lower.begin(), lower.end() - 3, singular.begin());
  singular[lower.size() - 3] = 'y';
  return is_known({singular.data(), lower.size() - 2});
}

struct Prefix {
  std::string_view letters;
  double factor;
};

double factor_of(char prefix) {
  static constexpr auto prefixes =
      std::to_array<Prefix>({{"kK", 1e3}, {"Mm", 1e6}, {"Gg", 1e9}, {"Tt", 1e12}, {"P", 1e15}, {"E", 1e18}});
  for (const Prefix& one : prefixes) {
    if (one.letters.find(prefix) != std::string_view::npos) return one.factor;
  }
  return 1;
}

/// Letters that may follow the first letter of an English word.
bool may_begin_word(char first, char second) {
  std::string_view letters = "aeiouy";
  switch (first) {
    case 'k':
    case 'K':
      letters = "aeiouyn";
      break;
    case 'G':
      letters = "aeiouyhlnr";
      break;
    case 'T':
      letters = "aeiouyhrsw";
      break;
    case 'P':
      letters = "aeiouyhlnrst";
      break;
    case 'E':
      letters = "abcdefghijklmnopqrstuvwxyz";
      break;
    default:
      break;
  }
  return letters.find(second) != std::string_view::npos;
}

/// A word that is not known, with or without its first letter.
Counted read_unknown(std::string_view text) {
  const char first = text[0];
  if (text.size() < 2 || (first != 'k' && std::string_view("KMGTP").find(first) == std::string_view::npos))
    return {text};
  const Counted with_prefix = {text.substr(1), factor_of(first)};
  if (text.size() == 2 || is_upper(text[1])) return with_prefix;
  if (!is_lower(text[1])) return {text};
  if (!may_begin_word(first, text[1])) return with_prefix;
  const bool is_rare = first == 'T' || first == 'P';
  return is_rare ? Counted{text} : Counted{text.substr(1), factor_of(first), false, true};
}

/// A multiplier written as a word of its own: "million rows", "M ops".
std::optional<Counted> read_multiplier_word(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view word = text.substr(0, blank);
  const std::string_view rest = text::trim(text.substr(blank));
  static constexpr auto words = std::to_array<Prefix>({{"thousand", 1e3}, {"million", 1e6}, {"billion", 1e9}});
  for (const Prefix& one : words) {
    if (Lower(word).view() == one.letters) return Counted{rest, one.factor, is_noun(rest)};
  }
  if (word.size() == 1 && std::string_view("kKMGT").find(word[0]) != std::string_view::npos)
    return Counted{rest, factor_of(word[0]), is_noun(rest)};
  return std::nullopt;
}

/// Name of a rate per time that is not a second.
std::string_view rate_name(const Unit& per) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names = {
      {{"s", "per_s"}, {"ms", "per_ms"}, {"us", "per_us"}, {"ns", "per_ns"}, {"min", "per_min"}, {"h", "per_hour"}}};
  const auto* found = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.first == per.name; });
  return found == names.end() ? "per_s" : found->second;
}

std::string_view size_rate_name(const Unit& size) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> names = {{{"bytes", "bytes_per_s"},
                                                                                   {"kb", "kb_per_s"},
                                                                                   {"mb", "mb_per_s"},
                                                                                   {"gb", "gb_per_s"},
                                                                                   {"tb", "tb_per_s"},
                                                                                   {"kib", "kib_per_s"},
                                                                                   {"mib", "mib_per_s"},
                                                                                   {"gib", "gib_per_s"},
                                                                                   {"tib", "tib_per_s"}}};
  const auto* found = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.first == size.name; });
  return found == names.end() ? "bytes_per_s" : found->second;
}

/// "krps", "Mpps", "MLUPS": [prefix] what [p] s. `core` is without the prefix.
bool is_rate_core(std::string_view core, bool has_prefix) {
  const auto all = [](std::string_view text, auto is) { return std::all_of(text.begin(), text.end(), is); };
  if (core.size() >= 3 && core.ends_with("PS") && all(core, is_upper))
    return core.size() <= 5 && (has_prefix || core != "OPS");
  return core.size() == 3 && core.ends_with("ps") && all(core, is_lower) && core[0] != 'a' &&
         (has_prefix || core != "ops");
}

/// A rate with a prefix, under the name that says the prefix.
Unit prefixed_rate(double factor) {
  for (const Known& known : unit_tables::prefixed_rates) {
    if (known.unit.factor == factor) return known.unit;
  }
  return {"per_s", UnitFamily::rate, factor};
}

}  // namespace

Lower::Lower(std::string_view text) : bytes_(std::min(text.size(), text_.size())) {
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bytes_), text_.begin(),
                 [](char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; });
}

std::optional<Unit> find_time(std::string_view text) {
  if (const auto unit = find(unit_tables::times, text)) return unit;
  if (const auto unit = find(unit_tables::written_times, text)) return unit;
  if (text.size() < 3) return std::nullopt;
  const Lower lower(text);
  if (const auto unit = find(unit_tables::times, lower.view())) return unit;
  return find(unit_tables::written_times, lower.view());
}

std::optional<Unit> find_size(std::string_view text) {
  if (const auto unit = find(unit_tables::written_sizes, text)) return unit;
  if (const auto unit = find(unit_tables::sizes, text)) return unit;
  return text.size() < 4 ? std::nullopt : find(unit_tables::byte_words, without_s(Lower(text).view()));
}

std::optional<Unit> find_bits(std::string_view text) {
  if (const auto unit = find(unit_tables::bits, text)) return unit;
  return text.size() < 3 ? std::nullopt : find(unit_tables::bit_words, without_s(Lower(text).view()));
}

std::optional<Unit> find_flops(std::string_view text) {
  return text.size() < 4 ? std::nullopt : find(unit_tables::flops, without_s(Lower(text).view()));
}

std::optional<Unit> find_rate(std::string_view text) {
  if (const auto rate = find(unit_tables::written_rates, text)) return rate;
  if (const auto rate = find(unit_tables::prefixed_rates, text)) return rate;
  if (const auto rate = find(unit_tables::rates, Lower(text).view())) return rate;
  if (text.size() < 3 || text.size() > 6) return std::nullopt;
  const std::string_view rest = text.substr(1);
  // "Maps" and "Tips" are words, "MAPS" is not.
  const std::string_view prefixes = is_lower(rest.back()) ? "kKMGmg" : "kKMGTP";
  const bool has_prefix = text != "TEPS" && prefixes.find(text[0]) != std::string_view::npos;
  if (has_prefix && is_rate_core(rest, true)) return prefixed_rate(factor_of(text[0]));
  return is_rate_core(text, false) ? std::optional(Unit{"per_s", UnitFamily::rate, 1}) : std::nullopt;
}

bool is_noun(std::string_view text) {
  return !text.empty() && text.size() <= unit_bytes_max && is_lower_noun(Lower(text).view());
}

Counted read_counted(std::string_view text) {
  if (text.empty() || is_noun(text)) return {text, 1, !text.empty()};
  if (const auto counted = read_multiplier_word(text)) return *counted;
  const std::size_t before_last = text.find_last_of(" -_");
  if (before_last != std::string_view::npos) {
    const std::size_t hyphen = text.find_first_of("-_");  // "katom-step"
    const Counted first =
        hyphen == std::string_view::npos || hyphen < 3 ? Counted{} : read_counted(text.substr(0, hyphen));
    if (first.is_noun && first.factor != 1) return {text.substr(1), first.factor, true};
    return {text, 1, is_noun(text.substr(before_last + 1))};
  }
  const std::string_view rest = text.substr(1);
  const bool is_prefix = std::string_view("kKMGTP").find(text[0]) != std::string_view::npos;
  if (rest.empty())
    return std::string_view("kKMG").find(text[0]) == std::string_view::npos ? Counted{text}
                                                                            : Counted{rest, factor_of(text[0])};
  if (is_prefix && is_noun(rest)) return {rest, factor_of(text[0]), true};
  constexpr std::size_t long_bytes = 3;                                                        // "mreq", but not "mt"
  if (text[0] == 'B' && rest.size() >= long_bytes && is_noun(rest)) return {rest, 1e9, true};  // billions
  const bool is_small_prefix = std::string_view("mgt").find(text[0]) != std::string_view::npos;
  if (is_small_prefix && rest.size() >= long_bytes && is_noun(rest)) return {rest, factor_of(text[0]), true};
  return read_unknown(text);
}

Unit size_per_time(const Unit& size, const Unit& time) {
  if (time.factor == ms_per_s && size.factor >= 1 && size_rate_name(size) != "bytes_per_s")
    return {size_rate_name(size), UnitFamily::size_rate, size.factor};
  return {"bytes_per_s", UnitFamily::size_rate, size.factor * ms_per_s / time.factor};
}

std::optional<Unit> per_time(std::string_view counted, const Unit& time) {
  const double per_s = ms_per_s / time.factor;
  if (const auto size = find_size(counted)) return size_per_time(*size, time);
  if (const auto size = find_bits(counted)) return Unit{"bytes_per_s", UnitFamily::size_rate, size->factor * per_s};
  if (const auto flop = find_flops(counted)) {
    if (per_s == 1) return flop;
    return Unit{"gflops", UnitFamily::flop_rate, flop->factor * per_s};
  }
  if (find_time(counted)) return std::nullopt;  // "ms/s" is a share of time
  const Counted read = read_counted(counted);
  if (read.factor != 1) {
    Unit rate = prefixed_rate(read.factor * per_s);
    rate.is_prefix_doubtful = read.is_doubtful;
    return rate;
  }
  return Unit{rate_name(time), UnitFamily::rate, per_s};
}

}  // namespace perftrend::metrics
