#pragma once
#include <QWidget>
#include <map>

#include "core/runs/embed_job.h"

#include "widgets/embeddings/embedding_form.h"

class QLabel;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;
class QToolButton;
class QVBoxLayout;

namespace corticast {

class EmbedJobRow;
class EmbeddingEstimate;
class EmbeddingWatcher;
class EmbeddingsModel;
class WorkbenchState;

/// Embeddings: what is to be made, with its cost; what is being made, in processes that outlive the window; and what
/// the workspace has. objectNames: "embedButton", "embeddingsTable", "deleteEmbedding".
class EmbeddingsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit EmbeddingsPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~EmbeddingsPanel() override;

  [[nodiscard]] EmbeddingForm& form() { return *m_form; }
  [[nodiscard]] EmbeddingWatcher& watcher() { return *m_watcher; }

 Q_SIGNALS:
  void embedRequested(const corticast::EmbedOptions& options);
  void pauseRequested(const QString& id);
  void resumeRequested(const QString& id);
  void removeRequested(const QString& id);
  /// Folders; they go to the workspace's trash.
  void deleteRequested(const QStringList& folders);
  /// An extraction that was under way is done.
  void embeddingMade();

 private:
  QWidget* buildMaking();
  QWidget* buildList();
  void askEstimate();
  void showButton();
  void showSnapshot();
  void showJobs();
  void deleteSelected();
  [[nodiscard]] QStringList selectedFolders() const;

  WorkbenchState& m_state;
  EmbeddingWatcher* m_watcher;
  EmbeddingForm* m_form;
  EmbeddingEstimate* m_estimate;
  QPushButton* m_button;
  QVBoxLayout* m_jobs = nullptr;
  std::map<std::string, EmbedJobRow*> m_rows;
  std::map<std::string, EmbedStatus> m_statuses;
  EmbeddingsModel* m_model;
  QSortFilterProxyModel* m_sorted;
  QTableView* m_table;
  QLabel* m_listLabel;
  QToolButton* m_delete;
};

}  // namespace corticast
