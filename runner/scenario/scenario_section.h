#pragma once
// Reading one table of the scenario file: present keys are checked and read, missing ones keep their default. Errors
// are thrown as InvalidScenario within scenario*.cpp only, which keeps the reading code a plain list of keys;
// parse_scenario converts them to a value.

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace perftrend::runner {

struct InvalidScenario {
  std::string cause;
  toml::source_position at;
};

[[noreturn]] void refuse(const toml::source_position& at, std::string cause);
[[noreturn]] void refuse(const toml::node& node, std::string cause);

/// One table of the file with its name; "" for the file itself.
struct Section {
  const toml::table& table;
  std::string name;

  /// "engine.url"
  [[nodiscard]] std::string path(std::string_view key) const;
};

void only_keys(const Section& section, const std::vector<std::string>& known);
const toml::node& required(const Section& section, std::string_view key);

std::string text_of(const toml::node& node, const std::string& path);
double number_of(const toml::node& node, const std::string& path);

void read_text(const Section& section, std::string_view key, std::string& out);
void read_whole(const Section& section, std::string_view key, std::int64_t min, std::int64_t max, int& out);
void read_positive(const Section& section, std::string_view key, double& out);
/// Calls `read` with the table `key`, if there is one.
void read_table(const Section& section, std::string_view key, const std::function<void(const Section&)>& read);

}  // namespace perftrend::runner
