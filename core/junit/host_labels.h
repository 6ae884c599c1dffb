#pragma once
// Hosts of the suites of one document. Equal cases of suites with different hosts (Playwright's projects, a report that
// several machines wrote) are different cases: their names get the host as a label. One thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"

namespace perftrend::junit {

class HostLabels {
 public:
  /// A container begins; `host` is "" where it states none, and then that of the container around it holds. The text
  /// outlives this.
  void enter(std::string_view host);
  void leave();
  /// The case with this index is in the containers that are open. Cases come in order.
  void add_case(std::size_t index);

  /// Appends "[HOST]" to the name of each case that another host has too. Returns an example, "" where none changed.
  /// Costs nothing where the document has at most one host, else n log n.
  std::string label(std::vector<ReportCase>& cases) const;

 private:
  struct Stretch {
    std::size_t first_case = 0;
    std::string_view host;
  };
  std::vector<std::string_view> open_;  ///< hosts of the open containers
  std::vector<Stretch> stretches_;      ///< of cases with the same host
};

}  // namespace perftrend::junit
