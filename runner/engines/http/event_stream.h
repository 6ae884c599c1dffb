#pragma once
// Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

#include <functional>
#include <string>
#include <string_view>

namespace perftrend::runner {

struct ServerEvent {
  std::string type;  ///< "" is the default, "message"
  std::string data;  ///< several data lines are joined by line feeds
};

/// Parser: takes bytes in pieces of any size and calls back with complete events. Comments (": ping") and events
/// without data are ignored.
class EventStream {
 public:
  using OnEvent = std::function<void(const ServerEvent&)>;

  void feed(std::string_view bytes, const OnEvent& on_event);
  /// Data after the last complete event, in a stream that ended without a blank line; empty otherwise.
  [[nodiscard]] std::string rest() const;

 private:
  void end_line(const OnEvent& on_event);

  std::string line_;
  ServerEvent event_;
  bool after_return_ = false;  ///< the last byte was a CR: a following LF does not end another line
};

}  // namespace perftrend::runner
