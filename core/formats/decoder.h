#pragma once
// Streaming decompression of HTTP bodies (Content-Encoding) and compressed files. cpp-httplib can decompress too, but
// accepts a stream without its end; libarchive does not check the checksum of gzip.

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace perftrend::formats {

enum class Packing { gzip, zstd };

/// Compression by its HTTP name in any case: gzip, x-gzip and deflate (RFC 1950), zstd.
std::optional<Packing> packing_of_coding(std::string_view content_coding);

/// Compression by the first bytes.
std::optional<Packing> packing_of_bytes(std::string_view bytes);

/// Decoder of one compressed stream. One thread.
class Decoder {
 public:
  /// Receives at most 64 KiB of decompressed bytes at once; returns false to stop.
  using Sink = std::function<bool(std::string_view)>;

  Decoder() = default;
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  Decoder(Decoder&&) = delete;
  Decoder& operator=(Decoder&&) = delete;

  /// Returns false when the bytes are invalid (broken, a wrong checksum or length, bytes after the end) or the sink
  /// stops. The decoder must not be used afterwards.
  [[nodiscard]] virtual bool take(std::string_view bytes, const Sink& sink) = 0;

  /// True when the stream so far is complete, checksum and length included where the format has them.
  [[nodiscard]] virtual bool is_whole() const = 0;
};

/// For gzip (also several members) or zlib, distinguished by their first bytes, or zstd (also several frames). Throws
/// std::bad_alloc.
std::unique_ptr<Decoder> make_decoder(Packing packing);

}  // namespace perftrend::formats
