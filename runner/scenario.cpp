#include "runner/scenario.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <sstream>

#include "runner/measures.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t name_bytes_max = 100;

/// Thrown inside of this file alone, so that the keys read as a list; parse_scenario makes a value of it.
struct Refused {
  std::string cause;
  toml::source_position at;
};

[[noreturn]] void refuse(const toml::source_position& at, std::string cause) {
  throw Refused{std::move(cause), at};
}

[[noreturn]] void refuse(const toml::node& node, std::string cause) {
  refuse(node.source().begin, std::move(cause));
}

/// One table of the file and its name, "" for the file itself.
struct Section {
  const toml::table& table;
  std::string name;

  [[nodiscard]] std::string path(std::string_view key) const {
    return name.empty() ? std::string(key) : fmt::format("{}.{}", name, key);
  }
};

void only_keys(const Section& section, const std::vector<std::string>& known) {
  for (const auto& [key, node] : section.table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
      refuse(key.source().begin,
             fmt::format("unknown key '{}'; known here: {}", section.path(key.str()), fmt::join(known, ", ")));
    }
  }
}

const toml::node& required(const Section& section, std::string_view key) {
  const toml::node* node = section.table.get(key);
  if (node == nullptr) refuse(section.table, fmt::format("key '{}' is missing", section.path(key)));
  return *node;
}

std::string text_of(const toml::node& node, const std::string& path) {
  const auto value = node.value_exact<std::string>();
  if (!value) refuse(node, fmt::format("'{}' must be a text", path));
  return *value;
}

double number_of(const toml::node& node, const std::string& path) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value)) refuse(node, fmt::format("'{}' must be a number", path));
  return *value;
}

void read_text(const Section& section, std::string_view key, std::string& out) {
  if (const auto* node = section.table.get(key)) out = text_of(*node, section.path(key));
}

void read_whole(const Section& section, std::string_view key, std::int64_t min, std::int64_t max, int& out) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return;
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < min || *value > max) {
    refuse(*node, fmt::format("'{}' must be a whole number from {} to {}", section.path(key), min, max));
  }
  out = static_cast<int>(*value);
}

void read_positive(const Section& section, std::string_view key, double& out) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return;
  out = number_of(*node, section.path(key));
  if (out <= 0) refuse(*node, fmt::format("'{}' must be above 0", section.path(key)));
}

/// Calls `read` with the table `key`, if there is one.
void read_table(const Section& section, std::string_view key, const std::function<void(const Section&)>& read) {
  const auto* node = section.table.get(key);
  if (node == nullptr) return;
  if (!node->is_table()) refuse(*node, fmt::format("'{}' must be a table", section.path(key)));
  read({*node->as_table(), section.path(key)});
}

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
  if (section.table.contains("project")) plain("project", scenario.project);
  read_text(section, "description", scenario.description);
}

