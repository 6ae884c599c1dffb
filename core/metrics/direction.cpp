#include "core/metrics/direction.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/metrics/name_words.h"

namespace perftrend::metrics {

namespace {

/// More is better.
constexpr auto good_words = std::to_array<std::string_view>(
    {"throughput",   "tput",        "thpt",          "bw",         "rtfx",         "nps",          "kops",
     "mops",         "performance", "accessibility", "framerate",  "hashrate",     "yield",        "goodput",
     "bandwidth",    "speed",       "speedup",       "accuracy",   "acc",          "precision",    "recall",
     "f1",           "fscore",      "auc",           "auroc",      "ndcg",         "mrr",          "bleu",
     "rouge",        "meteor",      "chrf",          "psnr",       "ssim",         "vmaf",         "r2",
     "elo",          "reward",      "win",           "wins",       "winrate",      "pass",         "success",
     "successes",    "successful",  "succeeded",     "hit",        "hits",         "efficiency",   "mfu",
     "hfu",          "mbu",         "occupancy",     "ipc",        "mips",         "fps",          "qps",
     "rps",          "tps",         "iops",          "ops",        "operations",   "flops",        "gflops",
     "tflops",       "mflops",      "completed",     "processed",  "handled",      "served",       "delivered",
     "accepted",     "acceptance",  "coverage",      "available",  "availability", "uptime",       "reliability",
     "quality",      "compression", "saved",         "savings",    "free",         "headroom",     "capacity",
     "rating",       "gain",        "scalability",   "parity",     "exact",        "correct",      "correctness",
     "kept",         "mbps",        "gbps",          "kbps",       "improvement",  "resolved",     "solved",
     "top1",         "top5",        "scores",        "coremark",   "tpm",          "tpmc",         "nopm",
     "qph",          "qphh",        "dhrystone",     "whetstone",  "linpack",      "hpl",          "specint",
     "specfp",       "passmark",    "cinebench",     "geekbench",  "octane",       "jetstream",    "speedometer",
     "triad",        "apdex",       "snr",           "sinr",       "bitrate",      "toks",         "mtbf",
     "mttf",         "idle",        "attainment",    "similarity", "durability",   "checks",       "valid",
     "iou",          "map",         "dice",          "pearson",    "spearman",     "kappa",        "nmi",
     "mos",          "pesq",        "stoi",          "agreement",  "concordance",  "completeness", "freshness",
     "satisfaction", "lift",        "sharpe",        "within",     "lups",         "mlups",        "glups",
     "teps",         "gteps",       "mteps",         "gups",       "ups",          "sps",          "ips",
     "pps",          "goodputs",    "tops",          "gops",       "kiops",        "krps",         "kqps",
     "mpps",         "kpps"});

/// Less is better, also of a rate: unwanted events, and spread.
constexpr auto bad_words = std::to_array<std::string_view>({"error",        "errors",
                                                            "err",          "errs",
                                                            "fail",         "fails",
                                                            "failed",       "failure",
                                                            "failures",     "fault",
                                                            "faults",       "miss",
                                                            "misses",       "missed",
                                                            "missing",      "drop",
                                                            "drops",        "dropped",
                                                            "loss",         "losses",
                                                            "lost",         "retry",
                                                            "retries",      "retransmit",
                                                            "retransmits",  "retransmissions",
                                                            "timeouts",     "stall",
                                                            "stalls",       "stalled",
                                                            "evicted",      "evictions",
                                                            "eviction",     "rejected",
                                                            "rejects",      "rejection",
                                                            "abort",        "aborts",
                                                            "aborted",      "conflict",
                                                            "conflicts",    "leak",
                                                            "leaks",        "leaked",
                                                            "crash",        "crashes",
                                                            "oom",          "invalid",
                                                            "corrupt",      "corrupted",
                                                            "violation",    "violations",
                                                            "false",        "perplexity",
                                                            "ppl",          "wer",
                                                            "cer",          "mae",
                                                            "mse",          "rmse",
                                                            "nll",          "fid",
                                                            "divergence",   "alloc",
                                                            "allocs",       "allocation",
                                                            "allocations",  "allocated",
                                                            "overhead",     "slowdown",
                                                            "regression",   "regressions",
                                                            "waste",        "wasted",
                                                            "warnings",     "cancelled",
                                                            "canceled",     "discarded",
                                                            "throttled",    "throttling",
                                                            "stddev",       "stdev",
                                                            "std",          "deviation",
                                                            "variance",     "mad",
                                                            "jitter",       "iqr",
                                                            "cv",           "flaky",
                                                            "bugs",         "defects",
                                                            "unresolved",   "preemptions",
                                                            "preempted",    "hallucination",
                                                            "toxicity",     "contention",
                                                            "exceptions",   "panics",
                                                            "restarts",     "kills",
                                                            "incidents",    "outages",
                                                            "downtime",     "stutter",
                                                            "bpb",          "cpi",
                                                            "swaps",        "blocked",
                                                            "janky",        "jank",
                                                            "timeout",      "bounce",
                                                            "churn",        "stale",
                                                            "duplicate",    "duplicates",
                                                            "spill",        "spills",
                                                            "fallback",     "fallbacks",
                                                            "abandoned",    "abandonment",
                                                            "interrupts",   "collisions",
                                                            "deadlocks",    "rollbacks",
                                                            "backpressure", "skew",
                                                            "bias",         "distortion",
                                                            "ber",          "fer",
                                                            "der",          "ter",
                                                            "eer",          "brier",
                                                            "ece",          "mape",
                                                            "smape",        "logloss",
                                                            "crossentropy", "entropy",
                                                            "penalties",    "regret",
                                                            "starvation",   "overrun",
                                                            "overruns",     "underrun",
                                                            "underruns",    "xruns"});

/// Less is better, unless it is a rate: times, amounts of a resource, and what is used up.
constexpr auto resource_words = std::to_array<std::string_view>(
    {"latency",  "latencies", "ttft",     "lcp",        "fcp",          "tbt",   "tti",      "inp",         "cls",
     "usd",      "joule",     "watt",     "tpot",       "itl",          "e2el",  "duration", "elapsed",     "wall",
     "walltime", "time",      "times",    "runtime",    "delay",        "lag",   "wait",     "waiting",     "pause",
     "pauses",   "rtt",       "ping",     "age",        "memory",       "mem",   "rss",      "vms",         "uss",
     "pss",      "heap",      "ram",      "vram",       "footprint",    "size",  "disk",     "storage",     "cpu",
     "load",     "energy",    "power",    "watts",      "joules",       "cost",  "price",    "temperature", "gc",
     "queue",    "backlog",   "depth",    "swap",       "instructions", "instr", "cycles",   "complexity",  "loc",
     "locks",    "syscalls",  "switches", "migrations", "branches",     "rtf"});

/// Of times: "idle_time" is not left over.
constexpr auto time_words = std::to_array<std::string_view>({"time", "times", "latency", "duration", "ms", "wait"});

/// Before "rate": work. "request_rate" is better higher, "sampling_rate" says nothing.
constexpr auto work_rates = std::to_array<std::string_view>(
    {"request",    "token",  "frame",     "data",     "transfer", "fill",  "clock", "event", "message",
     "packet",     "ingest", "ingestion", "insert",   "read",     "write", "bit",   "byte",  "refresh",
     "generation", "decode", "prefill",   "download", "upload",   "scan",  "sort",  "query", "transaction"});

/// Before "rate": what is not better higher, or says nothing.
constexpr auto other_rates = std::to_array<std::string_view>(
    {"sampling",  "sample",  "learning", "growth", "decay", "leak",      "heart", "tax",
     "base",      "cooling", "heating",  "fill",   "swap",  "interrupt", "gc",    "compile",
     "recompile", "idle",    "cpu",      "memory", "power", "baud"});

/// A resource with one of these words is left over: "free_memory", "cpu_idle_percent".
constexpr auto left_over_words =
    std::to_array<std::string_view>({"free", "idle", "available", "avail", "remaining", "spare", "headroom", "unused"});

/// "pp512" and "tg128", the throughputs of llama-bench.
bool is_llama_bench_test(std::string_view word) {
  return word.size() > 2 && (word.starts_with("pp") || word.starts_with("tg")) &&
         word.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

/// What work is divided by: "tokens_per_joule" and "instructions_per_cycle" are better higher.
constexpr auto spent_words = std::to_array<std::string_view>(
    {"joule", "joules", "j", "watt", "watts", "wh", "kwh", "cycle", "cycles", "clock", "dollar", "usd", "euro"});

/// "p50", "p999".
bool is_percentile(std::string_view word) {
  return word.size() >= 2 && word[0] == 'p' && word.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace

NameDirection direction_of_name(std::string_view metric) {
  const NameWords words(metric);
  if (words.contains("index") && words.contains("speed")) return NameDirection::resource;  // Lighthouse's, a time
  const std::size_t size = words.size();
  if (size >= 3 && words[size - 2] == "per" && is_one_of(words.last(), spent_words)) {
    const bool is_cost = is_one_of(words[size - 3], bad_words) || is_one_of(words[size - 3], spent_words);
    return is_cost ? NameDirection::bad : NameDirection::good;
  }
  if (words.contains_any(left_over_words) && !words.contains_any(time_words)) return NameDirection::good;
  if (words.contains("utilization") || words.contains("utilisation") || words.contains("util")) {
    const bool is_accelerator = words.contains("gpu") || words.contains("sm") || words.contains("tensor");
    return is_accelerator ? NameDirection::likely_good : NameDirection::resource;
  }
  bool has_percentile = false;
  // The last word that says something decides: the hits of "hit_latency" are not counted.
  for (std::size_t i = words.size(); i-- > 0;) {
    const std::string_view word = words[i];
    if (is_one_of(word, bad_words)) return NameDirection::bad;
    if (is_one_of(word, good_words)) return NameDirection::good;
    if (is_one_of(word, resource_words)) return NameDirection::resource;
    if (word == "score" && i == 0) return NameDirection::likely_good;
    if (word == "score") {
      const NameDirection before = direction_of_name(metric.substr(
          0, static_cast<std::size_t>(words.written(i - 1).data() - metric.data()) + words.written(i - 1).size()));
      return before == NameDirection::bad ? before : NameDirection::good;
    }
    if (word == "rate" && i > 0 && is_one_of(words[i - 1], work_rates)) return NameDirection::good;
    if (is_llama_bench_test(word)) return NameDirection::good;
    has_percentile = has_percentile || is_percentile(word);
  }
  if (has_percentile) return NameDirection::resource;
  const bool is_share = size > 1 && words.last() == "rate" && !is_one_of(words[size - 2], other_rates);
  return is_share ? NameDirection::likely_good : NameDirection::unknown;
}

Direction direction_of(NameDirection name, const std::optional<Unit>& unit) {
  if (unit && unit->family == UnitFamily::time) {
    return {Better::lower, false};
  }
  if (name == NameDirection::bad) return {Better::lower, false};
  if (unit && is_rate(unit->family)) return {Better::higher, false};
  if (name == NameDirection::good) return {Better::higher, false};
  if (name == NameDirection::resource) return {Better::lower, false};
  if (name == NameDirection::likely_good) return {Better::higher, true};
  if (!unit) return {Better::lower, true};
  if (unit->family == UnitFamily::size) return {Better::lower, false};
  // What is counted, "7 allocs/op", and what it is divided by, "12 tokens/J".
  if (unit->name == "x" || unit->name == "\xC3\x97") return {Better::higher, false};
  const std::size_t slash = unit->family == UnitFamily::other ? unit->name.find('/') : std::string_view::npos;
  const std::string_view above = unit->name.substr(0, slash);
  if (slash != std::string_view::npos) {
    const std::string_view below = unit->name.substr(slash + 1);
    if (below == "J" || below == "Wh" || below == "kWh" || below == "W") return {Better::higher, false};
    if (below.starts_with("cycle")) return {Better::higher, false};
  }
  const NameDirection counted = direction_of_name(above);
  if (counted == NameDirection::good) return {Better::higher, false};
  const bool is_energy = above == "J" || above == "mJ" || above == "kJ" || above == "W" || above == "mW" ||
                         above == "kW" || above == "Wh" || above == "kWh" || above == "mWh" ||
                         above ==
                             "\xC2\xB0"
                             "C";
  return {Better::lower, counted == NameDirection::unknown && !is_energy};
}

}  // namespace perftrend::metrics
