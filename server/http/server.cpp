#include "server/http/server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "server/clock.h"
#include "server/http/wire/assets.h"
#include "server/http/wire/body.h"
#include "server/http/wire/connection_threads.h"
#include "server/http/wire/listening_server.h"
#include "server/http/wire/memory_budget.h"

namespace perftrend::http {
namespace {

// An idle connection is closed after this time.
constexpr std::chrono::seconds keep_alive{3};
constexpr std::size_t requests_per_connection_max = 10'000;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return text;
}

/// The host of "name:port" or "[::1]:port".
std::string host_of(const std::string& authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool has_body(const httplib::Request& in) {
  return in.has_header("Transfer-Encoding") ||
         (in.has_header("Content-Length") && in.get_header_value("Content-Length") != "0");
}

}  // namespace

bool is_loopback(const std::string& host) {
  // The name 127.attacker.example begins with "127." too, but resolves to whatever its owner chooses.
  in_addr address{};
  const bool is_v4 = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "::1" || host == "[::1]" || (is_v4 && host.starts_with("127."));
}

struct Server::Impl {
  Impl(const ServerOptions& server_options, const Context& server_context)
      : options(server_options),
        context(server_context),
        routes(make_routes()),
        memory(server_options.upload_memory_bytes_max),
        server(server_options.wire, keep_alive, requests_per_connection_max) {}

  ServerOptions options;
  const Context& context;
  std::vector<Route> routes;
  MemoryBudget memory;
  ListeningServer server;
  ConnectionThreads* threads = nullptr;  // owned by `server` while it runs

