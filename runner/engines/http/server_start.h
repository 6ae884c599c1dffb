#pragma once
// Waiting for a server that is ready; the runner starts it ([engine.start]) or it is running already.

#include <optional>

#include "runner/engines/http/http_exchange.h"
#include "runner/system/process.h"

namespace perftrend::runner {

struct StartOptions {
  ProcessOptions process;
  double ready_timeout_ms = 60'000;
  double stop_timeout_ms = 5'000;
};

/// The server process that the runner started, if any.
class StartedServer {
 public:
  StartedServer(std::optional<StartOptions> options, Clock& clock) : options_(std::move(options)), clock_(clock) {}

  /// Starts it, if there is one to start, and polls `path` until it answers 200. A refused connection and 503 mean "not
  /// yet". Errors: the server ended, the deadline passed, another answer, or another process already listens there.
  EngineResult<HttpAnswer> await_ready(const HttpExchange& http, const std::string& path, double deadline_ms);
  /// `error`, or a more precise one if the server was killed or has ended.
  EngineError explained(EngineError error);
  /// Sends SIGTERM, then SIGKILL. How the server then ends does not matter.
  void stop();

 private:
  EngineResult<HttpAnswer> poll_ready(const HttpExchange& http, const std::string& path, double deadline_ms);

  std::optional<StartOptions> options_;
  Clock& clock_;
  std::optional<ChildProcess> process_;
};

}  // namespace perftrend::runner
