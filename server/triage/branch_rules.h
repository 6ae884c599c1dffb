#pragma once
// Rules for branches and lanes: the [[branches]] and [[lanes]] tables of a policy file, then those of a project's own
// policy.
//
//   [[branches]]
//   project = "engine_*"                # pattern with * and ?; default "*"; only in the server's file
//   default_branch = "main"             # which branch has the project's headline
//   long_lived = ["release/*", "lts"]   # patterns of branches with a baseline of their own; default ["release/*"]
//
//   [[lanes]]
//   project = "*"                       # as above
//   testbed = "nightly-*"               # pattern; default "*"
//   branch = "main"                     # pattern; default "*"
//   expect_every = "1d"                 # a run is missing where none came for so long: 30m, 12h, 1d, 2w; or "never"
//
// The last matching table that sets a value wins.

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perftrend::triage {

class BranchRules {
 public:
  /// Branches that are long-lived where no rule says otherwise, in addition to the default branch.
  static constexpr std::string_view long_lived_default = "release/*";

  /// Reads the tables [[branches]] and [[lanes]] of a policy file; its other tables are not looked at. `own`: the file
  /// is the policy of one project and names no project. The error is one line: source:line:column and the cause.
  static tl::expected<BranchRules, std::string> parse(std::string_view toml, std::string_view source, bool own);

  /// These rules and then the other ones.
  void append(const BranchRules& later);

  /// nullopt where no rule names one.
  [[nodiscard]] std::optional<std::string> default_branch(std::string_view project) const;
  /// Patterns of the long-lived branches, without the default branch.
  [[nodiscard]] std::vector<std::string> long_lived(std::string_view project) const;
  /// Patterns of the long-lived branches of any project, each once.
  [[nodiscard]] std::vector<std::string> all_long_lived() const;
  /// The declared time between two runs of a lane; 0: "never"; nullopt: not declared.
  [[nodiscard]] std::optional<std::int64_t> expect_every_us(std::string_view project, std::string_view testbed,
                                                            std::string_view branch) const;

 private:
  struct BranchRule {
    std::string project = "*";
    std::optional<std::string> default_branch;
    std::optional<std::vector<std::string>> long_lived;
  };
  struct LaneRule {
    std::string project = "*", testbed = "*", branch = "*";
    std::int64_t expect_every_us = 0;
  };
  friend struct BranchRulesReader;

  std::vector<BranchRule> branches_;
  std::vector<LaneRule> lanes_;
};

}  // namespace perftrend::triage
