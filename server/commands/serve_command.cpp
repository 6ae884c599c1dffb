#include "server/commands/serve_command.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "server/clock.h"
#include "server/commands/exit_codes.h"
#include "server/commands/policy_file.h"
#include "server/commands/retention_file.h"
#include "server/db/open.h"
#include "server/http/server.h"
#include "server/http/wire/memory_budget.h"
#include "server/intake/complete_run.h"
#include "server/jobs/branch_records.h"
#include "server/jobs/daily_pruning.h"
#include "server/jobs/run_completion.h"
#include "server/jobs/scheduled_backup.h"
#include "server/jobs/unfinished_deletions.h"
#include "server/points/points.h"
#include "server/store/tokens.h"
#include "server/triage/branch_records.h"

namespace perftrend {
namespace {

std::optional<std::pair<std::string, int>> parse_listen(const std::string& listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  int port = -1;
  const char* const end = listen.data() + listen.size();
  const auto parsed = std::from_chars(listen.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end || port < 0 || port > 65535) return std::nullopt;
  return std::pair(host, port);
}

/// Blocks SIGTERM and SIGINT in this thread and in every thread that is created later; wait() receives them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

std::string url_of(const std::string& host, int port) {
  return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                             : fmt::format("http://[{}]:{}", host, port);
}

int serve(const ServeOptions& options, const std::string& host, int port, const PolicyFile& file,
          const std::vector<store::RetentionRule>& retention) {
  const StopSignals signals;  // before any thread
  const auto database =
      db::open_database(options.database.string(), {.exclusive = true, .checkpoint_pages = options.checkpoint_pages});
  const bool loopback = http::is_loopback(host);
  const bool requires_tokens = options.require_tokens || !(loopback || options.allow_anonymous);
  if (requires_tokens) {
    bool any = false;
    database->read([&](db::Connection& connection) { any = store::any_token(connection, now_us()); });
    if (!any) {
      return fail(exit_listen, fmt::format("{} requires a token, and none exists: run perftrend-server token "
                                           "create --db {} --scope admin, or use --allow-anonymous",
                                           options.listen, db::printable_address(options.database.string())));
    }
  }
  http::Context context{*database, file.policies, {}, requires_tokens, PERFTREND_VERSION};
  context.intake.rules = file.rules;
  // A small body limit means a small server, so its caches are small too.
  context.intake.cache =
      std::make_shared<points::Cache>(std::min(points::Cache::bytes_max_default, 2 * (options.body_mib_max << 20U)));
  const std::size_t body_bytes_max = options.body_mib_max << 20U;
  context.intake.limits = junit::ReadLimits::for_body(body_bytes_max);
  context.intake.unpack.unpacked_bytes_max = body_bytes_max;
  http::ServerOptions server_options;
  server_options.host = host;
  server_options.port = port;
  server_options.allowed_hosts = options.allowed_hosts;
  server_options.any_host = options.allow_anonymous;
  server_options.body_bytes_max = body_bytes_max;
  server_options.upload_memory_bytes_max = options.upload_memory_mib_max << 20U;
  http::Server server(server_options, context);
  int bound = 0;
  try {
    bound = server.bind();
  } catch (const std::runtime_error& error) {
    return fail(exit_listen, error.what());
  }
  std::thread stopper([&] {
    signals.wait();
    server.stop();
  });
  const auto pruning = prune_daily(*database, retention, [](const store::Pruned& pruned) {
    spdlog::info("pruned: {} documents, {} samples, {} points", pruned.documents, pruned.samples, pruned.points);
  });
  const auto deletions = finish_deletions_daily(*database);
  const auto completion =
      complete_runs([&] { return intake::complete_quiet_runs(*database, context.policies, now_us()); });
  const auto branches =
      follow_branches_hourly([&] { return triage::follow_all_branches(*database, context.policies, now_us()); });
  const auto backups =
      schedule_backups(options.backup, options.database.string(), *database,
                       [](const std::filesystem::path& made) { spdlog::info("backup written: {}", made.string()); });
  fmt::print("perftrend: listening on {}\n", url_of(host, bound));
  (void)std::fflush(stdout);
  server.run();
  stopper.join();
  return exit_ok;
}

}  // namespace

int run_serve(const ServeOptions& options) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("perftrend"));
  const auto address = parse_listen(options.listen);
  if (!address) return fail(exit_usage, fmt::format("--listen {}: must be HOST:PORT", options.listen));
  if (options.upload_memory_mib_max < http::memory_bytes_per_body_byte * options.body_mib_max) {
    return fail(exit_usage, fmt::format("--upload-memory-mib-max must be at least {} x --body-mib-max; otherwise "
                                        "the largest report would never be accepted",
                                        http::memory_bytes_per_body_byte));
  }
  const auto policies = read_policy_file(options.policies);
  if (!policies) return fail(exit_usage, policies.error());
  const auto retention = read_retention_file(options.retention);
  if (!retention) return fail(exit_usage, retention.error());
  if (const auto folder = check_backup_folder(options.backup); !folder)
    return fail(exit_usage, fmt::format("--backup-dir: {}", folder.error()));
  try {
    return serve(options, address->first, address->second, *policies, *retention);
  } catch (const std::runtime_error& error) {  // db::Unusable, db::Unavailable
    return fail(exit_database, error.what());
  }
}

}  // namespace perftrend
