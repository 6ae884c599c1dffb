#include "core/metrics/units.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "core/metrics/name_words.h"
#include "core/text/trim.h"

namespace perftrend::metrics {

namespace {

struct Known {
  std::string_view text;
  Unit unit;
};

constexpr double ki = 1024;
constexpr double mi = ki * 1024;
constexpr double gi = mi * 1024;
constexpr double ti = gi * 1024;

constexpr Unit time_unit(std::string_view name, double ms) {
  return {name, UnitFamily::time, ms};
}
constexpr Unit size_unit(std::string_view name, double bytes) {
  return {name, UnitFamily::size, bytes};
}

/// Written after a number and in names. "m" and "min" are not here: a name that ends in "_min" is a minimum.
constexpr Known times[] = {
    {"ms", time_unit("ms", 1)},
    {"s", time_unit("s", 1e3)},
    {"ns", time_unit("ns", 1e-6)},
    {"us", time_unit("us", 1e-3)},
    {"\xC2\xB5s", time_unit("us", 1e-3)},  // micro sign
    {"\xCE\xBCs", time_unit("us", 1e-3)},  // Greek mu
    {"sec", time_unit("s", 1e3)},
    {"secs", time_unit("s", 1e3)},
    {"second", time_unit("s", 1e3)},
    {"seconds", time_unit("s", 1e3)},
    {"msec", time_unit("ms", 1)},
    {"msecs", time_unit("ms", 1)},
    {"millis", time_unit("ms", 1)},
    {"millisec", time_unit("ms", 1)},
    {"millisecond", time_unit("ms", 1)},
    {"milliseconds", time_unit("ms", 1)},
    {"usec", time_unit("us", 1e-3)},
    {"usecs", time_unit("us", 1e-3)},
    {"micros", time_unit("us", 1e-3)},
    {"microsecond", time_unit("us", 1e-3)},
    {"microseconds", time_unit("us", 1e-3)},
    {"nsec", time_unit("ns", 1e-6)},
    {"nsecs", time_unit("ns", 1e-6)},
    {"nanos", time_unit("ns", 1e-6)},
    {"nanosecond", time_unit("ns", 1e-6)},
    {"nanoseconds", time_unit("ns", 1e-6)},
    {"mins", time_unit("min", 60e3)},
    {"minute", time_unit("min", 60e3)},
    {"minutes", time_unit("min", 60e3)},
    {"hrs", time_unit("h", 3600e3)},
    {"hour", time_unit("h", 3600e3)},
    {"hours", time_unit("h", 3600e3)},
};

/// Written after a number only.
constexpr Known written_times[] = {
    {"ps", time_unit("ps", 1e-9)},        {"min", time_unit("min", 60e3)},   {"h", time_unit("h", 3600e3)},
    {"hr", time_unit("h", 3600e3)},       {"d", time_unit("days", 86400e3)}, {"day", time_unit("days", 86400e3)},
    {"days", time_unit("days", 86400e3)}, {"Ms", time_unit("ms", 1)},        {"MS", time_unit("ms", 1)},
    {"S", time_unit("s", 1e3)},           {"Sec", time_unit("s", 1e3)},      {"Seconds", time_unit("s", 1e3)}};

constexpr Known sizes[] = {
    {"bytes", size_unit("bytes", 1)},    {"kb", size_unit("kb", 1e3)},        {"mb", size_unit("mb", 1e6)},
    {"gb", size_unit("gb", 1e9)},        {"tb", size_unit("tb", 1e12)},       {"kib", size_unit("kib", ki)},
    {"mib", size_unit("mib", mi)},       {"gib", size_unit("gib", gi)},       {"tib", size_unit("tib", ti)},
    {"kilobytes", size_unit("kb", 1e3)}, {"megabytes", size_unit("mb", 1e6)}, {"gigabytes", size_unit("gb", 1e9)},
};

constexpr Known written_sizes[] = {
    {"B", size_unit("bytes", 1)},  {"byte", size_unit("bytes", 1)}, {"Bytes", size_unit("bytes", 1)},
    {"kB", size_unit("kb", 1e3)},  {"KB", size_unit("kb", 1e3)},    {"MB", size_unit("mb", 1e6)},
    {"GB", size_unit("gb", 1e9)},  {"TB", size_unit("tb", 1e12)},   {"KiB", size_unit("kib", ki)},
    {"MiB", size_unit("mib", mi)}, {"GiB", size_unit("gib", gi)},   {"TiB", size_unit("tib", ti)},
    {"Ki", size_unit("kib", ki)},  {"Mi", size_unit("mib", mi)},    {"Gi", size_unit("gib", gi)},
};

/// Only per time: "Mbit/s". Bytes per bit.
constexpr Known bits[] = {{"bit", size_unit("bytes", 1. / 8)},    {"bits", size_unit("bytes", 1. / 8)},
                          {"b", size_unit("bytes", 1. / 8)},      {"kbit", size_unit("bytes", 1e3 / 8)},
                          {"Kbit", size_unit("bytes", 1e3 / 8)},  {"kbits", size_unit("bytes", 1e3 / 8)},
                          {"Kb", size_unit("bytes", 1e3 / 8)},    {"Mbit", size_unit("bytes", 1e6 / 8)},
                          {"Mbits", size_unit("bytes", 1e6 / 8)}, {"mbit", size_unit("bytes", 1e6 / 8)},
                          {"Mb", size_unit("bytes", 1e6 / 8)},    {"Gbit", size_unit("bytes", 1e9 / 8)},
                          {"Gbits", size_unit("bytes", 1e9 / 8)}, {"gbit", size_unit("bytes", 1e9 / 8)},
                          {"Gb", size_unit("bytes", 1e9 / 8)}};

constexpr Unit rate_unit(std::string_view name, double per_s) {
  return {name, UnitFamily::rate, per_s};
}
constexpr Unit size_rate_unit(std::string_view name, double bytes_per_s) {
  return {name, UnitFamily::size_rate, bytes_per_s};
}
constexpr Unit flop_unit(std::string_view name, double gflops) {
  return {name, UnitFamily::flop_rate, gflops};
}

/// Abbreviations of rates, in lower case; after a number and in names.
constexpr Known rates[] = {{"fps", rate_unit("per_s", 1)},
                           {"rps", rate_unit("per_s", 1)},
                           {"qps", rate_unit("per_s", 1)},
                           {"tps", rate_unit("per_s", 1)},
                           {"pps", rate_unit("per_s", 1)},
                           {"iops", rate_unit("per_s", 1)},
                           {"kiops", rate_unit("k_per_s", 1e3)},
                           {"hz", rate_unit("per_s", 1)},
                           {"khz", rate_unit("k_per_s", 1e3)},
                           {"mhz", rate_unit("m_per_s", 1e6)},
                           {"ghz", rate_unit("g_per_s", 1e9)},
                           {"rpm", rate_unit("per_min", 1. / 60)},
                           {"bps", size_rate_unit("bytes_per_s", 1. / 8)},
                           {"kbps", size_rate_unit("bytes_per_s", 1e3 / 8)},
                           {"mbps", size_rate_unit("bytes_per_s", 1e6 / 8)},
                           {"gbps", size_rate_unit("bytes_per_s", 1e9 / 8)},
                           {"flops", flop_unit("flops", 1e-9)},
                           {"mflops", flop_unit("mflops", 1e-3)},
                           {"gflops", flop_unit("gflops", 1)},
                           {"tflops", flop_unit("tflops", 1e3)},
                           {"pflops", flop_unit("pflops", 1e6)}};

/// The same, where case matters.
constexpr Known written_rates[] = {
    {"per_s", rate_unit("per_s", 1)},           {"bytes_per_s", size_rate_unit("bytes_per_s", 1)},
    {"KBps", size_rate_unit("kb_per_s", 1e3)},  {"kBps", size_rate_unit("kb_per_s", 1e3)},
    {"MBps", size_rate_unit("mb_per_s", 1e6)},  {"GBps", size_rate_unit("gb_per_s", 1e9)},
    {"MiBps", size_rate_unit("mib_per_s", mi)}, {"GiBps", size_rate_unit("gib_per_s", gi)}};

/// Floating point operations; per time they are a rate of computing.
constexpr Known flops[] = {{"flop", flop_unit("flops", 1e-9)},  {"mflop", flop_unit("mflops", 1e-3)},
                           {"gflop", flop_unit("gflops", 1)},   {"tflop", flop_unit("tflops", 1e3)},
                           {"flops", flop_unit("flops", 1e-9)}, {"mflops", flop_unit("mflops", 1e-3)},
                           {"gflops", flop_unit("gflops", 1)},  {"tflops", flop_unit("tflops", 1e3)}};

/// What is counted; lower case. "7 allocs/op", "12 iter/sec", "1.2 Mops/s".
constexpr auto nouns = std::to_array<std::string_view>(
    {"op",          "ops",          "operation",  "operations",  "iter",         "iters",    "iteration",
     "iterations",  "it",           "its",        "t",           "tok",          "toks",     "token",
     "tokens",      "req",          "reqs",       "request",     "requests",     "call",     "calls",
     "item",        "items",        "elem",       "elems",       "element",      "elements", "row",
     "rows",        "record",       "records",    "frame",       "frames",       "sample",   "samples",
     "alloc",       "allocs",       "allocation", "allocations", "error",        "errors",   "failure",
     "failures",    "fault",        "faults",     "miss",        "misses",       "hit",      "hits",
     "cycle",       "cycles",       "instr",      "instruction", "instructions", "query",    "queries",
     "transaction", "transactions", "txn",        "txns",        "msg",          "msgs",     "message",
     "messages",    "packet",       "packets",    "event",       "events",       "job",      "jobs",
     "task",        "tasks",        "image",      "images",      "step",         "steps",    "file",
     "files",       "object",       "objects",    "key",         "keys",         "page",     "pages",
     "block",       "blocks",       "point",      "points",      "times",        "count",    "prompt",
     "ips"});

/// Known units without conversion; as written.
constexpr auto plain = std::to_array<std::string_view>({"x",
                                                        "\xC3\x97",
                                                        "J",
                                                        "mJ",
                                                        "kJ",
                                                        "Wh",
                                                        "kWh",
                                                        "mWh",
                                                        "W",
                                                        "mW",
                                                        "kW",
                                                        "V",
                                                        "mV",
                                                        "A",
                                                        "mA",
                                                        "dB",
                                                        "px",
                                                        "\xC2\xB0"
                                                        "C",
                                                        "pp",
                                                        "joules",
                                                        "watts",
                                                        "ratio",
                                                        "units"});

constexpr Unit percent = {"percent", UnitFamily::percent, 1};

std::optional<Unit> find(std::span<const Known> table, std::string_view text) {
  for (const Known& known : table) {
    if (known.text == text) return known.unit;
  }
  return std::nullopt;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Longest unit that is looked up.
constexpr std::size_t unit_bytes_max = 32;

/// A text in lower case, ASCII only.
class Lower {
 public:
  explicit Lower(std::string_view text) : bytes_(std::min(text.size(), text_.size())) {
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bytes_), text_.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), bytes_}; }

