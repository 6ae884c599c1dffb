#pragma once
// A server on loopback with configured answers: recorded answers of real engines, and mistakes that no recording
// contains.

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runner/engines/http/llama_server.h"
#include "runner/engines/http/openai.h"
#include "runner/system/clock.h"

namespace perftrend::replay {

/// A clock that only sleeps and answers advance. The engine's thread reads it, the server's thread advances it.
class SharedClock final : public runner::Clock {
 public:
  [[nodiscard]] std::int64_t now_ns() const override { return now_ns_; }
  void sleep_ns(std::int64_t duration_ns) override { now_ns_ += duration_ns; }

 private:
  std::atomic<std::int64_t> now_ns_ = 0;
};

/// Default options with this URL.
inline runner::LlamaServerOptions llama_at(const std::string& url, double timeout_ms = 60'000) {
  runner::LlamaServerOptions options;
  options.url = url;
  options.timeout_ms = timeout_ms;
  return options;
}
inline runner::OpenAiOptions openai_at(const std::string& url) {
  runner::OpenAiOptions options;
  options.url = url;
  return options;
}

struct Answer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  double takes_ms = 0;     ///< on the fake clock
  bool stalls = false;     ///< does not answer until the server is stopped
  bool cut_short = false;  ///< closes the connection before the announced end of the body
};

/// A received request.
struct Seen {
  std::string path, body, connection;
  int remote_port = 0;
};

class Server {
 public:
  explicit Server(SharedClock& clock);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Answers to `path`, one per request; the last one is repeated.
  void answer(const std::string& path, std::vector<Answer> answers);
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Requests to `path`, in order.
  [[nodiscard]] std::vector<Seen> seen(const std::string& path) const;

 private:
  void handle(const httplib::Request& request, httplib::Response& response);

  SharedClock& clock_;
  httplib::Server server_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::map<std::string, std::vector<Answer>> answers_;
  std::map<std::string, std::size_t> given_;
  std::vector<Seen> seen_;
  std::thread thread_;
};

}  // namespace perftrend::replay
