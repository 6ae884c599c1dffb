#pragma once
// Parser of the command line, a thin layer over CLI11: this header and arguments.cpp are the only files of the runner
// that compile it. Each command declares its options; each option names a variable that parsing fills and that must
// outlive parse().

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "runner/system/exit_codes.h"

namespace CLI {
class App;
}

namespace perftrend::runner {

/// Text to print instead of running a command: help, version, or what is wrong with the command line.
struct HelpOrError {
  std::string text;
  ExitCode code = ExitCode::ok;  ///< ok is printed on stdout, everything else on stderr
};

/// Thrown by checks of option values; the message is one line.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The options of one command. An option that is not given leaves its variable unchanged.
class Arguments {
 public:
  explicit Arguments(CLI::App& command) : command_(command) {}

  /// A repeated option overrides the earlier one; by default it is an error. Applies to options declared afterwards.
  void let_last_win();

  void operand(const std::string& name, std::string& value, bool is_required, const std::string& help);
  /// At least `count_min` (>= 1) values.
  void operands(const std::string& name, std::vector<std::string>& values, int count_min, const std::string& help);
  void flag(const std::string& name, bool& value, const std::string& help);
  void text(const std::string& name, std::string& value, const std::string& help);
  void text(const std::string& name, std::optional<std::string>& value, const std::string& help);
  /// May be given several times.
  void texts(const std::string& name, std::vector<std::string>& values, const std::string& help);
  void choice(const std::string& name, std::optional<std::string>& value, const std::vector<std::string>& known,
              const std::string& help);
  /// Not shown in the help.
  void hidden_choice(const std::string& name, std::optional<std::string>& value, const std::vector<std::string>& known);
  void whole(const std::string& name, std::optional<int>& value, int min, int max, const std::string& help);
  void number(const std::string& name, double& value, double min, double max, const std::string& help);
  /// A number with one of the units s, m and h.
  void duration(const std::string& name, double& seconds, double seconds_max, const std::string& help);

 private:
  CLI::App& command_;
};

class ArgumentParser {
 public:
  ArgumentParser(const std::string& program, const std::string& description, const std::string& footer);
  ~ArgumentParser();
  ArgumentParser(const ArgumentParser&) = delete;
  ArgumentParser& operator=(const ArgumentParser&) = delete;

  Arguments add_command(const std::string& name, const std::string& description);
  /// The name of the command that was given, or what to print instead.
  std::variant<std::string, HelpOrError> parse(const std::vector<std::string>& arguments);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace perftrend::runner