 private:
  std::array<char, unit_bytes_max> text_{};
  std::size_t bytes_;
};

std::optional<Unit> find_time(std::string_view text) {
  if (const auto unit = find(times, text)) return unit;
  return find(written_times, text);
}

std::optional<Unit> find_size(std::string_view text) {
  if (const auto unit = find(written_sizes, text)) return unit;
  return find(sizes, text);
}

bool is_noun(std::string_view text) {
  return is_one_of(Lower(text).view(), nouns);
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

constexpr double ms_per_s = 1e3;

/// A size per time. Its name says the size per second; per another time it is bytes per second.
Unit size_per_time(const Unit& size, const Unit& time) {
  if (time.factor == ms_per_s && size.factor >= 1 && size_rate_name(size) != "bytes_per_s")
    return {size_rate_name(size), UnitFamily::size_rate, size.factor};
  return {"bytes_per_s", UnitFamily::size_rate, size.factor * ms_per_s / time.factor};
}

/// Factor of a leading SI prefix, and what is left: "Mops" is 1e6 and "ops".
double take_prefix(std::string_view& text) {
  constexpr std::string_view prefixes = "kKMGT";
  constexpr std::array<double, 5> factors = {1e3, 1e3, 1e6, 1e9, 1e12};
  const std::size_t at = text.empty() ? std::string_view::npos : prefixes.find(text[0]);
  if (at == std::string_view::npos) return 1;
  const std::string_view rest = text.substr(1);
  if (!rest.empty() && !is_noun(rest)) return 1;
  text = rest;
  return factors[at];
}

/// Something per time.
std::optional<Unit> per_time(std::string_view counted, const Unit& time) {
  const double per_s = ms_per_s / time.factor;
  if (const auto size = find_size(counted)) return size_per_time(*size, time);
  if (const auto size = find(bits, counted)) return Unit{"bytes_per_s", UnitFamily::size_rate, size->factor * per_s};
  if (const auto flop = find(flops, Lower(counted).view())) {
    if (per_s == 1) return flop;
    return Unit{"gflops", UnitFamily::flop_rate, flop->factor * per_s};
  }
  if (find_time(counted)) return std::nullopt;  // "ms/s" is a share of time
  const double prefix = take_prefix(counted);
  if (prefix != 1) return Unit{"per_s", UnitFamily::rate, prefix * per_s};
  return Unit{rate_name(time), UnitFamily::rate, per_s};
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80 || c == '_';
  });
}

