#pragma once
// Pool of reading connections. It grows to the largest number of concurrent readers. Internal to db/.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/text/thread_annotations.h"
#include "server/db/sql.h"

namespace perftrend::db {

/// Thread-safe. Each reader uses a connection of its own.
class ReaderPool {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;

  /// `begin` is the statement that begins a transaction over one snapshot.
  ReaderPool(Open open, std::string begin) : open_(std::move(open)), begin_(std::move(begin)) {}

  /// Implements Database::read. If an idle connection turns out to be broken, all idle connections are replaced.
  void read(const Database::Work& work);

 private:
  std::unique_ptr<Connection> take();
  std::unique_ptr<Connection> begin_transaction();
  void give_back(std::unique_ptr<Connection> connection);
  void drop_idle();

  Open open_;
  std::string begin_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
};

}  // namespace perftrend::db
