#include "tests/support/replay_server.h"

#include <algorithm>

namespace perftrend::replay {

Server::Server(SharedClock& clock) : clock_(clock) {
  server_.set_tcp_nodelay(true);
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    handle(request, response);
  };
  server_.Get(".*", handler);
  server_.Post(".*", handler);
  port_ = server_.bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_.listen_after_bind(); });
}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  while (!server_.is_running())  // stop() before it listens would be lost
    std::this_thread::yield();
  server_.stop();
  thread_.join();
}

void Server::answer(const std::string& path, std::vector<Answer> answers) {
  const std::lock_guard lock(mutex_);
  answers_[path] = std::move(answers);
  given_[path] = 0;
}

std::vector<Seen> Server::seen(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  std::vector<Seen> of_path;
  std::copy_if(seen_.begin(), seen_.end(), std::back_inserter(of_path),
               [&](const Seen& each) { return each.path == path; });
  return of_path;
}

void Server::handle(const httplib::Request& request, httplib::Response& response) {
  Answer answer{404, R"({"error":{"code":404,"message":"File Not Found","type":"not_found_error"}})"};
  {
    std::unique_lock lock(mutex_);
    seen_.push_back({request.path, request.body, request.get_header_value("Connection"), request.remote_port});
    const auto found = answers_.find(request.path);
    if (found != answers_.end() && !found->second.empty()) {
      std::size_t& given = given_[request.path];
      answer = found->second[std::min(given, found->second.size() - 1)];
      ++given;
    }
    if (answer.stalls) changed_.wait(lock, [this] { return stopping_; });
  }
  clock_.sleep_ns(static_cast<std::int64_t>(answer.takes_ms * runner::ns_per_ms));
  response.status = answer.status;
  if (!answer.cut_short) {
    response.set_content(answer.body, answer.type);
    return;
  }
  response.set_content_provider(answer.body.size() + 1, answer.type,
                                [body = answer.body](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                  if (offset == 0) sink.write(body.data(), body.size());
                                  return offset == 0;
                                });
}

}  // namespace perftrend::replay