/// "X/Y" and "X per Y".
std::optional<Unit> known_quotient(std::string_view text, std::string_view above, std::string_view below) {
  if (const auto time = find_time(below)) {
    if (above == "1") above = {};
    if (!above.empty() && !is_word(above)) return std::nullopt;
    return per_time(above, *time);
  }
  if (!is_word(below)) return std::nullopt;
  if (const auto time = find_time(above)) return time;
  if (const auto size = find_size(above)) return size;
  const auto is_plain = [](std::string_view word) { return is_noun(word) || is_one_of(word, plain); };
  if (is_plain(above) && (is_plain(below) || find_size(below))) return Unit{text, UnitFamily::other, 1};
  return std::nullopt;
}

/// "100 t/s" and "2 MB per s": where the word or sign of the division is.
struct Division {
  std::size_t at = std::string_view::npos;
  std::size_t bytes = 0;
};

Division find_division(std::string_view text) {
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) return {slash, 1};
  for (const std::string_view per : {" per ", "_per_", "per_"}) {
    const std::size_t at = text.find(per);
    if (at != std::string_view::npos && (at == 0 || per != "per_")) return {at, per.size()};
  }
  return {};
}

}  // namespace

bool is_rate(UnitFamily family) {
  return family == UnitFamily::rate || family == UnitFamily::size_rate || family == UnitFamily::flop_rate;
}

