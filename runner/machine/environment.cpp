#include "runner/machine/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "core/junit/vocabulary.h"
#include "core/metrics/facts.h"
#include "core/text/numbers.h"

namespace perftrend::runner {
namespace {

constexpr double kib_per_gib = 1024.0 * 1024.0;

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string trimmed(const std::string& text) {
  return std::string(text::trim(text));
}

/// "name : value" lines; the first one of each name.
std::map<std::string, std::string> read_fields(const std::filesystem::path& file) {
  std::map<std::string, std::string> fields;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon != std::string::npos) fields.emplace(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

/// In whole GiB: the kernel reserves slightly different amounts at each boot.
std::string memory_total_gib(const std::filesystem::path& root) {
  const auto fields = read_fields(root / "proc/meminfo");
  const auto total = fields.find("MemTotal");
  double kib = 0;
  if (total == fields.end() || !(std::istringstream(total->second) >> kib)) return "";
  return fmt::format("{:.0f}", std::round(kib / kib_per_gib));
}

/// "none" on bare metal; else the hypervisor as the firmware names it, and the container if there is one.
std::string virtualisation(const std::filesystem::path& root, const std::string& cpu_flags) {
  std::string found;
  if ((" " + cpu_flags + " ").find(" hypervisor ") != std::string::npos) {
    const std::string vendor = trimmed(first_line(root / "sys/class/dmi/id/sys_vendor"));
    found = vendor.empty() ? "virtual machine" : fmt::format("virtual machine ({})", vendor);
  }
  std::error_code ignored;
  std::string container;
  if (std::filesystem::exists(root / ".dockerenv", ignored))
    container = "docker";
  else if (std::filesystem::exists(root / "run/.containerenv", ignored))
    container = "podman";
  else
    container = trimmed(first_line(root / "run/systemd/container"));
  if (!container.empty()) found += (found.empty() ? "" : ", ") + fmt::format("container ({})", container);
  return found.empty() ? "none" : found;
}

/// A build is the subject of the measurement; everything else says how it was run.
std::string_view prefix_of_engine(const std::string& name) {
  const auto kind = metrics::classify_fact(fmt::format("{}{}", junit::property_name::environment_prefix, name));
  return kind == metrics::FactKind::subject ? junit::property_name::subject_prefix
                                            : junit::property_name::configuration_prefix;
}

}  // namespace

junit::Properties fingerprint(const std::filesystem::path& root, const Cores& cores, const EngineInfo& engine) {
  const auto cpu = read_fields(root / "proc/cpuinfo");
  const auto field = [&](const char* name) {
    const auto found = cpu.find(name);
    return found == cpu.end() ? std::string() : found->second;
  };
  junit::Properties properties;
  const auto add = [&](std::string_view name, std::string value) {
    if (!value.empty())
      properties.emplace_back(fmt::format("{}{}", junit::property_name::environment_prefix, name), std::move(value));
  };
  add("cpu_model", field("model name"));
  add("cpu_microcode", field("microcode"));
  add("cores", std::to_string(cores.available));
  add("cores_online", std::to_string(cores.online));
  for (auto& [name, value] : settings(root))
    add(name, std::move(value));
  add("memory_total_gib", memory_total_gib(root));
  add("kernel", trimmed(first_line(root / "proc/sys/kernel/osrelease")));
  add("virtualisation", virtualisation(root, field("flags")));
  const auto add_of_engine = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) properties.emplace_back(fmt::format("{}{}", prefix_of_engine(name), name), value);
  };
  add_of_engine("engine", engine.name);
  add_of_engine("engine_build", engine.build);
  for (const auto& [name, value] : engine.parameters)
    add_of_engine("engine_" + name, value);
  return properties;
}

junit::Properties settings(const std::filesystem::path& root) {
  junit::Properties known{
      {"governor", trimmed(first_line(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"))},
      {"smt", smt_state(root)},
      {"turbo", turbo_state(root)},
      {"huge_pages", huge_pages_state(root)}};
  known.erase(std::remove_if(known.begin(), known.end(), [](const auto& each) { return each.second.empty(); }),
              known.end());
  return known;
}

std::string smt_state(const std::filesystem::path& root) {
  const std::string active = trimmed(first_line(root / "sys/devices/system/cpu/smt/active"));
  return active == "1" ? "on" : active == "0" ? "off" : "";
}

std::string turbo_state(const std::filesystem::path& root) {
  // Intel's driver has the opposite meaning.
  const std::string none = trimmed(first_line(root / "sys/devices/system/cpu/intel_pstate/no_turbo"));
  if (!none.empty()) return none == "0" ? "on" : "off";
  const std::string boost = trimmed(first_line(root / "sys/devices/system/cpu/cpufreq/boost"));
  return boost.empty() ? "" : boost == "1" ? "on" : "off";
}

std::string huge_pages_state(const std::filesystem::path& root) {
  const std::string choices =
      first_line(root / "sys/kernel/mm/transparent_hugepage/enabled");  // always [madvise] never
  const auto begin = choices.find('[');
  const auto end = choices.find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return "";
  return choices.substr(begin + 1, end - begin - 1);
}

junit::Properties machine_state(const LoadState& before, const std::optional<LoadDuringRun>& during,
                                const LoadState& after, std::int64_t timer_resolution_ns) {
  junit::Properties properties;
  const auto add = [&](std::string_view name, const auto& value) {
    if (value) properties.emplace_back(fmt::format("machine.{}", name), fmt::format("{}", *value));
  };
  const auto rounded = [](double value) { return std::optional(std::round(value * 1000) / 1000); };
  add("load_before", before.load1);
  add("load_after", after.load1);
  const auto others = [](const LoadState& state) {
    return state.others_running ? std::optional(std::max(0, *state.others_running)) : std::nullopt;
  };
  add("others_running_before", others(before));
  add("others_running_after", others(after));
  if (during) {
    add("others_running_mean", rounded(during->others_mean));
    add("others_running_max", std::optional(during->others_max));
    add("load_samples", std::optional(during->samples));
    if (during->steal_percent) add("steal_percent", rounded(*during->steal_percent));
    add("involuntary_switches", during->involuntary_switches);
    if (during->pressure_percent) add("pressure_percent", rounded(*during->pressure_percent));
    add("throttles", during->throttles);
    add("quota_stops", during->quota_stops);
    add("mhz_min", during->mhz_min);
    add("mhz_max", during->mhz_max);
    add("measured_seconds", rounded(during->seconds));
  }
  add("timer_resolution_ns", std::optional(timer_resolution_ns));
  return properties;
}

}  // namespace perftrend::runner
