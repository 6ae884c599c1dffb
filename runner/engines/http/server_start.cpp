#include "runner/engines/http/server_start.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/engines/answer_checks.h"

namespace perftrend::runner {
namespace {

using Kind = EngineError::Kind;

constexpr std::int64_t poll_every_ns = 20'000'000;
constexpr double poll_timeout_ms = 2'000;
/// The last poll before the deadline gets at least this long: a busy machine needs it.
constexpr double last_poll_timeout_ms = 500;
/// Time for a process to end after it closed its connection.
constexpr double ending_ms = 500;

}  // namespace

EngineResult<HttpAnswer> StartedServer::await_ready(const HttpExchange& http, const std::string& path,
                                                    double deadline_ms) {
  if (!options_) return poll_ready(http, path, deadline_ms);
  const auto before = http.get(path, poll_timeout_ms);
  if (before || before.error().kind != Kind::unavailable) {
    return tl::unexpected(EngineError{
        Kind::unavailable,
        fmt::format("another process already listens on {}; the engine was not started", to_string(http.url()))});
  }
  auto started = ChildProcess::start(options_->process, clock_);
  if (!started) return tl::unexpected(EngineError{Kind::unavailable, started.error()});
  process_.emplace(std::move(*started));
  return poll_ready(http, path, options_->ready_timeout_ms);
}

EngineResult<HttpAnswer> StartedServer::poll_ready(const HttpExchange& http, const std::string& path,
                                                   double deadline_ms) {
  const std::int64_t deadline_ns = clock_.now_ns() + static_cast<std::int64_t>(deadline_ms * ns_per_ms);
  for (;;) {
    const double left_ms = elapsed_ms(clock_.now_ns(), deadline_ns);
    auto answer = http.get(path, std::clamp(left_ms, last_poll_timeout_ms, poll_timeout_ms));
    if (answer && answer->status == 200) return answer;
    EngineError error = answer ? refusal(answer->status, answer->body) : answer.error();
    const bool not_yet = error.kind == Kind::unavailable || error.kind == Kind::timed_out;
    if (!not_yet) return tl::unexpected(std::move(error));
    if (process_ && process_->wait(0)) return tl::unexpected(explained(std::move(error)));
    if (clock_.now_ns() >= deadline_ns) {
      return tl::unexpected(
          EngineError{Kind::timed_out, fmt::format("{} was not ready within {:.0f} ms; last: {}", to_string(http.url()),
                                                   deadline_ms, error.message)});
    }
    clock_.sleep_ns(poll_every_ns);
  }
}

EngineError StartedServer::explained(EngineError error) {
  if (!process_ || error.kind != Kind::unavailable) return error;
  const auto end = process_->wait(ending_ms);
  if (!end) return error;
  std::string message = fmt::format("the engine ended: {}", to_string(*end));
  const std::string output = last_line(process_->err().empty() ? process_->out() : process_->err());
  if (!output.empty()) message += "; last output: " + output;
  return {end->signal != 0 ? Kind::died : Kind::unavailable, std::move(message)};
}

void StartedServer::stop() {
  if (process_) process_->stop(options_->stop_timeout_ms);
  process_.reset();
}

}  // namespace perftrend::runner
