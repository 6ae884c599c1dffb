#pragma once
// The way to a server that is ready: started by the runner ([engine.start]) or by somebody else.

#include <optional>

#include "runner/engines/http/http_exchange.h"
#include "runner/system/process.h"

namespace perftrend::runner {

struct StartOptions {
  ProcessOptions process;
  double ready_timeout_ms = 60'000;
  double stop_timeout_ms = 5'000;
};

/// The server process of the runner, if it starts one, and what became of it.
class StartedServer {
 public:
  StartedServer(std::optional<StartOptions> options, Clock& clock) : options_(std::move(options)), clock_(clock) {}

  /// Starts it and polls `path` until it answers 200. Nobody listening and 503 mean "not yet"; a server that ended, a
  /// deadline that passed, another answer and, if one is to be started, somebody who already listens are errors.
  EngineResult<HttpAnswer> await_ready(const HttpExchange& http, const std::string& path, double deadline_ms);
  /// `error`, or what really happened: a server that was killed or has ended.
  EngineError explained(EngineError error);
  /// SIGTERM to what was started, then SIGKILL. How a server ends when told to is no result.
  void stop();

 private:
  EngineResult<HttpAnswer> poll_ready(const HttpExchange& http, const std::string& path, double deadline_ms);

  std::optional<StartOptions> options_;
  Clock& clock_;
  std::optional<ChildProcess> process_;
};

}  // namespace perftrend::runner
