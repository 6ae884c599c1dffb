#pragma once
// Paths of the checkout, the built programs and the shared corpora. Compiled once, so that the compilation of tests
// does not depend on the location of the checkout.

#include <string>

namespace perftrend::tests {

std::string source_dir();  ///< root of the checkout
std::string bin_dir();     ///< the programs of this build
std::string shared_dir();  ///< optional corpora next to the checkout; absent on a user's clone

}  // namespace perftrend::tests
