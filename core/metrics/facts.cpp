#include "core/metrics/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "core/junit/vocabulary.h"
#include "core/metrics/name_words.h"
#include "core/metrics/units.h"
#include "core/text/numbers.h"

namespace perftrend::metrics {

namespace {

using junit::property_name::configuration_prefix;
using junit::property_name::environment_prefix;
using junit::property_name::subject_prefix;

/// Names that belong to other parts of the dialect, and variables of CI systems (coordinates.cpp reads some of both).
constexpr std::array<std::string_view, 19> foreign_prefixes = {
    "perftrend.", "machine.",   "measure.", "env.",   "java.",   "sun.",       "user.",    "file.",  "GITHUB_", "CI_",
    "CIRCLE_",    "BUILDKITE_", "TRAVIS_",  "DRONE_", "GITLAB_", "BITBUCKET_", "JENKINS_", "BUILD_", "GIT_"};

enum class Match {
  whole,   ///< the whole name
  ending,  ///< the whole name or its last words
  words,   ///< as `ending`, but only where the value is not a number: "cpu" may be a load, "memory" an amount
};

struct FactRow {
  std::string_view name;  ///< words joined by '_'
  Match match = Match::ending;
  bool with_unit_too = false;  ///< stays this kind even with a unit: "timeout_ms"
};

/// The machine.
constexpr FactRow environment_rows[] = {{"cpu", Match::words},
                                        {"gpu", Match::words},
                                        {"memory", Match::words},
                                        {"ram", Match::words},
                                        {"disk", Match::words},
                                        {"machine", Match::words},
                                        {"cpu_model"},
                                        {"cpu_name"},
                                        {"cpu_info"},
                                        {"cpu_brand"},
                                        {"cpu_arch"},
                                        {"cpu_count"},
                                        {"num_cpu"},
                                        {"num_cpus"},
                                        {"ncpus"},
                                        {"cpus", Match::whole},
                                        {"cores"},
                                        {"cores_online"},
                                        {"core_count"},
                                        {"nproc"},
                                        {"sockets", Match::whole},
                                        {"numa_nodes"},
                                        {"arch"},
                                        {"architecture", Match::whole},
                                        {"microcode"},
                                        {"governor"},
                                        {"turbo", Match::whole},
                                        {"smt", Match::whole},
                                        {"hyperthreading"},
                                        {"cpu_scaling_enabled"},
                                        {"kernel", Match::whole},
                                        {"kernel_release"},
                                        {"os", Match::whole},
                                        {"os_name"},
                                        {"os_release"},
                                        {"os_image"},
                                        {"runner_image"},
                                        {"vm_image"},
                                        {"ami"},
                                        {"platform", Match::words},
                                        {"distro"},
                                        {"gpu_model"},
                                        {"gpu_name"},
                                        {"gpu_info"},
                                        {"gpu_type"},
                                        {"driver"},
                                        {"cuda", Match::whole},
                                        {"cudnn", Match::whole},
                                        {"rocm", Match::whole},
                                        {"compute_capability"},
                                        {"firmware"},
                                        {"bios"},
                                        {"glibc", Match::whole},
                                        {"libc", Match::whole},
                                        {"compiler"},
                                        {"toolchain"},
                                        {"virtualisation"},
                                        {"virtualization"},
                                        {"hypervisor"},
                                        {"instance_type"},
                                        {"machine_type"},
                                        {"memory_total"},
                                        {"total_memory"},
                                        {"mem_total"},
                                        {"memory_total_gib", Match::whole, true},
                                        {"huge_pages"}};

/// Which build was measured.
constexpr FactRow subject_rows[] = {
    {"commit"},       {"sha"},       {"git_sha"},       {"git_hash"},   {"git_describe"}, {"build"},
    {"build_number"}, {"build_num"}, {"build_no"},      {"build_info"}, {"build_id"},     {"build_label"},
    {"build_name"},   {"revision"},  {"rev"},           {"version"},    {"release"},      {"image_tag"},
    {"image_id"},     {"digest"},    {"container_tag"}, {"changeset"},  {"ver"},          {"image_digest"}};

/// How the subject was run.
constexpr FactRow configuration_rows[] = {
    {"model", Match::ending},
    {"model_name"},
    {"model_id"},
    {"model_type"},
    {"model_file"},
    {"model_filename"},
    {"model_path"},
    {"model_version"},
    {"model_revision"},
    {"model_size", Match::ending, true},
    {"model_bytes", Match::ending, true},
    {"model_ftype"},
    {"ftype"},
    {"model_params"},
    {"model_parameters"},
    {"model_n_params"},
    {"n_params"},
    {"num_params"},
    {"num_parameters"},
    {"params"},
    {"engine"},
    {"backend"},
    {"backends"},
    {"quantisation"},
    {"quantization"},
    {"quant", Match::whole},
    {"dtype"},
    {"precision", Match::words},
    {"type_k"},
    {"type_v"},
    {"device", Match::words},
    {"threads"},
    {"thread_count"},
    {"nthreads"},
    {"workers"},
    {"worker_count"},
    {"processes"},
    {"procs"},
    {"replicas"},
    {"clients"},
    {"users"},
    {"vus"},
    {"concurrency"},
    {"concurrent"},
    {"connections", Match::whole},
    {"num_connections"},
    {"max_connections"},
    {"parallelism"},
    {"parallel"},
    {"parallel_size"},
    {"tp_size"},
    {"pp_size"},
    {"dp_size"},
    {"world_size"},
    {"batch"},
    {"batches", Match::whole},
    {"num_batches"},
    {"batch_size", Match::ending, true},
    {"batchsize"},
    {"ubatch"},
    {"ubatch_size", Match::ending, true},
    {"block_size"},
    {"chunk_size"},
    {"page_size"},
    {"window_size"},
    {"pool_size"},
    {"cache_size"},
    {"buffer_size"},
    {"queue_size"},
    {"tile_size"},
    {"group_size"},
    {"step_size"},
    {"hidden_size"},
    {"vocab_size"},
    {"input_size"},
    {"problem_size"},
    {"matrix_size"},
    {"grid_size"},
    {"data_size"},
    {"dataset_size"},
    {"payload_size"},
    {"message_size"},
    {"msg_size"},
    {"record_size"},
    {"value_size"},
    {"key_size"},
    {"sample_size"},
    {"queue_depth", Match::whole},
    {"iodepth"},
    {"io_depth"},
    {"ctx"},
    {"ctx_size"},
    {"context", Match::whole},
    {"context_size"},
    {"context_length"},
    {"max_model_len"},
    {"seq_len"},
    {"seqlen"},
    {"sequence_length"},
    {"input_len"},
    {"output_len"},
    {"prompt_len"},
    {"gpu_layers"},
    {"ngl"},
    {"layers"},
    {"heads"},
    {"experts"},
    {"num_gpus"},
    {"n_gpus"},
    {"ngpus"},
    {"gpu_count"},
    {"device_count"},
    {"num_devices"},
    {"num_nodes"},
    {"nnodes"},
    {"shard_count"},
    {"num_shards"},
    {"partitions"},
    {"tensor_split"},
    {"main_gpu"},
    {"split_mode"},
    {"flash_attn"},
    {"flash_attention"},
    {"use_mmap"},
    {"mmap", Match::whole},
    {"mlock"},
    {"numa", Match::whole},
    {"no_kv_offload"},
    {"embeddings", Match::whole},
    {"cpu_mask"},
    {"cpu_strict"},
    {"poll", Match::whole},
    {"n_predict"},
    {"n_prompt"},
    {"n_gen"},
    {"n_depth"},
    {"n_seqs"},
    {"num_seqs"},
    {"num_prompts"},
    {"n_prompts"},
    {"num_requests"},
    {"n_requests"},
    {"max_tokens"},
    {"min_tokens", Match::whole},
    {"max_new_tokens"},
    {"temperature", Match::whole},
    {"sampling_temperature"},
    {"top_k", Match::whole},
    {"top_p", Match::whole},
    {"min_p", Match::whole},
    {"penalty"},
    {"num_beams"},
    {"beam_width"},
    {"compression_level"},
    {"opt_level"},
    {"optimization_level"},
    {"build_type"},
    {"build_mode"},
    {"build_profile"},
    {"build_flags"},
    {"build_config"},
    {"cflags"},
    {"cxxflags"},
    {"ldflags"},
    {"options", Match::whole},
    {"flags", Match::whole},
    {"allocator"},
    {"dataset", Match::words},
    {"workload", Match::words},
    {"slots", Match::whole},
    {"n_slots"},
    {"total_slots"},
    {"prefill_source"},
    {"threshold", Match::ending, true},
    {"target", Match::ending, true},
    {"memory_limit", Match::ending, true},
    {"limit", Match::ending, true},
};

/// What says neither how fast nor how: identities, and how often and how long was measured.
constexpr FactRow ignored_rows[] = {{"iterations"},
                                    {"iters"},
                                    {"iteration"},
                                    {"rounds"},
                                    {"repeats"},
                                    {"repeat"},
                                    {"repetitions"},
                                    {"reps"},
                                    {"trials"},
                                    {"runs"},
                                    {"samples"},
                                    {"sample_count"},
                                    {"warmup"},
                                    {"warmups"},
                                    {"warmup_rounds"},
                                    {"warmup_iterations"},
                                    {"timeout", Match::ending, true},
                                    {"timeouts_configured"},
                                    {"deadline", Match::ending, true},
                                    {"budget", Match::ending, true},
                                    {"passed"},
                                    {"total", Match::whole},
                                    {"skipped"},
                                    {"tests"},
                                    {"test_count"},
                                    {"total_count"},
                                    {"pass_count"},
                                    {"passed_count"},
                                    {"tests_passed"},
                                    {"tests_run"},
                                    {"tests_total"},
                                    {"total_tests"},
                                    {"cases", Match::whole},
                                    {"line"},
                                    {"lineno"},
                                    {"column"},
                                    {"col"},
                                    {"port"},
                                    {"ports"},
                                    {"seed"},
                                    {"nonce"},
                                    {"number"},
                                    {"no"},
                                    {"nr"},
                                    {"thread"},
                                    {"shard"},
                                    {"shards"},
                                    {"file"},
                                    {"retries"},
                                    {"retry"},
                                    {"rerun"},
                                    {"reruns"},
                                    {"attempt"},
                                    {"attempts"},
                                    {"index"},
                                    {"idx"},
                                    {"order"},
                                    {"priority"},
                                    {"severity"},
                                    {"issue"},
                                    {"ticket"},
                                    {"job"},
                                    {"worker"},
                                    {"exitcode"},
                                    {"exitvalue"},
                                    {"exit_code"},
                                    {"node"},
                                    {"asserts"},
                                    {"assertions"},
                                    {"code"},
                                    {"status"},
                                    {"rank"},
                                    {"row"},
                                    {"checksum"},
                                    {"hash"},
                                    {"year"},
                                    {"month"},
                                    {"day"},
                                    {"weekday"},
                                    {"url"},
                                    {"path"},
                                    {"branch"},
                                    {"ref"},
                                    {"round"},
                                    {"trial"},
                                    {"schema"},
                                    {"format"},
                                    {"hostname"},
                                    {"host", Match::words},
                                    {"host_name"},
                                    {"node_name"},
                                    {"pod_name"},
                                    {"runner_name"}};

/// Identify something, with or without a unit.
constexpr std::array<std::string_view, 15> identities = {"id",   "ids",       "uuid",     "guid",  "pid",
                                                         "ppid", "uid",       "gid",      "epoch", "tid",
                                                         "date", "timestamp", "datetime", "nonce", "serial"};

/// Before "version" and the like: the machine and its tools, not the subject.
constexpr std::array<std::string_view, 39> machine_tools = {
    "os",   "kernel", "linux", "windows", "macos",  "ubuntu", "debian",   "driver",     "cuda",    "cudnn",
    "nccl", "rocm",   "hip",   "bios",    "glibc",  "libc",   "compiler", "gcc",        "clang",   "llvm",
    "msvc", "python", "java",  "jdk",     "jvm",    "jre",    "node",     "nodejs",     "go",      "golang",
    "rust", "rustc",  "ruby",  "php",     "dotnet", "docker", "podman",   "kubernetes", "firmware"};

/// Before "version": says how a document is written.
constexpr std::array<std::string_view, 4> document_words = {"schema", "format", "report", "protocol"};

/// First words of dotted or slashed names that describe surroundings.
constexpr std::array<std::string_view, 12> surroundings = {"os",   "java",   "env",  "git",         "ci",   "github",
                                                           "user", "python", "node", "environment", "host", "vcs"};

/// After "max": limits that were set. "max_latency" and "max" of a time are metrics.
constexpr std::array<std::string_view, 15> limited = {"tokens",  "len",     "length",  "concurrency", "connections",
                                                      "clients", "threads", "workers", "seqs",        "requests",
                                                      "retries", "steps",   "epochs",  "users",       "iterations"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The longest row that matches a name.
struct Matched {
  const FactRow* row = nullptr;
  FactKind kind = FactKind::metric;
};

bool matches(const FactRow& row, std::string_view joined) {
  if (joined == row.name) return true;
  return row.match == Match::ending && joined.size() > row.name.size() && joined.ends_with(row.name) &&
         joined[joined.size() - row.name.size() - 1] == '_';
}

Matched find_row(std::string_view joined) {
  Matched best;
  const auto search = [&](std::span<const FactRow> rows, FactKind kind) {
    for (const FactRow& row : rows) {
      if ((best.row == nullptr || row.name.size() > best.row->name.size()) && matches(row, joined)) best = {&row, kind};
    }
  };
  search(ignored_rows, FactKind::ignored);
  search(configuration_rows, FactKind::configuration);
  search(subject_rows, FactKind::subject);
  search(environment_rows, FactKind::environment);
  return best;
}

/// What a name without prefix is, its unit left aside.
SortedName sort_words(const NameWords& words) {
  if (words.empty()) return {};
  if (is_one_of(words.last(), identities)) {
    const bool is_build = words.joined().ends_with("build_id") || words.joined().ends_with("image_id") ||
                          words.joined().ends_with("model_id");
    if (!is_build) return {FactKind::ignored, false};
  }
  if (words.first() == "target" || words.first() == "configured") return {FactKind::configuration, false};
  const Matched found = find_row(words.joined());
  if (found.row == nullptr) {
    const bool is_limit = (words.first() == "max" || words.first() == "maximum") && is_one_of(words.last(), limited);
    return is_limit ? SortedName{FactKind::configuration, true} : SortedName{};
  }
  SortedName sorted{found.kind, !found.row->with_unit_too, found.row->match == Match::words};
  if (found.kind == FactKind::subject) {
    if (words.size() > 1 && is_one_of(words[words.size() - 2], machine_tools)) sorted.kind = FactKind::environment;
    if (words.contains_any(document_words)) sorted.kind = FactKind::ignored;
  }
  return sorted;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() > prefix.size() && name.starts_with(prefix);
}

bool is_foreign(std::string_view name) {
  return std::any_of(foreign_prefixes.begin(), foreign_prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// A fact that was stated as part of the environment: the build of an engine is not, nor is how it was started.
FactKind kind_in_environment(std::string_view name) {
  const NameWords words(name);
  const FactKind kind = sort_words(words).kind;
  if (kind == FactKind::subject || kind == FactKind::configuration) return kind;
  if (!words.empty() && words.first() == "engine") return FactKind::configuration;
  return !words.empty() && is_one_of(words.last(), identities) ? FactKind::ignored : FactKind::environment;
}

SortedName sort_bare(std::string_view name) {
  if (name.starts_with("java.") || name.starts_with("os.")) {  // system properties of Java
    constexpr std::array<std::string_view, 6> machine = {"os.name",      "os.version",      "os.arch",
                                                         "java.version", "java.vm.version", "java.vm.name"};
    return {is_one_of(name, machine) ? FactKind::environment : FactKind::ignored, false};
  }
  if (is_foreign(name)) return {FactKind::ignored, true};
  const SortedName sorted = sort_words(NameWords(name));
  if (sorted.kind != FactKind::metric) return sorted;
  const std::size_t dot = name.find_first_of("./");
  if (dot == std::string_view::npos || dot == 0) return sorted;
  const NameWords before(name.substr(0, dot));
  return !before.empty() && is_one_of(before.last(), surroundings) ? SortedName{FactKind::ignored, true} : sorted;
}

}  // namespace

SortedName sort_name(std::string_view name) {
  if (has_prefix(name, environment_prefix)) return {kind_in_environment(name.substr(environment_prefix.size())), false};
  if (has_prefix(name, configuration_prefix)) return {FactKind::configuration, false};
  if (has_prefix(name, subject_prefix)) return {FactKind::subject, false};
  const std::size_t suffix = unit_suffix_bytes(name);
  SortedName sorted = sort_bare(name);
  if (suffix == 0) return sorted;
  if (sorted.kind != FactKind::metric && !sorted.unit_makes_metric) return sorted;
  sorted = sort_bare(name.substr(0, name.size() - suffix));
  return sorted.unit_makes_metric ? SortedName{} : sorted;
}

namespace {

bool is_number(std::string_view value) {
  value = text::trim(value);
  return text::parse_decimal_prefix(value).bytes > 0;
}

void put_in_order(std::vector<Property>& facts, text::Warnings& warnings) {
  std::stable_sort(facts.begin(), facts.end(), [](const Property& a, const Property& b) { return a.name < b.name; });
  const auto same = [&](const Property& a, const Property& b) {
    if (a.name != b.name) return false;
    if (a.value != b.value) {
      warnings.add(fmt::format("{} is stated as '{}' and as '{}'; the first is used", a.name,
                               text::shortened(a.value, 60), text::shortened(b.value, 60)));
    }
    return true;
  };
  facts.erase(std::unique(facts.begin(), facts.end(), same), facts.end());
}

}  // namespace

FactKind classify_fact(std::string_view name, std::string_view value) {
  const SortedName sorted = sort_name(name);
  if (sorted.only_as_text && (value.empty() || is_number(value))) return FactKind::metric;
  return sorted.kind;
}

std::string_view fact_name(std::string_view name) {
  for (const std::string_view prefix : {environment_prefix, configuration_prefix, subject_prefix}) {
    if (has_prefix(name, prefix)) return name.substr(prefix.size());
  }
  return name;
}

void sort_run_facts(const std::vector<Property>& properties, Coordinates& coordinates, text::Warnings& warnings) {
  for (const Property& property : properties) {
    if (text::trim(property.value).empty()) continue;
    const auto put = [&](std::vector<Property>& facts) {
      facts.push_back({std::string(fact_name(property.name)), property.value});
    };
    switch (classify_fact(property.name, property.value)) {
      case FactKind::environment:
        put(coordinates.environment);
        break;
      case FactKind::configuration:
        put(coordinates.configuration);
        break;
      case FactKind::subject:
        put(coordinates.subject);
        break;
      case FactKind::metric:
      case FactKind::ignored:
        break;
    }
  }
  for (std::vector<Property>* facts : {&coordinates.environment, &coordinates.configuration, &coordinates.subject})
    put_in_order(*facts, warnings);
}

}  // namespace perftrend::metrics
