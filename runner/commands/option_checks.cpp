#include "runner/commands/option_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <utility>

#include "core/metrics/coordinates.h"
#include "core/time/rfc3339.h"
#include "runner/scenario/scenario.h"

namespace perftrend::runner {
namespace {

constexpr double mock_ms_max = 60'000;

void to_utc(const char* option, std::string& time) {
  if (time.empty()) return;
  const auto parsed = times::parse_rfc3339(time);
  if (!parsed)
    throw UsageError(fmt::format("{}: '{}' is not an RFC 3339 time (e.g. 2026-11-23T02:00:00Z)", option, time));
  time = times::to_rfc3339(*parsed);
}

std::uint64_t read_seed(const Variables& variables) {
  const std::string text = value_of(variables, "BITNET_SEED");
  if (text.empty()) return default_seed;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size())
    throw UsageError(fmt::format("BITNET_SEED: '{}' is not a whole number >= 0", text));
  return seed;
}

}  // namespace

void declare_engine(Arguments& arguments, ScenarioChoice& choice) {
  arguments.choice("--engine", choice.engine, engine_names(), "engine instead of the scenario's");
}

void declare_repeats(Arguments& arguments, ScenarioChoice& choice) {
  arguments.whole("--repeats", choice.repeats, 1, static_cast<int>(repeats_max),
                  "measured rounds instead of the scenario's");
}

void declare_mock(Arguments& arguments, ScenarioChoice& choice) {
  MockOptions& mock = choice.engine_options.mock;
  arguments.number("--mock-tokenize-ms", mock.tokenize_ms, 0, mock_ms_max, "sleep of the mock engine (default 1)");
  arguments.number("--mock-prefill-ms", mock.prefill_ms, 0, mock_ms_max, "sleep of the mock engine (default 10)");
}

void check_engine(ScenarioChoice& choice, const Variables& variables) {
  const MockOptions& mock = choice.engine_options.mock;
  if (!std::isfinite(mock.tokenize_ms) || !std::isfinite(mock.prefill_ms))
    throw UsageError("the sleep of the mock engine must be finite");
  choice.engine_options.reference.seed = read_seed(variables);
}

std::string read_token(const std::string& file, const Variables& variables) {
  std::string token = value_of(variables, "PERFTREND_TOKEN");
  if (!file.empty()) {
    std::ifstream in(file);
    if (!std::getline(in, token)) throw UsageError(fmt::format("--token-file: '{}' cannot be read or is empty", file));
    while (!token.empty() && (token.back() == '\r' || token.back() == ' '))
      token.pop_back();
  }
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  // Anything else would break the header it is sent in. The message does not show the token.
  if (!std::all_of(token.begin(), token.end(), printable))
    throw UsageError("the token contains a blank or an unprintable character");
  return token;
}

std::optional<ServerUrl> read_server(const std::string& url, const Variables& variables) {
  const std::string text = url.empty() ? value_of(variables, "PERFTREND_URL") : url;
  if (text.empty()) return std::nullopt;
  auto server = parse_server_url(text);
  if (!server) throw UsageError(server.error());
  return *server;
}

std::string read_project(const std::string& project, const Variables& variables) {
  std::string name = project.empty() ? value_of(variables, "PERFTREND_PROJECT") : project;
  if (!name.empty() && !is_plain_name(name))
    throw UsageError(fmt::format("--project: '{}' must be 1 to 100 letters, digits, '.', '_' or '-'", name));
  return name;
}

void declare_parts(Arguments& arguments, RunCoordinates& coordinates) {
  arguments.text("--purpose", coordinates.purpose,
                 "trend (default), confirm, bisect or calibration; only trend is judged");
  arguments.text("--run-key", coordinates.run_key,
                 "what all uploads of one run have in common (default: the CI's run)");
  arguments.text("--shard", coordinates.shard,
                 "name of this shard, where several shards run the same cases; it becomes a part of their names");
  arguments.text("--parts", coordinates.parts, "number of uploads of the run; it is judged when all are there");
  arguments.text("--base-branch", coordinates.base_branch,
                 "branch that this one is judged against (default: from the CI, else the project's default branch)");
  arguments.text("--base-commit", coordinates.base_commit,
                 "last commit that both branches have (default: from the CI)");
}

void check_coordinates(RunCoordinates& coordinates) {
  for (const auto& [option, text] : {std::pair("--branch", &coordinates.branch),
                                     {"--commit", &coordinates.commit},
                                     {"--testbed", &coordinates.testbed},
                                     {"--run-key", &coordinates.run_key},
                                     {"--shard", &coordinates.shard},
                                     {"--base-branch", &coordinates.base_branch},
                                     {"--base-commit", &coordinates.base_commit}}) {
    if (text->size() > coordinate_bytes_max)
      throw UsageError(fmt::format("{}: longer than {} bytes", option, coordinate_bytes_max));
    if (std::any_of(text->begin(), text->end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
      throw UsageError(fmt::format("{}: contains a control character", option));
  }
  if (!coordinates.purpose.empty() && !metrics::parse_purpose(coordinates.purpose))
    throw UsageError(fmt::format("--purpose: '{}' is not trend, confirm, bisect or calibration", coordinates.purpose));
  if (!coordinates.parts.empty() && !metrics::parse_parts(coordinates.parts))
    throw UsageError(fmt::format("--parts: '{}' is not a number from 1 to {}", coordinates.parts, metrics::parts_max));
  to_utc("--commit-time", coordinates.commit_time);
  to_utc("--started-at", coordinates.started_at);
}

}  // namespace perftrend::runner
