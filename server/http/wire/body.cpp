#include "server/http/wire/body.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/formats/decoder.h"
#include "server/http/server.h"
#include "server/http/wire/form_data.h"
#include "server/http/wire/listening_server.h"

namespace perftrend::http {
namespace {

// Files and fields of one form.
constexpr std::size_t form_parts_max = 10'000;

// So many times the longest body is read of one that is of no use: more than anybody sends by mistake, and seconds of
// the network rather than minutes.
constexpr std::size_t dropped_bodies_max = 8;

Problem over_limit(std::size_t body_bytes_max) {
  return Problem(413, "over-limit",
                 fmt::format("the body, as sent or as unpacked, is longer than {} bytes, or has more than {} parts",
                             body_bytes_max, form_parts_max))
      .limit("body_bytes_max");
}

/// What comes in, unpacked and within its limits.
class BodyBytes {
 public:
  BodyBytes(std::size_t bytes_max, MemoryBudget::Share& share, const std::string& coding)
      : bytes_max_(bytes_max), share_(share) {
    if (coding.empty() || coding == "identity")
      return;  // the latter as RFC 9110, 8.4.1 does not want it, but some send
    const auto packing = formats::packing_of_coding(coding);
    is_coding_known_ = packing.has_value();
    if (packing) decoder_ = formats::make_decoder(*packing);
  }

  /// What is of no use any more is read to its end but not kept, as far as its time allows: a client that still sends
  /// does not read its answer. False once that has no end in sight.
  bool take(std::string_view sent) {
    sent_bytes_ += sent.size();
    is_over_ = is_over_ || sent_bytes_ > bytes_max_;
    if (is_over_ || is_busy_ || is_broken_ || !is_coding_known_) return sent_bytes_ / dropped_bodies_max <= bytes_max_;
    const auto keep = [this](std::string_view part) {
      is_over_ = bytes_.size() + part.size() > bytes_max_;
      is_busy_ = !is_over_ && !share_.grow_to((bytes_.size() + part.size()) * memory_bytes_a_body_byte);
      if (is_over_ || is_busy_) return false;
      bytes_.append(part);
      return true;
    };
    const bool good = decoder_ ? decoder_->take(sent, keep) : keep(sent);
    is_broken_ = !good && !is_over_ && !is_busy_;
    return true;
  }

  /// The whole, or the Problem that it has. `is_read`: the library says that it read all.
  std::string release(bool is_read) {
    if (is_over_) throw over_limit(bytes_max_);
    if (is_busy_) {
      throw Problem(503, "unavailable", "too many uploads at once; nothing of this one was kept, try again");
    }
    const auto* const connection = ListeningServer::connection();
    if (connection->fault() != WireFault::none) throw connection->problem();
    if (!is_coding_known_) {
      throw Problem(415, "unsupported-encoding",
                    "the Content-Encoding of a body is gzip, deflate, zstd, br or identity, and only one of them");
    }
    if (is_broken_) {
      throw Problem(400, "malformed-report",
                    "the body is not what its Content-Encoding says, or its sum or length is wrong");
    }
    if (!is_read || (decoder_ && !decoder_->is_whole())) {
      throw Problem(400, "malformed-report", "the body ended early or its encoding is broken");
    }
    return std::move(bytes_);
  }

 private:
  const std::size_t bytes_max_;
  MemoryBudget::Share& share_;
  std::unique_ptr<formats::Decoder> decoder_;
  std::string bytes_;
  std::size_t sent_bytes_ = 0;
  bool is_coding_known_ = true;
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
  BodyBytes bytes(body_bytes_max, share, request.header("content-encoding"));
  const bool is_read = reader([&](const char* data, std::size_t size) { return bytes.take({data, size}); });
  if (out.status == 413) throw over_limit(body_bytes_max);
  std::string body = bytes.release(is_read);
  const std::string type = request.header("content-type");
  if (const auto boundary = form_boundary(type)) {
    take_parts(body, *boundary, body_bytes_max, request);
  } else {
    request.files.push_back({"", type, std::move(body)});
  }
}

}  // namespace perftrend::http
