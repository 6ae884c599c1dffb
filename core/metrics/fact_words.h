#pragma once
// Words of names by which the sorter of names (facts.cpp) decides where no row of fact_tables.h does.

#include <array>
#include <string_view>

namespace perftrend::metrics::fact_tables {

/// After "num" and "n": what is counted as a result. "num_keys" and "n_embd" are settings.
inline constexpr auto counted_results = std::to_array<std::string_view>(
    {"tokens",    "errors",    "failures",   "failed",     "misses",   "hits",       "allocs",       "allocations",
     "faults",    "events",    "calls",      "exceptions", "timeouts", "drops",      "dropped",      "gc",
     "completed", "successes", "successful", "bytes",      "ops",      "operations", "instructions", "cycles",
     "syscalls",  "locks",     "conflicts",  "evictions",  "warnings"});

/// First words of names that switch something on or off: "use_cache", "is_ci", "enable_prefix_caching".
inline constexpr auto switches =
    std::to_array<std::string_view>({"use", "is", "enable", "enabled", "disable", "enforce"});

/// After them: settings, although they end like events.
inline constexpr auto counted_settings = std::to_array<std::string_view>(
    {"connections", "partitions", "dimensions",  "regions",   "functions", "generations", "versions",
     "sessions",    "locations",  "positions",   "questions", "options",   "conditions",  "permutations",
     "stations",    "sections",   "projections", "channels",  "queries",   "entries",     "categories",
     "seed",        "embed",      "hidden",      "speed",     "feed"});

/// Ends of words for what happens while it is measured: "preemptions", "accepted", "recompiles".
inline constexpr auto event_endings = std::to_array<std::string_view>(
    {"tions",   "tion",     "sions",    "ed",      "gcs",     "spills", "swaps",  "waits",      "wakeups",
     "kills",   "forks",    "compiles", "backs",   "flushes", "merges", "splits", "interrupts", "steals",
     "resizes", "rehashes", "updates",  "inserts", "deletes", "reads",  "writes", "spawns",     "copies",
     "replays", "reuses",   "trips",    "yields",  "stops",   "starts", "hangs"});

/// Settings that need not be whole numbers; of any other, "43.2" was measured.
inline constexpr auto real_settings = std::to_array<std::string_view>(
    {"temperature", "top",       "p",           "penalty",     "lr",         "rate",         "learning",     "decay",
     "dropout",     "threshold", "target",      "limit",       "model",      "params",       "parameters",   "version",
     "resolution",  "precision", "ratio",       "factor",      "scale",      "alpha",        "beta",         "gamma",
     "epsilon",     "sigma",     "utilization", "utilisation", "fraction",   "percent",      "split",        "type",
     "ftype",       "engine",    "backend",     "backends",    "quant",      "quantization", "quantisation", "dtype",
     "flags",       "file",      "think",       "time",        "ramp",       "space",        "cflags",       "cxxflags",
     "ldflags",     "allocator", "mask",        "source",      "configured", "confidence",   "tolerance",    "quantile",
     "percentile",  "zipf",      "theta",       "constant",    "base",       "burstiness",   "interval",     "slo",
     "gb",          "kb",        "mb",          "sf",          "crf",        "memory"});

/// Identify something, with or without a unit.
inline constexpr std::array<std::string_view, 15> identities = {"id",   "ids",       "uuid",     "guid",  "pid",
                                                                "ppid", "uid",       "gid",      "epoch", "tid",
                                                                "date", "timestamp", "datetime", "nonce", "serial"};

/// Before "version" and the like: the machine and its tools, not the subject.
inline constexpr auto machine_tools = std::to_array<std::string_view>(
    {"os",     "kernel",     "linux",    "windows",  "macos",    "ubuntu",    "debian",     "driver",   "cuda",
     "cudnn",  "nccl",       "rocm",     "hip",      "bios",     "glibc",     "libc",       "compiler", "gcc",
     "clang",  "llvm",       "msvc",     "python",   "java",     "jdk",       "jvm",        "jre",      "node",
     "nodejs", "go",         "golang",   "rust",     "rustc",    "ruby",      "php",        "dotnet",   "docker",
     "podman", "kubernetes", "firmware", "browser",  "chrome",   "chromium",  "firefox",    "webkit",   "safari",
     "uname",  "system",     "systemd",  "openssl",  "libstdc",  "libstdcpp", "hypervisor", "kvm",      "qemu",
     "xen",    "vmware",     "nvidia",   "mesa",     "vulkan",   "opencl",    "opengl",     "distro",   "containerd",
     "runc",   "k8s",        "kubelet",  "android",  "ios",      "emulator",  "cmake",      "maven",    "gradle",
     "npm",    "yarn",       "pip",      "conda",    "ninja",    "make",      "runner",     "agent",    "cpu",
     "gpu",    "machine",    "host",     "platform", "hardware", "vm",        "bash",       "shell",    "address",
     "ip",     "zone",       "region"});

/// Before "version": says how a document is written.
inline constexpr std::array<std::string_view, 4> document_words = {"schema", "format", "report", "protocol"};

/// First words of dotted or slashed names that describe surroundings.
inline constexpr std::array<std::string_view, 12> surroundings = {
    "os", "java", "env", "git", "ci", "github", "user", "python", "node", "environment", "host", "vcs"};

/// After "max": limits that were set. "max_latency" and "max" of a time are metrics.
inline constexpr std::array<std::string_view, 15> limited = {
    "tokens", "len",      "length",  "concurrency", "connections", "clients", "threads",   "workers",
    "seqs",   "requests", "retries", "steps",       "epochs",      "users",   "iterations"};

}  // namespace perftrend::metrics::fact_tables
