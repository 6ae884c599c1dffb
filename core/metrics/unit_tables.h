#pragma once
// Tables of units (units.cpp, name_units.cpp). schema/junit.md documents them; change both together.

#include <array>
#include <string_view>

#include "core/metrics/units.h"

namespace perftrend::metrics::unit_tables {

struct Known {
  std::string_view text;
  Unit unit;
};

inline constexpr double ki = 1024;
inline constexpr double mi = ki * 1024;
inline constexpr double gi = mi * 1024;
inline constexpr double ti = gi * 1024;

constexpr Unit time_unit(std::string_view name, double ms) {
  return {name, UnitFamily::time, ms};
}
constexpr Unit size_unit(std::string_view name, double bytes) {
  return {name, UnitFamily::size, bytes};
}

/// Written after a number and in names. "m" and "min" are not here: a name that ends in "_min" is a minimum.
inline constexpr Known times[] = {
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
inline constexpr Known written_times[] = {
    {"ps", time_unit("ps", 1e-9)},        {"min", time_unit("min", 60e3)},     {"h", time_unit("h", 3600e3)},
    {"hr", time_unit("h", 3600e3)},       {"d", time_unit("days", 86400e3)},   {"day", time_unit("days", 86400e3)},
    {"days", time_unit("days", 86400e3)}, {"fs", time_unit("fs", 1e-12)},      {"S", time_unit("s", 1e3)},
    {"Ms", time_unit("ms", 1)},           {"MS", time_unit("ms", 1)},          {"mS", time_unit("ms", 1)},
    {"Us", time_unit("us", 1e-3)},        {"US", time_unit("us", 1e-3)},       {"uS", time_unit("us", 1e-3)},
    {"Ns", time_unit("ns", 1e-6)},        {"NS", time_unit("ns", 1e-6)},       {"nS", time_unit("ns", 1e-6)},
    {"\xC2\xB5S", time_unit("us", 1e-3)}, {"\xCE\xBCS", time_unit("us", 1e-3)}};

inline constexpr Known sizes[] = {
    {"bytes", size_unit("bytes", 1)},    {"kb", size_unit("kb", 1e3)},        {"mb", size_unit("mb", 1e6)},
    {"gb", size_unit("gb", 1e9)},        {"tb", size_unit("tb", 1e12)},       {"kib", size_unit("kib", ki)},
    {"mib", size_unit("mib", mi)},       {"gib", size_unit("gib", gi)},       {"tib", size_unit("tib", ti)},
    {"kilobytes", size_unit("kb", 1e3)}, {"megabytes", size_unit("mb", 1e6)}, {"gigabytes", size_unit("gb", 1e9)},
};

inline constexpr Known written_sizes[] = {
    {"B", size_unit("bytes", 1)},  {"byte", size_unit("bytes", 1)}, {"Bytes", size_unit("bytes", 1)},
    {"kB", size_unit("kb", 1e3)},  {"KB", size_unit("kb", 1e3)},    {"MB", size_unit("mb", 1e6)},
    {"GB", size_unit("gb", 1e9)},  {"TB", size_unit("tb", 1e12)},   {"KiB", size_unit("kib", ki)},
    {"MiB", size_unit("mib", mi)}, {"GiB", size_unit("gib", gi)},   {"TiB", size_unit("tib", ti)},
    {"Ki", size_unit("kib", ki)},  {"Mi", size_unit("mib", mi)},    {"Gi", size_unit("gib", gi)},
    {"Ti", size_unit("tib", ti)},  {"PB", size_unit("pb", 1e15)},   {"PiB", size_unit("pib", ti* ki)},
    {"mB", size_unit("mb", 1e6)},  {"gB", size_unit("gb", 1e9)},
};

/// After a prefix: "MBytes", "kilobytes", "gibibyte". Lower case, singular.
inline constexpr Known byte_words[] = {
    {"kbyte", size_unit("kb", 1e3)},    {"mbyte", size_unit("mb", 1e6)},     {"gbyte", size_unit("gb", 1e9)},
    {"tbyte", size_unit("tb", 1e12)},   {"kilobyte", size_unit("kb", 1e3)},  {"megabyte", size_unit("mb", 1e6)},
    {"gigabyte", size_unit("gb", 1e9)}, {"terabyte", size_unit("tb", 1e12)}, {"kibibyte", size_unit("kib", ki)},
    {"mebibyte", size_unit("mib", mi)}, {"gibibyte", size_unit("gib", gi)},  {"tebibyte", size_unit("tib", ti)},
    {"kibyte", size_unit("kib", ki)},   {"mibyte", size_unit("mib", mi)},    {"gibyte", size_unit("gib", gi)},
    {"octet", size_unit("bytes", 1)},   {"byte", size_unit("bytes", 1)},
};

/// Only per time: "Mbit/s". Bytes per bit.
inline constexpr Known bits[] = {{"b", size_unit("bytes", 1. / 8)},    {"Kb", size_unit("bytes", 1e3 / 8)},
                                 {"Mb", size_unit("bytes", 1e6 / 8)},  {"Gb", size_unit("bytes", 1e9 / 8)},
                                 {"Tb", size_unit("bytes", 1e12 / 8)}, {"Kib", size_unit("bytes", ki / 8)},
                                 {"Mib", size_unit("bytes", mi / 8)},  {"Gib", size_unit("bytes", gi / 8)}};

/// The same in lower case, singular.
inline constexpr Known bit_words[] = {
    {"bit", size_unit("bytes", 1. / 8)},      {"kbit", size_unit("bytes", 1e3 / 8)},
    {"mbit", size_unit("bytes", 1e6 / 8)},    {"gbit", size_unit("bytes", 1e9 / 8)},
    {"tbit", size_unit("bytes", 1e12 / 8)},   {"kibit", size_unit("bytes", ki / 8)},
    {"mibit", size_unit("bytes", mi / 8)},    {"gibit", size_unit("bytes", gi / 8)},
    {"kilobit", size_unit("bytes", 1e3 / 8)}, {"megabit", size_unit("bytes", 1e6 / 8)},
    {"gigabit", size_unit("bytes", 1e9 / 8)}};

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
inline constexpr Known rates[] = {{"fps", rate_unit("per_s", 1)},
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
                                  {"tbps", size_rate_unit("bytes_per_s", 1e12 / 8)},
                                  {"kbps", size_rate_unit("bytes_per_s", 1e3 / 8)},
                                  {"mbps", size_rate_unit("bytes_per_s", 1e6 / 8)},
                                  {"gbps", size_rate_unit("bytes_per_s", 1e9 / 8)},
                                  {"flops", flop_unit("flops", 1e-9)},
                                  {"mflops", flop_unit("mflops", 1e-3)},
                                  {"gflops", flop_unit("gflops", 1)},
                                  {"tflops", flop_unit("tflops", 1e3)},
                                  {"pflops", flop_unit("pflops", 1e6)},
                                  {"kflops", flop_unit("kflops", 1e-6)},
                                  {"eflops", flop_unit("eflops", 1e9)}};

/// The same, where case matters.
inline constexpr Known written_rates[] = {
    {"per_s", rate_unit("per_s", 1)},           {"bytes_per_s", size_rate_unit("bytes_per_s", 1)},
    {"KBps", size_rate_unit("kb_per_s", 1e3)},  {"kBps", size_rate_unit("kb_per_s", 1e3)},
    {"MBps", size_rate_unit("mb_per_s", 1e6)},  {"GBps", size_rate_unit("gb_per_s", 1e9)},
    {"MiBps", size_rate_unit("mib_per_s", mi)}, {"GiBps", size_rate_unit("gib_per_s", gi)},
    {"TBps", size_rate_unit("tb_per_s", 1e12)}, {"BPS", size_rate_unit("bytes_per_s", 1. / 8)},
    {"Bps", size_rate_unit("bytes_per_s", 1)}};

/// With an SI prefix, under the names by which they are stored.
inline constexpr Known prefixed_rates[] = {{"k_per_s", rate_unit("k_per_s", 1e3)},
                                           {"m_per_s", rate_unit("m_per_s", 1e6)},
                                           {"g_per_s", rate_unit("g_per_s", 1e9)},
                                           {"t_per_s", rate_unit("t_per_s", 1e12)}};

/// Floating point operations; per time they are a rate of computing. Lower case, singular.
inline constexpr Known flops[] = {{"flop", flop_unit("flops", 1e-9)},   {"kflop", flop_unit("kflops", 1e-6)},
                                  {"mflop", flop_unit("mflops", 1e-3)}, {"gflop", flop_unit("gflops", 1)},
                                  {"tflop", flop_unit("tflops", 1e3)},  {"pflop", flop_unit("pflops", 1e6)},
                                  {"eflop", flop_unit("eflops", 1e9)}};

/// What is counted; lower case, singular. "7 allocs/op", "12 iter/sec", "1.2 Mops/s".
inline constexpr auto nouns = std::to_array<std::string_view>(
    {"acceptance",  "activation",   "actor",        "agent",        "allele",     "alloc",      "allocation",
     "atom",        "backup",       "bar",          "base",         "batch",      "beat",       "benchmark",
     "block",       "board",        "body",         "bounce",       "box",        "build",      "call",
     "callback",    "card",         "case",         "cell",         "char",       "character",  "chip",
     "chord",       "chunk",        "cipher",       "class",        "click",      "client",     "clip",
     "clock",       "clone",        "closure",      "cluster",      "coin",       "col",        "collection",
     "column",      "commit",       "compaction",   "compilation",  "compile",    "component",  "conformer",
     "conn",        "connection",   "constraint",   "container",    "context",    "conv",       "copy",
     "core",        "coroutine",    "count",        "cpu",          "credit",     "cycle",      "datapoint",
     "datum",       "decryption",   "delete",       "deploy",       "detection",  "device",     "doc",
     "dock",        "document",     "download",     "draft",        "draw",       "drop",       "edge",
     "elem",        "element",      "email",        "embedding",    "encryption", "entry",      "epoch",
     "error",       "eval",         "evaluation",   "event",        "eviction",   "evt",        "expert",
     "face",        "failure",      "fault",        "feature",      "fft",        "file",       "flow",
     "flush",       "force",        "fork",         "frame",        "fsync",      "function",   "future",
     "game",        "gas",          "gate",         "gaussian",     "gc",         "gemm",       "gen",
     "gene",        "generation",   "get",          "glyph",        "goroutine",  "gpu",        "grad",
     "gradient",    "graph",        "grid",         "group",        "handshake",  "hash",       "head",
     "history",     "hit",          "hop",          "host",         "image",      "img",        "individual",
     "inference",   "insert",       "insn",         "inst",         "instance",   "instr",      "instruction",
     "interaction", "interrupt",    "invocation",   "ip",           "irq",        "it",         "item",
     "iter",        "iteration",    "job",          "kernel",       "key",        "keypoint",   "kmer",
     "label",       "landmark",     "lattice",      "launch",       "layer",      "layout",     "lex",
     "ligand",      "line",         "lock",         "log",          "lookup",     "loop",       "lup",
     "mail",        "map",          "mapping",      "match",        "matmul",     "matrix",     "measurement",
     "member",      "merge",        "mesh",         "message",      "method",     "metric",     "miss",
     "molecule",    "move",         "msg",          "mutation",     "mutex",      "neuron",     "neutron",
     "node",        "note",         "notification", "obj",          "object",     "op",         "operation",
     "order",       "packet",       "page",         "paint",        "pair",       "param",      "parameter",
     "parse",       "particle",     "partition",    "pass",         "patch",      "pause",      "peak",
     "photon",      "picture",      "ping",         "pix",          "pixel",      "pkt",        "player",
     "playout",     "pod",          "point",        "poll",         "poly",       "polygon",    "pop",
     "population",  "pose",         "position",     "posting",      "prediction", "preemption", "probe",
     "proc",        "process",      "promise",      "prompt",       "proof",      "publish",    "pull",
     "push",        "put",          "px",           "query",        "ray",        "read",       "rebuild",
     "rec",         "record",       "region",       "render",       "repaint",    "req",        "request",
     "residue",     "resp",         "response",     "restart",      "restore",    "retry",      "robot",
     "rollout",     "round",        "route",        "row",          "rsp",        "rule",       "run",
     "sample",      "scan",         "scene",        "seek",         "segment",    "sentence",   "seq",
     "sequence",    "series",       "session",      "set",          "shard",      "share",      "shot",
     "sign",        "signature",    "sim",          "simulation",   "site",       "slice",      "snapshot",
     "socket",      "span",         "spawn",        "spectrum",     "spike",      "spin",       "splat",
     "step",        "subscription", "sweep",        "switch",       "synapse",    "sync",       "syscall",
     "t",           "tag",          "task",         "term",         "test",       "thread",     "tick",
     "ticket",      "tile",         "time",         "timeout",      "timestep",   "tok",        "token",
     "tokeniser",   "trace",        "track",        "trade",        "tran",       "trans",      "transaction",
     "transfer",    "transform",    "tri",          "trial",        "triangle",   "tuple",      "turn",
     "tx",          "txn",          "upd",          "update",       "upload",     "user",       "utterance",
     "value",       "variant",      "vector",       "verification", "verify",     "vert",       "vertex",
     "video",       "view",         "visit",        "vm",           "voxel",      "waypoint",   "weight",
     "widget",      "witness",      "word",         "worker",       "write"});

/// Known units without conversion; as written.
inline constexpr auto plain = std::to_array<std::string_view>({"x",
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

inline constexpr Unit percent = {"percent", UnitFamily::percent, 1};

}  // namespace perftrend::metrics::unit_tables
