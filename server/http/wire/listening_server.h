#pragma once
// cpp-httplib's server with our own handling of connections: requests are read through a GuardedStream, idle
// connections are closed when new ones are waiting, and a handler can close its connection.

#include <httplib.h>

#include <chrono>

#include "server/http/wire/guarded_stream.h"

namespace perftrend::http {

class ConnectionThreads;

class ListeningServer final : public httplib::Server {
 public:
  /// `limits` and `keep_alive` apply to each connection. A connection is closed after `requests_max` requests.
  ListeningServer(const WireLimits& limits, std::chrono::milliseconds keep_alive, std::size_t requests_max);

  /// Call it after a bind: the library's backlog is 5, and listen(2) on a listening socket changes it.
  void widen_backlog();

  /// The connection of the calling handler; a handler runs on the thread of its connection. Null elsewhere.
  static GuardedStream* connection();

  /// Content-Type and Content-Encoding of that request. They are hidden from the library, which would accept a
  /// compressed body without an end, and would not deliver the bytes of a form as they were sent.
  static const httplib::Headers& body_headers();

  /// The threads of the connections, after new_task_queue has created them. While they are crowded, idle connections
  /// are closed.
  void use(ConnectionThreads* threads) { threads_ = threads; }

 private:
  bool process_and_close_socket(socket_t socket) override;
  bool serve_one(GuardedStream& stream, bool last, bool& closed);
  bool wait_for_request(const GuardedStream& stream) const;

  WireLimits limits_;
  std::chrono::milliseconds keep_alive_;
  std::size_t requests_max_;
  ConnectionThreads* threads_ = nullptr;
};

}  // namespace perftrend::http
