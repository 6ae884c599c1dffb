#include "runner/delivery/spool.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "runner/system/clock.h"
#include "runner/system/write_file.h"

namespace perftrend::runner {
namespace {

namespace fs = std::filesystem;
constexpr const char* suffix = ".report.json";

struct Spooled {
  Delivery delivery;
  std::string body;
};

/// JSON strings are UTF-8; other bytes (an archive, a report in another encoding) are stored as Base64.
std::string to_base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// "" for text that is not Base64.
std::string from_base64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3 + 1, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  const auto padding = static_cast<std::size_t>(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string to_json(const Delivery& delivery, const std::string& body) {
  nlohmann::json coordinates = nlohmann::json::object();
  for (const auto& [name, value] : to_properties(delivery.coordinates))
    coordinates[name] = value;
  nlohmann::json json{{"version", 1},
                      {"origin", delivery.server.origin},
                      {"prefix", delivery.server.prefix},
                      {"project", delivery.project},
                      {"coordinates", std::move(coordinates)},
                      {"content_type", delivery.content_type},
                      {"format", delivery.format},
                      {"xml", body}};
  try {
    return json.dump();
  } catch (const nlohmann::json::type_error&) {
    json.erase("xml");
    json["base64"] = to_base64(body);
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

std::optional<Spooled> read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [&](const char* key) {
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
  };
  Spooled spooled;
  Delivery& delivery = spooled.delivery;
  delivery.server = {text("origin"), text("prefix")};
  delivery.project = text("project");
  junit::Properties properties;
  if (json.contains("coordinates") && json["coordinates"].is_object()) {
    for (const auto& [name, value] : json["coordinates"].items()) {
      if (value.is_string()) properties.emplace_back(name, value.get<std::string>());
    }
  }
  delivery.coordinates = coordinates_in(properties);
  if (json.contains("content_type")) delivery.content_type = text("content_type");
  delivery.format = text("format");
  spooled.body = json.contains("base64") ? from_base64(text("base64")) : text("xml");
  if (delivery.server.origin.empty() || delivery.project.empty() || spooled.body.empty()) return std::nullopt;
  return spooled;
}

std::vector<fs::path> files_in(const fs::path& spool) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(spool, ignored)) {
    if (entry.path().filename().string().ends_with(suffix)) files.push_back(entry.path());
  }
  // Names begin with the time.
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string default_spool(const Variables& variables) {
  const std::string state = value_of(variables, "XDG_STATE_HOME");
  if (state.starts_with('/')) return state + "/perftrend/spool";
  const std::string home = value_of(variables, "HOME");
  return home.starts_with('/') ? home + "/.local/state/perftrend/spool" : "";
}

tl::expected<void, std::string> spool_report(const fs::path& spool, const Delivery& delivery, const std::string& body) {
  const auto files = files_in(spool);
  std::uintmax_t bytes = body.size();
  for (const auto& file : files) {
    std::error_code gone;
    const auto size = fs::file_size(file, gone);
    if (!gone) bytes += size;
  }
  if (files.size() >= spool_files_max || bytes > spool_bytes_max)
    return tl::unexpected(fmt::format("{} is full: it contains {} reports", spool.string(), files.size()));
  // The key alone would identify the report; the time orders the files.
  const std::string name = fmt::format("{:020}-{}{}", utc_now().time_since_epoch().count(),
                                       idempotency_key(delivery, body).substr(0, 16), suffix);
  try {
    fs::create_directories(spool);
    fs::permissions(spool, fs::perms::owner_all);
    write_file_atomically(spool / name, to_json(delivery, body));
  } catch (const std::system_error& failed) {
    return tl::unexpected(fmt::format("{} cannot be written: {}", spool.string(), failed.what()));
  }
  return {};
}

std::vector<fs::path> spooled_for(const fs::path& spool, const ServerUrl& server) {
  std::vector<fs::path> waiting;
  for (const auto& file : files_in(spool)) {
    const auto spooled = read(file);
    if (spooled && spooled->delivery.server.origin == server.origin && spooled->delivery.server.prefix == server.prefix)
      waiting.push_back(file);
  }
  return waiting;
}

SpoolDeliveries deliver_spooled(const fs::path& spool, const ServerUrl& server, const std::string& token,
                                const Send& send) {
  SpoolDeliveries deliveries;
  std::vector<fs::path> waiting = spooled_for(spool, server);
  deliveries.waiting = waiting.size();
  waiting.resize(std::min(waiting.size(), spool_deliveries_max));
  for (const auto& file : waiting) {
    auto spooled = read(file);
    if (!spooled) continue;  // delivered by another runner in the meantime
    spooled->delivery.token = token;
    const auto result = send(spooled->delivery, spooled->body);
    std::error_code failed;
    if (result) {
      fs::remove(file, failed);
      ++deliveries.delivered;
    } else if (!result.error().lasting) {
      break;
    } else {
      fs::create_directories(spool / "refused", failed);
      fs::rename(file, spool / "refused" / file.filename(), failed);
      deliveries.refused.push_back(
          fmt::format("{}: {}", (spool / "refused" / file.filename()).string(), result.error().message));
    }
    --deliveries.waiting;
  }
  return deliveries;
}

}  // namespace perftrend::runner
