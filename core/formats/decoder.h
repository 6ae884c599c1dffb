#pragma once
// Bytes packed for their way (HTTP's Content-Encoding, a .gz file), unpacked as they come. cpp-httplib would do it too,
// but takes a stream for whole whose end is missing; libarchive does not look at gzip's sum.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace perftrend::formats {

enum class Packing { gzip, zstd };

/// What HTTP calls a packing, in any case: gzip, x-gzip and deflate (RFC 1950), zstd.
std::optional<Packing> packing_of_coding(std::string_view content_coding);

/// By the first bytes.
std::optional<Packing> packing_of_bytes(std::string_view bytes);

/// One stream of packed bytes. One thread.
class Decoder {
 public:
  /// Receives what was unpacked, 64 KiB at most at once; false when it wants no more.
  using Sink = std::function<bool(std::string_view)>;

  Decoder() = default;
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  Decoder(Decoder&&) = delete;
  Decoder& operator=(Decoder&&) = delete;

  /// False once the bytes are not what they should be (broken, a wrong sum or length, something behind the end) or the
  /// sink wants no more; the decoder is of no use then.
  [[nodiscard]] virtual bool take(std::string_view bytes, const Sink& sink) = 0;

  /// Whether what was taken so far is whole, its sum and length proven where the packing has them.
  [[nodiscard]] virtual bool is_whole() const = 0;
};

/// Of gzip (several members too) or zlib, told apart by their first bytes; of zstd (several frames too).
/// Throws std::bad_alloc.
std::unique_ptr<Decoder> make_decoder(Packing packing);

}  // namespace perftrend::formats
