#include "server/intake/documents.h"

#include <zstd.h>

#include <iterator>
#include <stdexcept>

#include "core/formats/report_reader.h"

namespace perftrend::intake {
namespace {

constexpr int zstd_level = 3;  // reports shrink 10 to 20 times at any level; higher ones only cost time

std::string compress(std::string_view body) {
  std::string packed(ZSTD_compressBound(body.size()), '\0');
  const std::size_t bytes = ZSTD_compress(packed.data(), packed.size(), body.data(), body.size(), zstd_level);
  if (ZSTD_isError(bytes) != 0U) throw std::runtime_error(ZSTD_getErrorName(bytes));
  packed.resize(bytes);
  packed.shrink_to_fit();
  return packed;
}

Refusal refuse(const junit::ReadError& error) {
  return {error.over_limit ? Refusal::Kind::over_limit : Refusal::Kind::malformed, error.cause, error.line,
          error.column, error.limit};
}

/// Adds what one more document of the same run says.
void merge(Report&& from, Report& to) {
  const auto append = [](auto&& source, auto& target) {
    target.insert(target.end(), std::make_move_iterator(source.begin()), std::make_move_iterator(source.end()));
  };
  append(from.properties, to.properties);
  append(from.cases, to.cases);
  append(from.warnings, to.warnings);
  if (to.output.empty()) {
    to.output = std::move(from.output);
  } else {
    to.output.append("\n").append(from.output);
  }
  if (from.started_us && (!to.started_us || *from.started_us < *to.started_us)) to.started_us = from.started_us;
  if (to.hostname.empty()) to.hostname = std::move(from.hostname);
  to.counts.cases += from.counts.cases;
  to.counts.passed += from.counts.passed;
  to.counts.failed += from.counts.failed;
  to.counts.errored += from.counts.errored;
  to.counts.skipped += from.counts.skipped;
  to.counts.notrun += from.counts.notrun;
  to.counts.properties += from.counts.properties;
  to.counts.time_seconds += from.counts.time_seconds;
}

}  // namespace

tl::expected<Report, Refusal> read_files(std::vector<formats::SentFile> files, const Options& options,
                                         std::string_view content_type, std::vector<store::Document>* packed) {
  Report all;
  std::size_t documents_read = 0;
  std::size_t unpacked_bytes = 0;
  for (auto& file : files) {
    auto limits = options.unpack;
    limits.unpacked_bytes_max = options.limits.body_bytes_max - unpacked_bytes;
    auto documents = formats::unpack(std::move(file), limits);
    if (!documents) return tl::unexpected(refuse(documents.error()));
    for (auto& document : *documents) {
      unpacked_bytes += document.bytes.size();
      if (unpacked_bytes > options.limits.body_bytes_max) {
        return tl::unexpected(
            Refusal{Refusal::Kind::over_limit, "the documents together are over the limit", 0, 0, "body_bytes_max"});
      }
      if (!content_type.empty()) document.content_type = content_type;
      auto report = formats::read_report(document.bytes, document.content_type, document.name, options.limits);
      if (!report) {
        auto refusal = refuse(report.error());
        if (!document.name.empty()) refusal.cause = document.name + ": " + refusal.cause;
        return tl::unexpected(std::move(refusal));
      }
      merge(std::move(*report), all);
      ++documents_read;
      if (all.cases.size() > options.limits.cases_max) {
        return tl::unexpected(
            Refusal{Refusal::Kind::over_limit, "the documents together have too many cases", 0, 0, "cases_max"});
      }
      if (packed != nullptr) {
        packed->push_back({std::move(document.name), std::move(document.content_type), document.bytes.size(),
                           compress(document.bytes)});
      }
      document.bytes = {};
    }
  }
  if (documents_read == 0) {
    return tl::unexpected(Refusal{Refusal::Kind::malformed, "the upload contains no file", 0, 0, ""});
  }
  return all;
}

std::string unpack(const store::Document& document) {
  std::string body(document.body_bytes, '\0');
  const std::size_t bytes =
      ZSTD_decompress(body.data(), body.size(), document.body_zstd.data(), document.body_zstd.size());
  if (ZSTD_isError(bytes) != 0U || bytes != body.size()) throw db::Unusable("a stored document does not unpack");
  return body;
}

}  // namespace perftrend::intake
