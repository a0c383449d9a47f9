#pragma once
#include <QObject>
#include <QStringList>
#include <memory>
#include <vector>

#include "core/comparison/pair_comparison.h"
#include "core/comparison/plan_differences.h"
#include "widgets/state/workbench_state.h"

class QTimer;

namespace corticast {

class BackgroundJob;

/// What a person chose beside the runs.
struct CompareChoices {
  VertexTest test = VertexTest::Williams;
  PairOptions pair;
  bool operator==(const CompareChoices& other) const {
    return test == other.test && pair.first == other.pair.first && pair.second == other.pair.second &&
           pair.statistic == other.pair.statistic && pair.fdr == other.pair.fdr;
  }
};

/// A finished comparison of the selected runs; never changes.
struct Compared {
  std::shared_ptr<const Study> study;
  std::vector<WorkbenchState::RunPointer> runs;  ///< in the order of RunComparison::runs
  QString subject;
  std::shared_ptr<const RunComparison> comparison;
  PairComparison pair;
  std::vector<PlanDifference> plans;
};

/// Compares the state's selected runs (the first four of them) for its subject, off the UI thread, again whenever
/// another question is asked. While nobody looks (`setActive(false)`) nothing is computed.
class ComparisonSource : public QObject {
  Q_OBJECT

 public:
  explicit ComparisonSource(WorkbenchState& state, QObject* parent = nullptr);
  ~ComparisonSource() override;

  static constexpr int kMostRuns = 4;

  void setActive(bool isActive);
  [[nodiscard]] const CompareChoices& choices() const { return m_choices; }
  void setChoices(const CompareChoices& choices);
  void cancel();
  [[nodiscard]] bool isRunning() const;
  /// The newest comparison; null while there is none for the present selection.
  [[nodiscard]] std::shared_ptr<const Compared> result() const { return m_result; }
  /// Why there is none and what to do, in words; empty while one is there or on its way.
  [[nodiscard]] const QString& advice() const { return m_advice; }

 Q_SIGNALS:
  /// result() or advice() is another one.
  void changed();
  void progressed(const QString& text, double fraction);

 private:
  void askSoon();
  void ask();
  void take(const std::shared_ptr<const Compared>& result);
  void refuse(const QString& advice);
  [[nodiscard]] QString whyNot(const std::vector<WorkbenchState::RunPointer>& runs) const;
  [[nodiscard]] std::vector<WorkbenchState::RunPointer> chosenRuns() const;
  void fitPair(size_t runs);

  WorkbenchState& m_state;
  CompareChoices m_choices;
  QTimer* m_timer;
  std::unique_ptr<BackgroundJob> m_job;
  std::shared_ptr<const Compared> m_result;
  QString m_advice;
  quint64 m_request = 0;  ///< of the newest question
  bool m_isActive = false;
  bool m_isOutdated = true;
};

}  // namespace corticast
