#include "server/http/wire/assets.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "cmake/embedded.h"
#include "core/text/sha256.h"

namespace perftrend::http {
namespace {

struct Asset {
  std::string_view bytes;
  std::string etag;
};

const std::map<std::string_view, Asset>& assets() {
  static const auto all = [] {
    std::map<std::string_view, Asset> files;
    for (const auto& file : embedded::web()) {
      files[file.path] = {file.bytes, '"' + text::sha256_hex({file.bytes}).substr(0, 32) + '"'};
    }
    return files;
  }();
  return all;
}

std::string_view content_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> types = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".json", "application/json"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  for (const auto& [ending, type] : types) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

Answer find_asset(std::string_view path, std::string_view if_none_match) {
  std::string_view name = path.substr(1);
  auto found = assets().find(name);
  // The path of a page may contain dots too: /p/llama.cpp. A path without dots is not a file.
  const bool is_page = name.starts_with("p/") || name.substr(name.rfind('/') + 1).find('.') == std::string_view::npos;
  if (found == assets().end() && is_page && !name.starts_with("assets/")) {
    found = assets().find("index.html");
    if (found == assets().end()) {
      throw Problem(404, "not-found", "this server was built without the dashboard; `./dev build` builds both");
    }
  }
  if (found == assets().end()) throw not_found(fmt::format("file {}", path));
  Answer answer;
  answer.content_type = content_type_of(found->first);
  answer.headers.emplace_back("ETag", found->second.etag);
  answer.headers.emplace_back("Cache-Control",
                              found->first.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (if_none_match.find(found->second.etag) != std::string_view::npos) {
    answer.status = 304;
  } else {
    answer.constant_body = found->second.bytes;
  }
  return answer;
}

}  // namespace perftrend::http
