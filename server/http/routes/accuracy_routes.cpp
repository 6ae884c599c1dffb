#include <optional>
#include <span>
#include <vector>

#include "core/stats/median.h"
#include "server/http/routes/project_access.h"
#include "server/triage/accuracy.h"
#include "server/triage/project_policies.h"

namespace perftrend::http {
namespace {

std::optional<double> ratio(std::size_t part, std::size_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<double> per_thousand(std::size_t part, std::size_t whole) {
  const auto share = ratio(part, whole);
  return share ? std::optional(1000 * *share) : std::nullopt;
}

template <typename Number>
void write_detection_delay(JsonWriter& out, const std::vector<Number>& ascending) {
  out.object("detection_delay_points", [&] {
    out.member("findings", ascending.size());
    if (ascending.empty()) {
      out.member("median", nullptr);
      out.member("p90", nullptr);
    } else {
      out.member("median", stats::median(std::vector<double>(ascending.begin(), ascending.end())));
      out.member("p90", stats::quantile_of_sorted(std::span(ascending), 0.9));
    }
  });
}

void write_noise(JsonWriter& out, const triage::Accuracy& accuracy) {
  out.member("series", accuracy.series);
  out.member("judged", accuracy.aa_judged);
  out.member("flagged", accuracy.aa_flagged);
  out.member("flagged_per_thousand", per_thousand(accuracy.aa_flagged, accuracy.aa_judged));
  out.member("confirmed", accuracy.aa_confirmed);
  out.member("confirmed_per_thousand", per_thousand(accuracy.aa_confirmed, accuracy.aa_judged));
}

void write_accuracy(JsonWriter& out, const triage::Accuracy& accuracy) {
  out.member("reported", accuracy.reported);
  out.member("reviewed", accuracy.reviewed);
  out.member("false_alarms", accuracy.false_alarms);
  out.member("acknowledged", accuracy.acknowledged);
  out.member("precision", accuracy.precision);
  out.member("suspected", accuracy.suspected);
  out.member("withdrawn", accuracy.withdrawn);
  write_detection_delay(out, accuracy.detection_delay_points);
  out.object("noise", [&] { write_noise(out, accuracy); });
  out.array("recall", accuracy.recall, [&](const triage::Accuracy::Recall& recall) {
    out.object([&] {
      out.member("effect", recall.effect);
      out.member("injected", recall.injected);
      out.member("found", recall.found);
      out.member("recall", ratio(recall.found, recall.injected));
      write_detection_delay(out, recall.detection_delay_points);
    });
  });
}

Answer get_accuracy(const Context& context, Request& request) {
  return read_project(context, request, [&](const ProjectAccess& project, JsonWriter& out) {
    const auto policies = triage::policies_of(project.connection, context.policies, project.id);
    write_accuracy(out, triage::measure_accuracy(project.connection, policies, project.id, project.name));
  });
}

}  // namespace

std::vector<Route> accuracy_routes() {
  return {{"GET", "/api/v1/projects/{project}/accuracy", store::Scope::read, get_accuracy}};
}

}  // namespace perftrend::http