std::optional<Unit> known_unit(std::string_view text) {
  if (text.empty() || text.size() > unit_bytes_max) return std::nullopt;
  if (const auto time = find_time(text)) return time;
  if (const auto size = find_size(text)) return size;
  if (text == "%" || Lower(text).view() == "percent" || text == "pct") return percent;
  if (const auto rate = find(written_rates, text)) return rate;
  if (const auto rate = find(rates, Lower(text).view())) return rate;
  if (const Division division = find_division(text); division.at != std::string_view::npos) {
    return known_quotient(text, text::trim(text.substr(0, division.at)),
                          text::trim(text.substr(division.at + division.bytes)));
  }
  if (is_one_of(text, plain) || is_noun(text)) return Unit{text, UnitFamily::other, 1};
  return std::nullopt;
}

bool looks_like_unit(std::string_view text) {
  constexpr std::size_t unknown_bytes_max = 24;
  if (text.empty() || text.size() > unknown_bytes_max || text.front() == '/' || text.back() == '/') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80 || c == '_' ||
           c == '/' || c == '%';
  });
}

Unit family_unit(const Unit& unit) {
  switch (unit.family) {
    case UnitFamily::time:
      return {"ms", unit.family, 1};
    case UnitFamily::size:
      return {"bytes", unit.family, 1};
    case UnitFamily::rate:
      return {"per_s", unit.family, 1};
    case UnitFamily::size_rate:
      return {"bytes_per_s", unit.family, 1};
    case UnitFamily::flop_rate:
      return {"gflops", unit.family, 1};
    case UnitFamily::percent:
      return percent;
    case UnitFamily::other:
      break;
  }
  return unit;
}

