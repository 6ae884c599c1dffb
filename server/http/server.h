#pragma once
// The network: cpp-httplib behind a table of routes. One place turns exceptions into answers.

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
  /// Names a client may call this server by where it is open (no tokens): a page elsewhere that made its own name
  /// resolve to this machine is refused. Loopback's names are always allowed.
  std::vector<std::string> allowed_hosts;
  bool any_host = false;  ///< open to everyone on purpose: any name will do
  std::size_t body_bytes_max = std::size_t{64} << 20U;
  std::size_t upload_memory_bytes_max = std::size_t{1} << 30U;  ///< of all uploads under way together
  std::size_t connections_max = 256;                            ///< each is a thread while it lasts
  WireLimits wire;                                              ///< what a client may take of one connection
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

  /// Returns the port. Throws std::runtime_error with one line where the address cannot be had.
  int bind();
  /// Serves until stop(); returns when the last answer was sent. bind() first.
  void run();
  /// Any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace perftrend::http
