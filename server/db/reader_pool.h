#pragma once
// Reading connections: as many as ever read at once. Internal to db/.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/text/thread_annotations.h"
#include "server/db/sql.h"

namespace perftrend::db {

/// Any thread may read; each has a connection to itself meanwhile.
class ReaderPool {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;

  /// `begin` is the statement that begins a transaction over one snapshot.
  ReaderPool(Open open, std::string begin) : open_(std::move(open)), begin_(std::move(begin)) {}

  /// As Database::read. A connection that broke while nobody used it is replaced, and all others with it.
  void read(const Database::Work& work);

 private:
  std::unique_ptr<Connection> take();
  std::unique_ptr<Connection> begin_transaction();
  void give_back(std::unique_ptr<Connection> connection);
  void forget_all();

  Open open_;
  std::string begin_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
};

}  // namespace perftrend::db