std::string_view family_suffix(UnitFamily family) {
  switch (family) {
    case UnitFamily::time:
      return "_ms";
    case UnitFamily::size:
      return "_bytes";
    case UnitFamily::rate:
      return "_per_s";
    case UnitFamily::size_rate:
      return "_bytes_per_s";
    case UnitFamily::flop_rate:
      return "_gflops";
    case UnitFamily::percent:
      return "_percent";
    case UnitFamily::other:
      break;
  }
  return "";
}

namespace {

/// Work whose name before a time in seconds makes a rate: "tok_s", "ops_sec", "prompt_tokens_seconds".
constexpr auto rate_nouns =
    std::to_array<std::string_view>({"tokens", "tok", "toks", "ops", "op", "req", "reqs", "it", "its", "txns", "txn",
                                     "msgs", "msg", "pkts", "pkt", "img", "imgs"});

/// Work that makes a rate only when little else is in the name: "rows_s" is a rate, "load_rows_s" a time.
constexpr auto plural_nouns = std::to_array<std::string_view>(
    {"samples",      "frames",   "queries", "items", "rows",     "records", "events",  "images", "requests",
     "transactions", "messages", "packets", "steps", "calls",    "docs",    "pages",   "words",  "cells",
     "rays",         "lines",    "files",   "keys",  "elements", "elems",   "objects", "bits"});

constexpr auto before_plural_nouns =
    std::to_array<std::string_view>({"output", "input", "total", "avg", "mean", "median", "max", "min", "peak", "read",
                                     "write", "completed", "processed"});

constexpr auto time_words =
    std::to_array<std::string_view>({"time", "duration", "latency", "elapsed", "wall", "delay", "wait"});

bool is_work_in_seconds(const NameWords& words, const Unit& time) {
  const std::size_t count = words.size();
  const std::string_view noun = words[count - 2];
  if (words.contains_any(time_words)) return false;
  if (time.factor != ms_per_s) return noun == "ops";  // "ops_ms"
  if (is_one_of(noun, rate_nouns)) return true;
  if (!is_one_of(noun, plural_nouns) || words.last() == "seconds") return false;
  return count == 2 || (count == 3 && is_one_of(words.first(), before_plural_nouns));
}

/// "Mb" in a name is megabits.
bool is_bits(std::string_view written) {
  return written.size() == 2 && written[1] == 'b' && written[0] >= 'A' && written[0] <= 'Z';
}

/// A unit that takes the words from `first` on.
NameUnit take_words(std::string_view metric, const NameWords& words, std::size_t first, const Unit& unit) {
  auto begin = static_cast<std::size_t>(words.written(first).data() - metric.data());
  const auto is_separator = [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
           !(c >= '0' && c <= '9');
  };
  while (first > 0 && begin > 0 && is_separator(metric[begin - 1]))
    --begin;
  return {unit, metric.size() - begin};
}

std::optional<Unit> size_in_name(const NameWords& words, std::size_t i) {
  return is_bits(words.written(i)) ? std::nullopt : find(sizes, words[i]);
}

NameUnit guess(NameUnit unit) {
  unit.is_guess = true;
  return unit;
}

/// A name that ends in a unit of time.
std::optional<NameUnit> time_at_end(std::string_view metric, const NameWords& words, const Unit& time) {
  const std::size_t last = words.size() - 1;
  const bool after_per = last > 0 && words[last - 1] == "per";
  if (after_per || (last > 0 && words.follows_slash(last))) {
    const std::size_t divisor = after_per ? last - 1 : last;
    if (divisor == 0) return take_words(metric, words, 0, *per_time({}, time));
    const auto size = size_in_name(words, divisor - 1);
    if (size) return take_words(metric, words, divisor - 1, size_per_time(*size, time));
    const bool is_amount = find(bits, words[divisor - 1]).has_value() || find(flops, words[divisor - 1]).has_value();
    if (is_amount) return take_words(metric, words, divisor - 1, *per_time(words[divisor - 1], time));
    if (find(times, words[divisor - 1])) return std::nullopt;
    return take_words(metric, words, divisor, *per_time({}, time));
  }
  if (last > 0 && time.factor == ms_per_s) {
    if (const auto size = size_in_name(words, last - 1); size && !words.contains_any(time_words))
      return guess(take_words(metric, words, last - 1, size_per_time(*size, time)));
  }
  if (last > 0 && words[last - 1].size() > 1 && !words.contains_any(time_words)) {  // "Gbit_s", "net_Mb_s"
    if (const auto size = find(bits, words.written(last - 1)))
      return guess(take_words(metric, words, last - 1, *per_time(words.written(last - 1), time)));
  }
  if (last > 0 && is_work_in_seconds(words, time)) return guess(take_words(metric, words, last, *per_time({}, time)));
  constexpr std::size_t full_word_bytes = 4;  // "seconds", but not "s"
  if (last == 0 && words.last().size() < full_word_bytes) return std::nullopt;
  return take_words(metric, words, last, time);
}

/// "ns_per_op", "bytes_per_request", "ns/op".
std::optional<NameUnit> quantity_per_item(std::string_view metric, const NameWords& words) {
  for (std::size_t i = words.size() - 1; i > 0; --i) {
    const bool is_per = words[i] == "per" && i + 1 < words.size();
    if (!is_per && !words.follows_slash(i)) continue;
    // "tokens_per_second_per_gpu", "tokens/s/user": a rate, shared by several.
    const bool is_rate = words.follows_slash(i - 1) || (i > 1 && words[i - 2] == "per");
    if (const auto time = is_rate ? find_time(words[i - 1]) : std::nullopt)
      return take_words(metric, words, words.follows_slash(i - 1) ? i - 1 : i - 2, *per_time({}, *time));
    if (const auto time = find(times, words[i - 1])) return take_words(metric, words, i - 1, *time);
    if (const auto size = size_in_name(words, i - 1)) return take_words(metric, words, i - 1, *size);
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<NameUnit> find_name_unit(std::string_view metric) {
  if (metric.ends_with('%') && metric.size() > 1) {
    const std::size_t end = metric.find_last_not_of("% _-.");
    if (end != std::string_view::npos) return NameUnit{percent, metric.size() - end - 1};
  }
  const NameWords words(metric);
  if (words.empty()) return std::nullopt;
  const std::size_t last = words.size() - 1;
  const bool is_small = words.last().size() > 1 || words.written(last) == words.last();  // "class_S" is not a time
  const bool is_divisor = words.follows_slash(last) || (last > 0 && words[last - 1] == "per");
  const auto time = is_divisor ? find_time(words.last()) : find(times, words.last());  // "_min" alone is a minimum
  if (time && is_small) return time_at_end(metric, words, *time);
  if (const auto quantity = quantity_per_item(metric, words)) return quantity;
  if (const auto size = size_in_name(words, last); size && (last > 0 || words.last() == "bytes"))
    return take_words(metric, words, last, *size);
  if (const auto rate = find(written_rates, words.written(last))) return take_words(metric, words, last, *rate);
  if (const auto rate = find(rates, words.last())) return take_words(metric, words, last, *rate);
  if (words.last() == "percent" || words.last() == "pct" || words.last() == "percentage")
    return take_words(metric, words, last, percent);
  return std::nullopt;
}

std::optional<Unit> unit_of_suffix(std::string_view metric) {
  const auto found = find_name_unit(metric);
  return found ? std::optional(found->unit) : std::nullopt;
}

std::size_t unit_suffix_bytes(std::string_view metric) {
  const auto found = find_name_unit(metric);
  return found ? found->bytes : 0;
}

}  // namespace perftrend::metrics
