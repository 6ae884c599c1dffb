#pragma once
// The engines by name: the one place that knows them all.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/engines/clock.h"
#include "runner/engines/engine.h"
#include "runner/engines/mock.h"
#include "runner/engines/reference.h"

namespace perftrend::runner {

struct EngineOptions {
  MockOptions mock;
  ReferenceOptions reference;
};

/// Names that make_engine knows, in the order in which a person is shown them.
const std::vector<std::string>& engine_names();

/// The engine, not yet open; nullptr when nobody has this name. `clock` must outlive it.
std::unique_ptr<Engine> make_engine(std::string_view name, const EngineOptions& options, Clock& clock);

}  // namespace perftrend::runner
