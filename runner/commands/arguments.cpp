#include "runner/commands/arguments.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <limits>
#include <map>

namespace perftrend::runner {

void Arguments::let_last_win() {
  command_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void Arguments::operand(const std::string& name, std::string& value, bool is_required, const std::string& help) {
  command_.add_option(name, value, help)->required(is_required);
}

void Arguments::operands(const std::string& name, std::vector<std::string>& values, int count_min,
                         const std::string& help) {
  CLI::Option* option = command_.add_option(name, values, help)->required();
  if (count_min > 1) option->expected(count_min, std::numeric_limits<int>::max());
}

void Arguments::flag(const std::string& name, bool& value, const std::string& help) {
  command_.add_flag(name, value, help);
}

void Arguments::text(const std::string& name, std::string& value, const std::string& help) {
  command_.add_option(name, value, help);
}

void Arguments::text(const std::string& name, std::optional<std::string>& value, const std::string& help) {
  command_.add_option(name, value, help);
}

void Arguments::texts(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  command_.add_option(name, values, help)->allow_extra_args(false);
}

void Arguments::choice(const std::string& name, std::optional<std::string>& value,
                       const std::vector<std::string>& known, const std::string& help) {
  command_.add_option(name, value, help)->check(CLI::IsMember(known));
}

void Arguments::hidden_choice(const std::string& name, std::optional<std::string>& value,
                              const std::vector<std::string>& known) {
  command_.add_option(name, value)->check(CLI::IsMember(known))->group("");
}

void Arguments::whole(const std::string& name, std::optional<int>& value, int min, int max, const std::string& help) {
  command_.add_option(name, value, help)->check(CLI::Range(min, max));
}

void Arguments::number(const std::string& name, double& value, double min, double max, const std::string& help) {
  command_.add_option(name, value, help)->check(CLI::Range(min, max));
}

void Arguments::duration(const std::string& name, double& seconds, double seconds_max, const std::string& help) {
  command_.add_option(name, seconds, help)
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}},
                                        CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
      ->check(CLI::Range(0.0, seconds_max));
}

ArgumentParser::ArgumentParser(const std::string& program, const std::string& description, const std::string& footer)
    : app_(std::make_unique<CLI::App>(description, program)) {
  app_->footer(footer);
  app_->require_subcommand(1);
  app_->add_flag_callback(
      "--version", [] {}, "print the version");
}

ArgumentParser::~ArgumentParser() = default;

Arguments ArgumentParser::add_command(const std::string& name, const std::string& description) {
  CLI::App* command = app_->add_subcommand(name, description);
  command->footer(app_->get_footer());
  return Arguments(*command);
}

std::variant<std::string, HelpOrError> ArgumentParser::parse(const std::vector<std::string>& arguments) {
  const std::string program = app_->get_name();
  if (arguments.size() == 1 && arguments.front() == "--version")
    return HelpOrError{program + " " PERFTREND_VERSION "\n"};
  try {
    // CLI11 takes the list from its end.
    app_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return app_->get_subcommands().front()->get_name();
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app_->get_subcommands();
    return HelpOrError{chosen.empty() ? app_->help() : chosen.front()->help(program)};
  } catch (const CLI::ParseError& error) {
    return HelpOrError{program + ": " + error.what() + "; see " + program + " --help\n", ExitCode::usage};
  }
}

}  // namespace perftrend::runner
