#include "core/metrics/metric_names.h"

#include <algorithm>
#include <array>

#include "core/metrics/units.h"
#include "core/text/glob.h"

namespace perftrend::metrics {

namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_word_char(char c) {
  return is_upper(c) || is_lower_or_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// The last word of "run_id", "os.version", "buildNumber", lower case.
std::string last_word(std::string_view name) {
  while (!name.empty() && !is_word_char(name.back()))
    name.remove_suffix(1);
  std::size_t begin = name.size();
  while (begin > 0 && is_word_char(name[begin - 1])) {
    --begin;
    // An upper case letter after a lower case one starts a word.
    if (is_upper(name[begin]) && begin > 0 && is_lower_or_digit(name[begin - 1])) break;
  }
  std::string word(name.substr(begin));
  for (char& c : word) {
    if (is_upper(c)) c = static_cast<char>(c | 0x20);
  }
  return word;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Never a metric, with or without a unit.
constexpr std::array<std::string_view, 12> always = {"id",    "ids", "uuid", "guid", "pid",       "ppid",
                                                     "epoch", "tid", "date", "sha",  "timestamp", "commit"};

/// No metric unless a unit says so.
constexpr std::array<std::string_view, 46> without_unit = {
    "line",    "lineno",   "column",    "col",       "port",        "ports",    "seed",       "version",
    "build",   "number",   "no",        "nr",        "thread",      "shard",    "shards",     "file",
    "retries", "retry",    "rerun",     "reruns",    "attempt",     "attempts", "index",      "idx",
    "order",   "priority", "severity",  "issue",     "ticket",      "job",      "worker",     "revision",
    "rev",     "exitcode", "exitvalue", "node",      "repetitions", "asserts",  "assertions", "code",
    "status",  "rank",     "row",       "iteration", "checksum",    "hash"};

/// First words of dotted or slashed names that describe surroundings.
constexpr std::array<std::string_view, 13> surroundings = {
    "os", "java", "env", "git", "ci", "github", "user", "python", "node", "environment", "host", "vcs", "perftrend"};

}  // namespace

MetricName split_label(std::string_view name) {
  if (name.empty() || name.back() != ']') return {name, {}};
  const std::size_t open = name.find('[');
  if (open == 0 || open == std::string_view::npos || open + 2 == name.size()) return {name, {}};
  return {name.substr(0, open), name.substr(open)};
}

bool is_identity(std::string_view metric) {
  const std::size_t suffix = unit_suffix_bytes(metric);
  const std::string_view bare = metric.substr(0, metric.size() - suffix);
  const std::string word = last_word(bare);
  if (is_one_of(word, always)) return true;
  if (suffix > 0) return false;
  if (is_one_of(word, without_unit)) return true;
  const std::size_t dot = metric.find_first_of("./");
  if (dot == std::string_view::npos) return false;
  return is_one_of(last_word(metric.substr(0, dot)), surroundings);
}

NameFilter::NameFilter(const std::vector<std::string>& take, const std::vector<std::string>& leave)
    : take_(take), leave_(leave), take_any_(take.empty() || std::find(take.begin(), take.end(), "*") != take.end()) {}

bool NameFilter::is_taken(std::string_view metric) const {
  const auto matches = [&](const std::string& pattern) { return text::matches_glob(pattern, metric); };
  if (std::any_of(leave_.begin(), leave_.end(), matches)) return false;
  const auto names = [&](const std::string& pattern) { return pattern != "*" && matches(pattern); };
  if (std::any_of(take_.begin(), take_.end(), names)) return true;
  return take_any_ && !is_identity(metric);
}

}  // namespace perftrend::metrics
