// perftrend-server: parses the command line, runs one command, and returns its exit code.

#include <exception>

#include "server/commands/command_line.h"
#include "server/commands/exit_codes.h"
#include "server/db/sql.h"

int main(int argc, char** argv) {
  try {
    return perftrend::run_command_line(argc, argv);
  } catch (const perftrend::db::Unavailable& error) {
    return perftrend::fail(perftrend::exit_database, error.what());
  } catch (const perftrend::db::Unusable& error) {
    return perftrend::fail(perftrend::exit_database, error.what());
  } catch (const std::exception& error) {
    return perftrend::fail(perftrend::exit_failed, error.what());
  }
}
