#include "runner/scenario/scenario.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <string>

#include "runner/scenario/metric_names.h"
#include "runner/scenario/scenario_engine.h"
#include "runner/scenario/scenario_section.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t name_bytes_max = 100;

void read_names(const Section& section, Scenario& scenario) {
  const auto plain = [&](std::string_view key, const std::string& name) {
    if (!is_plain_name(name)) {
      refuse(required(section, key), fmt::format("'{}' must be 1 to {} letters, digits, '.', '_' or '-' and start with "
                                                 "a letter, a digit or '_'",
                                                 key, name_bytes_max));
    }
  };
  scenario.name = text_of(required(section, "name"), "name");
  plain("name", scenario.name);
  scenario.project = scenario.name;
  read_text(section, "project", scenario.project);
  const std::string_view project_key = section.table.contains("project") ? "project" : "name";
  plain(project_key, scenario.project);
  if (scenario.project.front() == '_') {
    refuse(required(section, project_key),
           fmt::format("project '{}': a project must begin with a letter or a digit", scenario.project));
  }
  read_text(section, "description", scenario.description);
}

void read_prompts(const Section& section, Scenario& scenario) {
  // A program that measures by itself has its own.
  if (!section.table.contains("prompts") && section.table.at_path("engine.name").value_or(std::string()) == "command")
    return;
  const toml::node& node = required(section, "prompts");
  const toml::array* prompts = node.as_array();
  if (prompts == nullptr || prompts->empty() || prompts->size() > static_cast<std::size_t>(prompts_max)) {
    refuse(node, fmt::format("'prompts' must be a list of 1 to {} texts", prompts_max));
  }
  for (const toml::node& each : *prompts) {
    std::string prompt = text_of(each, fmt::format("prompts[{}]", scenario.prompts.size()));
    if (prompt.empty() || prompt.size() > static_cast<std::size_t>(prompt_bytes_max)) {
      refuse(each, fmt::format("'prompts[{}]' must have 1 to {} bytes", scenario.prompts.size(), prompt_bytes_max));
    }
    scenario.prompts.push_back(std::move(prompt));
  }
}

std::vector<std::string> metric_keys(std::initializer_list<const char*> further, const std::vector<std::string>& more) {
  std::vector<std::string> keys(expected_metrics.begin(), expected_metrics.end());
  keys.insert(keys.end(), further.begin(), further.end());
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

Limits read_limits_of_engine(const Section& section) {
  Limits limits;
  for (const auto metric : expected_metrics) {
    const auto* node = section.table.get(metric);
    if (node == nullptr) continue;
    const toml::array* pair = node->as_array();
    if (pair == nullptr || pair->size() != 2) {
      refuse(*node,
             fmt::format("'{}' must be a list of two numbers, the minimum and the maximum", section.path(metric)));
    }
    const Range range{number_of(*pair->get(0), section.path(metric)), number_of(*pair->get(1), section.path(metric))};
    if (range.min < 0 || range.min > range.max) {
      refuse(*node, fmt::format("'{}' must be two numbers >= 0, the minimum first", section.path(metric)));
    }
    limits.emplace(metric, range);
  }
  return limits;
}

Baselines read_baselines_of_engine(const Section& section, double tolerance_percent) {
  Baselines baselines{{}, tolerance_percent};
  for (const auto metric : expected_metrics) {
    if (!section.table.contains(metric)) continue;
    double expected = 0;
    read_positive(section, metric, expected);
    baselines.expected.emplace(metric, expected);
  }
  read_positive(section, "tolerance_percent", baselines.tolerance_percent);
  return baselines;
}

void read_expectations(const Section& section, const std::vector<std::string>& engines, Scenario& scenario) {
  read_table(section, "limits", [&](const Section& table) {
    only_keys(table, metric_keys({}, engines));
    scenario.limits[""] = read_limits_of_engine(table);
    for (const auto& engine : engines) {
      read_table(table, engine, [&](const Section& of_engine) {
        only_keys(of_engine, metric_keys({}, {}));
        scenario.limits[engine] = read_limits_of_engine(of_engine);
      });
    }
  });
  read_table(section, "baselines", [&](const Section& table) {
    only_keys(table, metric_keys({"tolerance_percent"}, engines));
    scenario.baselines[""] = read_baselines_of_engine(table, Baselines{}.tolerance_percent);
    for (const auto& engine : engines) {
      read_table(table, engine, [&](const Section& of_engine) {
        only_keys(of_engine, metric_keys({"tolerance_percent"}, {}));
        scenario.baselines[engine] = read_baselines_of_engine(of_engine, scenario.baselines.at("").tolerance_percent);
      });
    }
  });
}

void read_repeats(const Section& section, Scenario& scenario) {
  read_whole(section, "repeats", 1, repeats_max, scenario.repeats);
  for (const char* key : {"repeats_max", "budget_s"}) {
    if (section.table.contains(key) && !section.table.contains("precision_percent"))
      refuse(*section.table.get(key), fmt::format("'{}' has no effect without 'precision_percent'", key));
  }
  if (section.table.contains("precision_percent")) {
    scenario.precision_percent.emplace();
    read_positive(section, "precision_percent", *scenario.precision_percent);
  }
  scenario.repeats_max = std::max(scenario.repeats, default_repeats_max);
  read_whole(section, "repeats_max", scenario.repeats, repeats_max, scenario.repeats_max);
  read_positive(section, "budget_s", scenario.budget_s);
  if (scenario.budget_s > budget_s_max)
    refuse(*section.table.get("budget_s"), fmt::format("'budget_s' must be at most {:.0f}", budget_s_max));
  if (const auto* nonce = section.table.get("nonce")) {
    scenario.nonce = nonce->value_exact<bool>();
    if (!scenario.nonce) refuse(*nonce, "'nonce' must be true or false");
  }
}

void read_fitness(const Section& table, Thresholds& thresholds) {
  const std::initializer_list<std::pair<const char*, double*>> keys{
      {"others_per_core_max", &thresholds.others_per_core_max},
      {"steal_percent_max", &thresholds.steal_percent_max},
      {"pressure_percent_max", &thresholds.pressure_percent_max},
      {"involuntary_switches_per_s_max", &thresholds.involuntary_switches_per_s_max}};
  std::vector<std::string> names;
  for (const auto& [name, value] : keys)
    names.emplace_back(name);
  only_keys(table, names);
  for (const auto& [name, value] : keys)
    read_positive(table, name, *value);
}

/// A text that is not blank.
std::string nonblank_text(const toml::node& node, const std::string& path) {
  std::string text = text_of(node, path);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) refuse(node, fmt::format("'{}' must not be blank", path));
  return text;
}

