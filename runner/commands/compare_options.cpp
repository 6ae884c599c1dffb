#include <memory>

#include "runner/commands/options.h"

namespace perftrend::runner {

CheckOptions declare_compare(ArgumentParser& parser) {
  struct CompareArguments {
    CompareOptions options;
    std::optional<std::string> format;
  };
  const auto given = std::make_shared<CompareArguments>();
  Arguments arguments = parser.add_command(
      "compare", "Compare two reports offline; with at least nine, judge the last one as the server would");
  arguments.operands("FILE", given->options.files, 2, "reports, oldest first: two, or a history of at least nine");
  arguments.choice("--format", given->format, {"text", "json"}, "text or json (default text)");
  arguments.flag("--fail-on-regression", given->options.fail_on_regression, "exit code 5 when something regressed");
  return [given](const Variables&) -> CommandLine {
    CompareOptions compare = given->options;
    compare.json = given->format == "json";
    return compare;
  };
}

}  // namespace perftrend::runner
