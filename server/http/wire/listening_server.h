#pragma once
// cpp-httplib's server with connections of our own: requests are read through a GuardedStream, idle connections make
// room for new ones, and a handler can have its connection closed.

#include <httplib.h>

#include <chrono>

#include "server/http/wire/guarded_stream.h"

namespace perftrend::http {

class ConnectionThreads;

class ListeningServer final : public httplib::Server {
 public:
  /// `limits` and `keep_alive` hold for each connection; `requests_max` ends one that was used so often.
  ListeningServer(const WireLimits& limits, std::chrono::milliseconds keep_alive, std::size_t requests_max);

  /// After a bind: listen(2) on a listening socket sets its backlog anew; the library's is 5.
  void widen_backlog();

  /// The connection whose request the calling handler serves; a handler runs on its connection's thread. Null
  /// elsewhere.
  static GuardedStream* connection();

  /// Content-Type and Content-Encoding of that request. The library does not see them: it would take the end of a
  /// packed body for granted, and pass on no bytes of a form as they were sent.
  static const httplib::Headers& body_headers();

  /// The threads that connections run on, once new_task_queue made them: crowded ones keep no idle connection.
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