void read_quarantine(const Section& table, Scenario& scenario) {
  only_keys(table, {"reason", "owner", "expiry", "cases"});
  scenario.quarantine.reason = nonblank_text(required(table, "reason"), table.path("reason"));
  scenario.quarantine.owner = nonblank_text(required(table, "owner"), table.path("owner"));
  if (const auto* cases = table.table.get("cases")) {
    const toml::array* patterns = cases->as_array();
    if (patterns == nullptr || patterns->empty())
      refuse(*cases, "'quarantine.cases' must be a list of at least one pattern");
    for (const toml::node& each : *patterns)
      scenario.quarantine.cases.push_back(text_of(each, table.path("cases")));
  }
  const auto* expiry = table.table.get("expiry");
  if (expiry == nullptr) return;
  const auto date = expiry->value_exact<toml::date>();
  if (!date) refuse(*expiry, "'quarantine.expiry' must be a date without quotes (e.g. 2027-03-31)");
  scenario.quarantine.expiry = std::chrono::year_month_day{
      std::chrono::year{date->year}, std::chrono::month{date->month}, std::chrono::day{date->day}};
}

Scenario read_scenario(const Section& section, const std::vector<std::string>& engines) {
  only_keys(section, {"name", "project", "description", "prompts", "generate_tokens", "warmup", "repeats",
                      "precision_percent", "repeats_max", "budget_s", "nonce", "load_factor_max", "fitness", "engine",
                      "limits", "baselines", "quarantine"});
  Scenario scenario;
  read_names(section, scenario);
  read_prompts(section, scenario);
  read_whole(section, "generate_tokens", 1, generate_tokens_max, scenario.generate_tokens);
  read_whole(section, "warmup", 0, warmup_max, scenario.warmup);
  read_repeats(section, scenario);
  read_positive(section, "load_factor_max", scenario.thresholds.load_factor_max);
  read_table(section, "fitness", [&](const Section& table) { read_fitness(table, scenario.thresholds); });
  read_table(section, "engine", [&](const Section& table) { read_engine(table, engines, scenario); });
  read_expectations(section, engines, scenario);
  read_table(section, "quarantine", [&](const Section& table) { read_quarantine(table, scenario); });
  return scenario;
}

template <typename Map>
const typename Map::mapped_type& for_engine(const Map& by_engine, std::string_view engine) {
  static const typename Map::mapped_type none{};
  auto found = by_engine.find(engine);
  if (found == by_engine.end()) found = by_engine.find("");
  return found == by_engine.end() ? none : found->second;
}

}  // namespace

std::string Scenario::engine_url() const {
  if (engine == "llama-server") return engine_options.llama_server.url;
  return engine == "openai" ? engine_options.openai.url : "";
}

const Limits& Scenario::limits_for(std::string_view engine_name) const {
  return for_engine(limits, engine_name);
}

const Baselines& Scenario::baselines_for(std::string_view engine_name) const {
  return for_engine(baselines, engine_name);
}

std::string to_string(const ScenarioError& error) {
  if (error.line == 0) return fmt::format("{}: {}", error.file, error.cause);
  return fmt::format("{}:{}:{}: {}", error.file, error.line, error.column, error.cause);
}

ScenarioResult parse_scenario(std::string_view toml, std::string_view file, const std::vector<std::string>& engines) {
  const auto error = [&](std::string cause, const toml::source_position& at) {
    return tl::unexpected(ScenarioError{std::move(cause), std::string(file), at.line, at.column});
  };
  try {
    const toml::table table = toml::parse(toml, file);
    return read_scenario({table, ""}, engines);
  } catch (const toml::parse_error& bad) {
    return error(std::string(bad.description()), bad.source().begin);
  } catch (const InvalidScenario& refused) {
    return error(refused.cause, refused.at);
  }
}

ScenarioResult load_scenario(const std::string& file, const std::vector<std::string>& engines) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::array<char, 65'536> part{};
  while (text.size() <= scenario_bytes_max && (in.read(part.data(), part.size()), in.gcount() > 0))
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) return tl::unexpected(ScenarioError{"cannot be read", file});
  if (text.empty()) return tl::unexpected(ScenarioError{"is empty", file});
  if (text.size() > scenario_bytes_max) {
    return tl::unexpected(ScenarioError{fmt::format("has more than {} bytes", scenario_bytes_max), file});
  }
  return parse_scenario(text, file, engines);
}

bool is_plain_name(std::string_view name) {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= name_bytes_max && alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return alphanumeric(c) || c == '.' || c == '-'; });
}

}  // namespace perftrend::runner
