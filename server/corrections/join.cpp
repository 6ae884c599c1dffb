#include "server/corrections/join.h"

#include <fmt/format.h>

#include "server/points/points.h"
#include "server/store/names.h"
#include "server/store/series.h"
#include "server/store/statements.h"

namespace perftrend::corrections {

std::int64_t join_series(db::Connection& connection, Id project, Id from, Id to) {
  const auto source = store::find_series(connection, project, from).value();
  const auto target = store::find_series(connection, project, to).value();
  const bool one_has_none = source.unit.empty() || target.unit.empty();
  const auto factor = one_has_none ? std::optional<double>(1) : store::conversion_factor(source.unit, target.unit);
  if (!factor) {
    throw CannotJoin(fmt::format("{} of {} is in '{}' and {} of {} in '{}': they cannot be one series", source.metric,
                                 source.key.name, source.unit, target.metric, target.key.name, target.unit));
  }
  if (*factor != 1) {
    points::rescale(connection, from, *factor);
    store::rescale_records(connection, from, *factor);
  }
  const auto removed = points::join(connection, from, to);
  store::merge_series(connection, from, to);
  return removed;
}

}  // namespace perftrend::corrections
