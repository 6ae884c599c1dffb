#pragma once
// The HTTP server: cpp-httplib with our connections (wire/) and a table of routes (routes/). It authenticates callers
// and turns exceptions into problem documents, in one place.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/http/routes/routes.h"
#include "server/http/wire/guarded_stream.h"

namespace perftrend::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 8080;  ///< 0: any free one
  /// Host names that requests may use while the server is open (no tokens). Others are refused, because a page
  /// elsewhere can make its own name resolve to this machine (DNS rebinding). The names of loopback are always allowed.
  std::vector<std::string> allowed_hosts;
  bool any_host = false;  ///< allow every host name: the server is open to everyone on purpose
  std::size_t body_bytes_max = std::size_t{64} << 20U;
  std::size_t upload_memory_bytes_max = std::size_t{1} << 30U;  ///< of all uploads in progress together
  std::size_t connections_max = 256;                            ///< each uses one thread
  WireLimits wire;                                              ///< of one connection
};

/// True for 127.0.0.0/8, ::1 and localhost.
bool is_loopback(const std::string& host);

class Server {
 public:
  /// `context` outlives the server.
  Server(const ServerOptions& options, const Context& context);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Returns the port. Throws std::runtime_error with a message of one line if it cannot listen on the address.
  int bind();
  /// Serves until stop() is called; returns when the last answer was sent. Call bind() first.
  void run();
  /// Any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perftrend::http
