#include "core/formats/decoder.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <string>

namespace perftrend::formats {
namespace {

constexpr std::size_t out_bytes = std::size_t{64} * 1024;

class Inflater final : public Decoder {
 public:
  Inflater() {
    constexpr int gzip_or_zlib = 32 + MAX_WBITS;  // zlib.h, inflateInit2
    if (inflateInit2(&stream_, gzip_or_zlib) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() override { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  Inflater(Inflater&&) = delete;
  Inflater& operator=(Inflater&&) = delete;

  bool take(std::string_view bytes, const Sink& sink) override {
    while (!bytes.empty()) {
      if (at_end_) {
        inflateReset(&stream_);  // another member; inflate() reports bytes that are not one
        at_end_ = false;
      }
      const auto given = static_cast<uInt>(std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max()));
      // zlib does not write there; it is C before const.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT
      stream_.avail_in = given;
      if (!inflate_given(sink)) return false;
      bytes.remove_prefix(given - stream_.avail_in);
    }
    return true;
  }

  [[nodiscard]] bool is_whole() const override { return at_end_; }

 private:
  bool inflate_given(const Sink& sink) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());  // NOLINT
      stream_.avail_out = static_cast<uInt>(out_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return false;
      if (!sink({out_.data(), out_.size() - stream_.avail_out})) return false;
      at_end_ = result == Z_STREAM_END;
    } while (!at_end_ && stream_.avail_out == 0);
    return true;
  }

  z_stream stream_{};
  std::array<char, out_bytes> out_{};
  bool at_end_ = false;  ///< of a member
};

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {
    if (!stream_) throw std::bad_alloc();
  }

  bool take(std::string_view bytes, const Sink& sink) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(left) != 0U || !sink({out_.data(), out.pos})) return false;
      at_end_ = left == 0;
      full = !at_end_ && out.pos == out.size;
    }
    return true;
  }

  [[nodiscard]] bool is_whole() const override { return at_end_; }

 private:
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  std::array<char, out_bytes> out_{};
  bool at_end_ = false;  ///< of a frame
};

}  // namespace

std::optional<Packing> packing_of_coding(std::string_view content_coding) {
  std::string coding(content_coding);
  std::transform(coding.begin(), coding.end(), coding.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (coding == "gzip" || coding == "x-gzip" || coding == "deflate") return Packing::gzip;
  if (coding == "zstd") return Packing::zstd;
  return std::nullopt;
}

std::optional<Packing> packing_of_bytes(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b")) return Packing::gzip;
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return Packing::zstd;
  return std::nullopt;
}

std::unique_ptr<Decoder> make_decoder(Packing packing) {
  switch (packing) {
    case Packing::gzip:
      return std::make_unique<Inflater>();
    case Packing::zstd:
      return std::make_unique<ZstdDecoder>();
  }
  std::abort();
}

}  // namespace perftrend::formats
