#include "core/metrics/unmeasured.h"

#include <algorithm>
#include <array>

#include "core/metrics/direction.h"
#include "core/metrics/name_words.h"

namespace perftrend::metrics {

namespace {

/// What may be negative, whatever its unit.
constexpr auto signed_words = std::to_array<std::string_view>(
    {"delta",  "diff",     "difference",  "change",      "offset",  "skew",     "drift",
     "slack",  "gain",     "margin",      "improvement", "saved",   "savings",  "reward",
     "score",  "r2",       "correlation", "loss",        "nll",     "log",      "logprob",
     "bias",   "error",    "overhead",    "temperature", "celsius", "balance",  "deviation",
     "vs",     "relative", "speedup",     "regret",      "elo",     "mcc",      "kappa",
     "growth", "trend",    "slope",       "net",         "lift",    "residual", "lag"});

/// Amounts of a resource that a running program always has or uses.
constexpr auto never_zero_words = std::to_array<std::string_view>(
    {"rss",          "vms",     "pss",        "uss",        "memory",  "mem",        "heap",     "footprint", "binary",
     "bundle",       "image",   "executable", "power",      "watts",   "watt",       "energy",   "joules",    "joule",
     "instructions", "instr",   "cycles",     "perplexity", "ppl",     "ttft",       "tpot",     "itl",       "e2el",
     "lcp",          "fcp",     "tti",        "inp",        "latency", "latencies",  "duration", "elapsed",   "wall",
     "walltime",     "runtime", "rtt",        "time",       "times",   "throughput", "goodput",  "bandwidth", "fps",
     "qps",          "tps",     "rps",        "iops",       "gflops",  "tflops",     "mflops",   "flops",     "size"});

/// With one of these, 0 is usual: "swap_bytes", "allocated_memory", "gc_time".
constexpr auto often_zero_words = std::to_array<std::string_view>(
    {"swap",          "swapped", "alloc",    "allocs",   "allocated", "allocations", "leak",    "leaked",  "gc",
     "pause",         "queue",   "queued",   "wait",     "waiting",   "blocked",     "idle",    "free",    "available",
     "dropped",       "lost",    "failed",   "errors",   "retry",     "stall",       "stalled", "disk",    "io",
     "network",       "rx",      "tx",       "read",     "write",     "cache",       "cached",  "buffer",  "shared",
     "delta",         "diff",    "steal",    "system",   "sys",       "user",        "cpu",     "gpu",     "vram",
     "fragmentation", "sent",    "received", "downtime", "lag",       "overhead",    "compile", "backlog", "pending",
     "spilled",       "evicted", "growth",   "jit",      "throttled", "stddev",      "std",     "stdev",   "mad",
     "iqr",           "jitter"});

bool is_percentile(std::string_view word) {
  return word.size() >= 2 && word[0] == 'p' && word.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// Whether 0 of this metric says that nothing was measured.
bool is_never_zero(const NameWords& words, std::string_view metric, const std::optional<Unit>& unit) {
  if (unit && unit->family == UnitFamily::time) return true;
  if (words.contains_any(often_zero_words)) return false;
  const NameDirection direction = direction_of_name(metric);
  if (direction == NameDirection::bad && !words.contains_any(never_zero_words)) return false;
  if (unit && unit->family == UnitFamily::flop_rate) return true;
  if (unit && is_rate(unit->family)) return direction != NameDirection::resource;
  if (unit && (unit->family == UnitFamily::percent)) return false;
  if (words.contains_any(never_zero_words)) return !words.contains("rate") && !words.contains("ratio");
  const auto all = words.all();
  return !unit && std::any_of(all.begin(), all.end(), is_percentile);
}

/// Whether a negative value of this metric was not measured.
bool is_never_negative(const NameWords& words, std::string_view metric, const std::optional<Unit>& unit, double value) {
  if (words.contains_any(signed_words)) return false;
  if (unit && (unit->family == UnitFamily::time || unit->family == UnitFamily::size || is_rate(unit->family)))
    return true;
  if (unit && unit->family == UnitFamily::percent) return false;
  const NameDirection direction = direction_of_name(metric);
  if (words.contains_any(never_zero_words) || direction == NameDirection::resource) return true;
  const auto all = words.all();
  return value == -1 && ((direction == NameDirection::good || direction == NameDirection::bad) ||
                         std::any_of(all.begin(), all.end(), is_percentile));
}

}  // namespace

std::string_view drop_unmeasured(std::string_view metric, const std::optional<Unit>& unit,
                                 std::vector<double>& numbers) {
  if (std::none_of(numbers.begin(), numbers.end(), [](double number) { return number <= 0; })) return {};
  const NameWords words(metric);
  const std::size_t stated = numbers.size();
  if (is_never_zero(words, metric, unit)) std::erase(numbers, 0.0);
  const bool had_zero = numbers.size() < stated;
  const std::size_t not_zero = numbers.size();
  std::erase_if(numbers, [&](double number) { return number < 0 && is_never_negative(words, metric, unit, number); });
  if (numbers.size() < not_zero) return "is negative: nothing was measured; no point";
  if (!had_zero) return {};
  return unit && unit->family == UnitFamily::time ? "is a time of exactly 0: nothing was measured; no point"
                                                  : "is exactly 0: nothing was measured; no point";
}

}  // namespace perftrend::metrics