  void set_up();
  void serve(const httplib::Request& in, httplib::Response& out, const httplib::ContentReader* reader);
  Answer answer(const httplib::Request& in, httplib::Response& out, const httplib::ContentReader* reader);
  void check_origin(const Request& request) const;
  Caller find_caller(const Request& request) const;
  void check_scope(const Route& route, const Request& request) const;
};

void Server::Impl::set_up() {
  server.new_task_queue = [this] {
    threads = new ConnectionThreads(options.connections_max);
    server.use(threads);
    return threads;
  };
  // The library would set SO_REUSEPORT, with which a second server silently takes half of the connections of the first.
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.set_tcp_nodelay(true);  // without it an answer takes 44 ms: Nagle's algorithm waits for a delayed ACK
  server.set_payload_max_length(options.body_bytes_max);
  server.set_expect_100_continue_handler([this](const httplib::Request& request, httplib::Response&) {
    const auto length = request.get_header_value("Content-Length");
    const bool digits = !length.empty() && length.find_first_not_of("0123456789") == std::string::npos;
    const bool is_over = digits && (length.size() > 18 || std::stoull(length) > options.body_bytes_max);
    return is_over ? 413 : 100;
  });
  const auto without_body = [this](const httplib::Request& in, httplib::Response& out) { serve(in, out, nullptr); };
  const auto with_body = [this](const httplib::Request& in, httplib::Response& out,
                                const httplib::ContentReader& reader) { serve(in, out, &reader); };
  server.Get(".*", without_body);
  server.Options(".*", without_body);
  server.Post(".*", with_body);
  server.Put(".*", with_body);
  server.Patch(".*", with_body);
  server.Delete(".*", with_body);
  // What the library refuses itself (a malformed request line, a body over the limit) is a problem document as well.
  server.set_error_handler([](const httplib::Request&, httplib::Response& out) {
    if (!out.body.empty()) return;
    const bool is_over = out.status == 413;
    const auto problem =
        Problem(out.status, is_over ? "over-limit" : "about:blank",
                is_over ? "the body is longer than this server accepts" : "the request is malformed or not supported");
    const auto answer = problem.answer();
    out.set_content(answer.body, answer.content_type);
  });
}

void Server::Impl::check_origin(const Request& request) const {
  if (context.requires_tokens) return;  // a page of another origin has no token to send
  const auto host = host_of(lower(request.header("host")));
  const auto known = [&](const std::string& name) {
    return options.any_host || is_loopback(name) ||
           std::find(options.allowed_hosts.begin(), options.allowed_hosts.end(), name) != options.allowed_hosts.end();
  };
  if (!known(host)) {
    throw Problem(403, "forbidden",
                  fmt::format("this server answers only under the names of its own machine, not under '{}': allow the "
                              "name with --allow-host, or require tokens",
                              host));
  }
  if (request.method == "GET" || request.method == "HEAD") return;
  const auto origin = lower(request.header("origin"));
  if (!origin.empty() && origin != "http://" + lower(request.header("host")) &&
      origin != "https://" + lower(request.header("host"))) {
    throw Problem(403, "forbidden", "a page of another origin must not change anything on this server");
  }
}

Caller Server::Impl::find_caller(const Request& request) const {
  Caller caller;
  if (!context.requires_tokens) {
    caller.scope = store::Scope::admin;
    caller.name = "local";
    return caller;
  }
  constexpr std::string_view scheme = "bearer ";
  const auto authorization = request.header("authorization");
  if (!lower(authorization.substr(0, scheme.size())).starts_with(scheme)) return caller;
  context.database.read([&](db::Connection& connection) {
    const auto token = store::find_token(connection, std::string_view(authorization).substr(scheme.size()), now_us());
    if (token) caller = {token->name, token->project, token->scope};
  });
  return caller;
}

void Server::Impl::check_scope(const Route& route, const Request& request) const {
  if (!route.required_scope) return;
  const auto& caller = request.caller;
  if (!caller.scope)
    throw Problem(401, "unauthorized", "a valid token is required: send the header Authorization: Bearer pt_…");
  std::string project;
  for (const auto& [name, value] : request.path_parameters) {
    if (name == "project") project = value;
  }
  // A token for one project may list the projects; the handler then shows only that one.
  const bool is_allowed =
      project.empty() ? *caller.scope >= *route.required_scope : caller.may(*route.required_scope, project);
  if (!is_allowed) {
    throw Problem(403, "forbidden",
                  fmt::format("this token has scope {} for project {}; this request requires scope {} for project {}",
                              store::scope_name(*caller.scope), caller.project,
                              store::scope_name(*route.required_scope), project.empty() ? "any" : project));
  }
}

Answer Server::Impl::answer(const httplib::Request& in, httplib::Response& out, const httplib::ContentReader* reader) {
  Request request;
  request.method = in.method;
  request.path = in.path;
  for (const auto& [name, value] : in.params)
    request.query.emplace(name, value);
  for (const auto& [name, value] : in.headers)
    request.headers.emplace(lower(name), value);
  for (const auto& [name, value] : ListeningServer::body_headers())
    request.headers.emplace(lower(name), value);
  check_origin(request);
  auto match = find_route(routes, in.method, in.path);
  if (match.route == nullptr) {
    if (!match.allowed.empty()) {
      auto refused =
          Problem(405, "about:blank", fmt::format("{} does not support {}; use {}", in.path, in.method, match.allowed))
              .answer();
      refused.headers.emplace_back("Allow", match.allowed);
      return refused;
    }
    if (in.path.starts_with("/api/") || (in.method != "GET" && in.method != "HEAD")) throw not_found("path " + in.path);
    return find_asset(in.path, request.header("if-none-match"));
  }
  request.path_parameters = std::move(match.path_parameters);
  request.caller = find_caller(request);
  check_scope(*match.route, request);
  MemoryBudget::Share share(memory);
  if (reader != nullptr && has_body(in)) {
    read_body(*reader, out, options.body_bytes_max, share, request);
  } else if (reader != nullptr) {  // RFC 9112, 6.3: there is nothing to wait for
    request.files.push_back({"", request.header("content-type"), ""});
  }
  return match.route->handler(context, request);
}

void Server::Impl::serve(const httplib::Request& in, httplib::Response& out, const httplib::ContentReader* reader) {
  Answer made;
  try {
    made = answer(in, out, reader);
  } catch (const Problem& problem) {
    made = problem.answer();
  } catch (const db::Unavailable& error) {
    spdlog::error("{} {}: {}", in.method, in.path, error.what());
    made = Problem(503, "unavailable", "database unavailable; nothing was stored, retry").answer();
  } catch (const std::exception& error) {
    spdlog::error("{} {}: {}", in.method, in.path, error.what());
    made = Problem(500, "about:blank", "internal error; see the server log").answer();
  }
  out.status = made.status;
  for (const auto& [name, value] : made.headers)
    out.set_header(name, value);
  if (made.constant_body.empty()) {
    out.set_content(made.body, made.content_type);
  } else {
    out.set_content(made.constant_body.data(), made.constant_body.size(), made.content_type);
  }
  out.set_header("X-Content-Type-Options", "nosniff");
  out.set_header("Referrer-Policy", "no-referrer");
  out.set_header("Content-Security-Policy",
                 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                 "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  if (!out.has_header("Cache-Control")) out.set_header("Cache-Control", "no-store");
  // The connection would read the rest of an unread body as the next request.
  const bool unread_body = reader != nullptr ? made.status >= 400 : has_body(in);
  if (unread_body || (threads != nullptr && threads->crowded())) {
    out.set_header("Connection", "close");
    ListeningServer::connection()->close_after_answer();
  }
}

Server::Server(const ServerOptions& options, const Context& context) : impl_(std::make_unique<Impl>(options, context)) {
  impl_->set_up();
}

Server::~Server() = default;

int Server::bind() {
  auto& server = impl_->server;
  int port = impl_->options.port;
  if (port == 0) {
    port = server.bind_to_any_port(impl_->options.host);
  } else if (!server.bind_to_port(impl_->options.host, port)) {
    port = -1;
  }
  if (port < 0) {
    throw std::runtime_error(
        fmt::format("cannot listen on {}:{}: the port is in use, or this machine does not have the address",
                    impl_->options.host, impl_->options.port));
  }
  server.widen_backlog();
  return port;
}

void Server::run() {
  impl_->server.listen_after_bind();
}

void Server::stop() {
  impl_->server.stop();
}

}  // namespace perftrend::http
