#include "server/http/wire/body.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/formats/decoder.h"
#include "server/http/wire/form_data.h"
#include "server/http/wire/listening_server.h"

namespace perftrend::http {
namespace {

// Files and fields of one form.
constexpr std::size_t form_parts_max = 10'000;

// A body that is already refused is read up to this many times the body limit. This is more than clients send by
// mistake, and takes seconds of network time rather than minutes.
constexpr std::size_t dropped_bodies_max = 8;

Problem over_limit(std::size_t body_bytes_max) {
  return Problem(
             413, "over-limit",
             fmt::format("the body, as sent or after decompression, is longer than {} bytes or has more than {} parts",
                         body_bytes_max, form_parts_max))
      .limit("body_bytes_max");
}

/// The bytes of one body: collected, decompressed and limited while they arrive.
class BodyBytes {
 public:
  BodyBytes(std::size_t bytes_max, MemoryBudget::Share& share, const std::string& coding, bool is_form)
      : bytes_max_(bytes_max), share_(share) {
    // RFC 9110, 8.4.1 does not allow "identity" in a request, but some clients send it.
    if (coding.empty() || coding == "identity") return;
    if (is_form) {
      refusal_ = Problem(415, "unsupported-encoding",
                         "a form must not have a Content-Encoding: compress the files inside the form, or send one "
                         "compressed file as the body");
      return;
    }
    const auto packing = formats::packing_of_coding(coding);
    if (packing) {
      decoder_ = formats::make_decoder(*packing);
    } else {
      refusal_ = Problem(415, "unsupported-encoding",
                         fmt::format("Content-Encoding '{}' is not supported: send exactly one of gzip, deflate, zstd "
                                     "and identity",
                                     coding));
    }
  }

  /// Takes the next bytes. A body that is already refused is read on without being stored, because a client that is
  /// still sending does not read its answer. Returns false when the body is too long to read on.
  bool take(std::string_view sent) {
    sent_bytes_ += sent.size();
    is_over_ = is_over_ || sent_bytes_ > bytes_max_;
    if (is_over_ || is_busy_ || is_broken_ || refusal_) return sent_bytes_ / dropped_bodies_max <= bytes_max_;
    const auto store = [this](std::string_view part) {
      is_over_ = bytes_.size() + part.size() > bytes_max_;
      is_busy_ = !is_over_ && !share_.grow_to((bytes_.size() + part.size()) * memory_bytes_per_body_byte);
      if (is_over_ || is_busy_) return false;
      bytes_.append(part);
      return true;
    };
    const bool good = decoder_ ? decoder_->take(sent, store) : store(sent);
    is_broken_ = !good && !is_over_ && !is_busy_;
    return true;
  }

  /// Returns the whole body, or throws the Problem that was found. `is_read`: the library has read it to its end.
  std::string release(bool is_read) {
    if (is_over_) throw over_limit(bytes_max_);
    if (is_busy_) {
      throw Problem(503, "unavailable", "too many uploads at the same time; nothing was stored, send it again later");
    }
    const auto* const connection = ListeningServer::connection();
    if (connection->fault() != WireFault::none) throw connection->problem();
    if (refusal_) throw *refusal_;
    if (is_broken_) {
      throw Problem(400, "malformed-report",
                    "the body does not match its Content-Encoding, or its checksum or length is wrong");
    }
    if (!is_read || (decoder_ && !decoder_->is_whole())) {
      throw Problem(400, "malformed-report", "the body ended early or its compression is broken");
    }
    return std::move(bytes_);
  }

 private:
  const std::size_t bytes_max_;
  MemoryBudget::Share& share_;
  std::unique_ptr<formats::Decoder> decoder_;
  std::optional<Problem> refusal_;  // known from the headers alone
  std::string bytes_;
  std::size_t sent_bytes_ = 0;
  bool is_over_ = false;
  bool is_busy_ = false;
  bool is_broken_ = false;
};

/// A part without a file name is a parameter: curl -F junit=@a.xml -F branch=main.
void take_parts(std::string_view body, std::string_view boundary, std::size_t body_bytes_max, Request& request) {
  auto parts = split_form(body, boundary, form_parts_max);
  if (!parts && parts.error().too_many_parts) throw over_limit(body_bytes_max);
  if (!parts) throw Problem(400, "malformed-report", parts.error().cause);
  for (FormPart& part : *parts) {
    if (part.file_name.empty()) {
      request.query.emplace(std::move(part.name), part.bytes);
    } else {
      request.files.push_back({std::move(part.file_name), std::move(part.content_type), std::string(part.bytes)});
    }
  }
}

}  // namespace

void read_body(const httplib::ContentReader& reader, const httplib::Response& out, std::size_t body_bytes_max,
               MemoryBudget::Share& share, Request& request) {
  const std::string type = request.header("content-type");
  const auto boundary = form_boundary(type);
  BodyBytes bytes(body_bytes_max, share, request.header("content-encoding"), boundary.has_value());
  const bool is_read = reader([&](const char* data, std::size_t size) { return bytes.take({data, size}); });
  if (out.status == 413) throw over_limit(body_bytes_max);
  std::string body = bytes.release(is_read);
  if (boundary) {
    take_parts(body, *boundary, body_bytes_max, request);
  } else {
    request.files.push_back({"", type, std::move(body)});
  }
}

}  // namespace perftrend::http