void read_prompts(const Section& section, Scenario& scenario) {
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

std::vector<std::string> measure_keys(std::initializer_list<const char*> further,
                                      const std::vector<std::string>& more) {
  std::vector<std::string> keys(time_measures.begin(), time_measures.end());
  keys.insert(keys.end(), further.begin(), further.end());
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

Limits read_limits_of_engine(const Section& section) {
  Limits limits;
  for (const auto measure : time_measures) {
    const auto* node = section.table.get(measure);
    if (node == nullptr) continue;
    const toml::array* pair = node->as_array();
    if (pair == nullptr || pair->size() != 2) {
      refuse(*node,
             fmt::format("'{}' must be a list of two numbers, the least and the greatest", section.path(measure)));
    }
    const Range range{number_of(*pair->get(0), section.path(measure)), number_of(*pair->get(1), section.path(measure))};
    if (range.min < 0 || range.min > range.max) {
      refuse(*node, fmt::format("'{}' must be two numbers from 0 on, the least first", section.path(measure)));
    }
    limits.emplace(measure, range);
  }
  return limits;
}

Baselines read_baselines_of_engine(const Section& section, double tolerance_percent) {
  Baselines baselines{{}, tolerance_percent};
  for (const auto measure : time_measures) {
    if (!section.table.contains(measure)) continue;
    double expected = 0;
    read_positive(section, measure, expected);
    baselines.expected.emplace(measure, expected);
  }
  read_positive(section, "tolerance_percent", baselines.tolerance_percent);
  return baselines;
}

void read_expectations(const Section& section, const std::vector<std::string>& engines, Scenario& scenario) {
  read_table(section, "limits", [&](const Section& table) {
    only_keys(table, measure_keys({}, engines));
    scenario.limits[""] = read_limits_of_engine(table);
    for (const auto& engine : engines) {
      read_table(table, engine, [&](const Section& of_engine) {
        only_keys(of_engine, measure_keys({}, {}));
        scenario.limits[engine] = read_limits_of_engine(of_engine);
      });
    }
  });
  read_table(section, "baselines", [&](const Section& table) {
    only_keys(table, measure_keys({"tolerance_percent"}, engines));
    scenario.baselines[""] = read_baselines_of_engine(table, Baselines{}.tolerance_percent);
    for (const auto& engine : engines) {
      read_table(table, engine, [&](const Section& of_engine) {
        only_keys(of_engine, measure_keys({"tolerance_percent"}, {}));
        scenario.baselines[engine] = read_baselines_of_engine(of_engine, scenario.baselines.at("").tolerance_percent);
      });
    }
  });
}

void read_quarantine(const Section& table, Scenario& scenario) {
  only_keys(table, {"reason", "owner", "expiry"});
  scenario.quarantine.reason = text_of(required(table, "reason"), table.path("reason"));
  scenario.quarantine.owner = text_of(required(table, "owner"), table.path("owner"));
  const auto* expiry = table.table.get("expiry");
  if (expiry == nullptr) return;
  const auto date = expiry->value_exact<toml::date>();
  if (!date) refuse(*expiry, "'quarantine.expiry' must be a date without quotes, as 2027-03-31");
  scenario.quarantine.expiry = std::chrono::year_month_day{
      std::chrono::year{date->year}, std::chrono::month{date->month}, std::chrono::day{date->day}};
}

Scenario read_scenario(const Section& section, const std::vector<std::string>& engines) {
  only_keys(section, {"name", "project", "description", "prompts", "generate_tokens", "warmup", "repeats",
                      "load_factor_max", "engine", "limits", "baselines", "quarantine"});
  Scenario scenario;
  read_names(section, scenario);
  read_prompts(section, scenario);
  read_whole(section, "generate_tokens", 1, generate_tokens_max, scenario.generate_tokens);
  read_whole(section, "warmup", 0, warmup_max, scenario.warmup);
  read_whole(section, "repeats", 1, repeats_max, scenario.repeats);
  read_positive(section, "load_factor_max", scenario.load_factor_max);
  read_table(section, "engine", [&](const Section& table) {
    only_keys(table, {"name"});
    const toml::node& name = required(table, "name");
    scenario.engine = text_of(name, "engine.name");
    if (std::find(engines.begin(), engines.end(), scenario.engine) == engines.end()) {
      refuse(name, fmt::format("'engine.name' must be one of: {}", fmt::join(engines, ", ")));
    }
  });
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
  } catch (const Refused& refused) {
    return error(refused.cause, refused.at);
  }
}

ScenarioResult load_scenario(const std::string& file, const std::vector<std::string>& engines) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  if (in) text << in.rdbuf();
  if (!in || !text) return tl::unexpected(ScenarioError{"cannot be read", file});
  return parse_scenario(text.str(), file, engines);
}

bool is_plain_name(std::string_view name) {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= name_bytes_max && alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return alphanumeric(c) || c == '.' || c == '-'; });
}

}  // namespace perftrend::runner
