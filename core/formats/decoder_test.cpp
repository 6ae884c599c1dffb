#include "core/formats/decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/packed.h"

namespace perftrend::formats {
namespace {

std::string gzip(const std::string& text) {
  return tests::pack_zlib(text, 16 + MAX_WBITS);
}
std::string zlib(const std::string& text) {
  return tests::pack_zlib(text, MAX_WBITS);
}

/// With a sum, as zstd's own program writes it.
std::string zstd(const std::string& text) {
  auto* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

struct Kind {
  const char* name;
  Packing packing;
  std::string (*pack)(const std::string&);
};

const std::vector<Kind> kinds = {
    {"gzip", Packing::gzip, gzip}, {"deflate", Packing::gzip, zlib}, {"zstd", Packing::zstd, zstd}};

/// What comes out of `packed`, taken `step` bytes at a time, or "refused" or "cut".
std::string decoded(Packing packing, const std::string& packed, std::size_t step) {
  const auto decoder = make_decoder(packing);
  std::string out;
  for (std::size_t at = 0; at < packed.size(); at += step) {
    const bool good = decoder->take(std::string_view(packed).substr(at, step), [&](std::string_view part) {
      EXPECT_LE(part.size(), 64U * 1024);
      out += part;
      return true;
    });
    if (!good) return "refused";
  }
  return decoder->is_whole() ? out : "cut";
}

std::string report() {
  std::string text = "<testsuite>";
  for (int i = 0; i < 5000; ++i)
    text += "<testcase name='case " + std::to_string(i) + "'/>";
  return text + "</testsuite>";
}

TEST(Decoder, InPiecesOfAnySize) {
  for (const Kind& kind : kinds) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20U}) {
      SCOPED_TRACE(std::string(kind.name) + " by " + std::to_string(step));
      EXPECT_EQ(decoded(kind.packing, kind.pack(report()), step), report());
      EXPECT_EQ(decoded(kind.packing, kind.pack(""), step), "");
    }
    EXPECT_EQ(decoded(kind.packing, "", 1), "cut");
    EXPECT_EQ(packing_of_coding(kind.name), kind.packing);
  }
}

TEST(Decoder, SeveralMembersOrFramesAreOne) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{4096}}) {
    EXPECT_EQ(decoded(Packing::gzip, gzip("a") + gzip("b"), step), "ab");
    EXPECT_EQ(decoded(Packing::zstd, zstd("a") + zstd("b"), step), "ab");
  }
}

TEST(Decoder, ACutAnywhereIsSeen) {
  for (const Kind& kind : kinds) {
    const std::string whole = kind.pack("<testsuite><testcase name='a'/></testsuite>");
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
      EXPECT_EQ(decoded(kind.packing, whole.substr(0, bytes), 1000), "cut") << kind.name << ' ' << bytes;
  }
}

TEST(Decoder, AWrongSumOrLengthIsRefused) {
  const auto expect_refused = [](Packing packing, const std::string& whole, std::size_t trailer_bytes) {
    for (std::size_t i = whole.size() - trailer_bytes; i < whole.size(); ++i) {
      std::string wrong = whole;
      wrong[i] = static_cast<char>(wrong[i] ^ 1);
      EXPECT_EQ(decoded(packing, wrong, 1000), "refused") << i;
    }
  };
  expect_refused(Packing::gzip, gzip(report()), 8);
  expect_refused(Packing::gzip, zlib(report()), 4);
  expect_refused(Packing::zstd, zstd(report()), 4);
}

TEST(Decoder, RefusesOtherBytesAndBytesAfterTheEnd) {
  for (const Kind& kind : kinds) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{4096}}) {
      EXPECT_EQ(decoded(kind.packing, kind.pack("<testsuite/>") + "<testsuite/>", step), "refused") << kind.name;
      EXPECT_EQ(decoded(kind.packing, "<testsuite/>", step), "refused") << kind.name;
    }
  }
}

TEST(Decoder, StopsWhenTheSinkStops) {
  for (const Kind& kind : kinds) {
    const std::string bomb = kind.pack(std::string(std::size_t{16} << 20U, ' '));
    const auto decoder = make_decoder(kind.packing);
    std::size_t bytes = 0;
    EXPECT_FALSE(decoder->take(bomb, [&](std::string_view part) {
      bytes += part.size();
      return bytes < 100'000;
    })) << kind.name;
    EXPECT_LT(bytes, 200'000U) << kind.name;
  }
}

TEST(Decoder, NamesOfCodings) {
  EXPECT_EQ(packing_of_coding("GZip"), Packing::gzip);
  EXPECT_EQ(packing_of_coding("x-gzip"), Packing::gzip);
  for (const char* other : {"", "identity", "compress", "gzip, gzip", "lzma"})
    EXPECT_EQ(packing_of_coding(other), std::nullopt) << other;
  EXPECT_EQ(packing_of_bytes(gzip("a")), Packing::gzip);
  EXPECT_EQ(packing_of_bytes(zstd("a")), Packing::zstd);
  EXPECT_EQ(packing_of_bytes("<a/>"), std::nullopt);
}

}  // namespace
}  // namespace perftrend::formats
