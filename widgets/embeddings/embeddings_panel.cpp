#include "widgets/embeddings/embeddings_panel.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QToolButton>
#include <algorithm>

#include "core/base/text.h"
#include "widgets/embeddings/embed_job_row.h"
#include "widgets/embeddings/embedding_estimate.h"
#include "widgets/embeddings/embedding_watcher.h"
#include "widgets/embeddings/embeddings_model.h"
#include "widgets/embeddings/embeddings_table.h"
#include "widgets/state/workbench_state.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kLeastFormHeight = 100;  // three of its rows

}  // namespace

EmbeddingsPanel::EmbeddingsPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_watcher(new EmbeddingWatcher(state, this)),
      m_form(new EmbeddingForm(state, this)),
      m_estimate(new EmbeddingEstimate(this)),
      m_button(new QPushButton(this)),
      m_model(new EmbeddingsModel(this)),
      m_sorted(new QSortFilterProxyModel(this)),
      m_table(new EmbeddingsTable(this)),
      m_listLabel(new QLabel(this)),
      m_delete(new QToolButton(this)) {
  setObjectName("embeddingsPanel");
  auto* splitter = new QSplitter(Qt::Vertical, this);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(buildMaking());
  splitter->addWidget(buildList());
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(splitter);

  connect(m_form, &EmbeddingForm::changed, this, &EmbeddingsPanel::askEstimate);
  connect(&state, &WorkbenchState::studyChanged, this, &EmbeddingsPanel::askEstimate);
  connect(m_estimate, &EmbeddingEstimate::answered, this, &EmbeddingsPanel::showButton);
  connect(m_button, &QPushButton::clicked, this, [this] { Q_EMIT embedRequested(m_form->options()); });
  connect(m_watcher, &EmbeddingWatcher::changed, this, &EmbeddingsPanel::showSnapshot);
  askEstimate();
  showSnapshot();
}

EmbeddingsPanel::~EmbeddingsPanel() = default;

QWidget* EmbeddingsPanel::buildMaking() {
  auto* making = new QWidget(this);
  auto* scroll = new QScrollArea(making);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setMinimumHeight(kLeastFormHeight);
  auto* content = new QWidget(scroll);
  auto* inner = new QVBoxLayout(content);
  inner->setContentsMargins(10, 8, 10, 8);
  inner->addWidget(m_form);
  inner->addStretch(1);
  scroll->setWidget(content);
  m_button->setObjectName("embedButton");
  m_jobs = new QVBoxLayout;
  m_jobs->setSpacing(4);
  // What it costs, the button and what is under way stay in sight, however long the form is.
  auto* footer = new QVBoxLayout;
  footer->setContentsMargins(10, 0, 10, 8);
  footer->addWidget(m_estimate);
  footer->addWidget(m_button);
  footer->addLayout(m_jobs);
  auto* layout = new QVBoxLayout(making);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(scroll, 1);
  layout->addLayout(footer);
  return making;
}

QWidget* EmbeddingsPanel::buildList() {
  auto* content = new QWidget(this);
  m_sorted->setSourceModel(m_model);
  m_sorted->setSortRole(EmbeddingsModel::kSortRole);
  m_table->setObjectName("embeddingsTable");
  m_table->setModel(m_sorted);
  m_table->setSortingEnabled(true);
  m_table->sortByColumn(EmbeddingsModel::kMade, Qt::DescendingOrder);
  m_delete->setObjectName("deleteEmbedding");
  m_delete->setText(tr("Delete"));
  m_delete->setIcon(themeIcon("edit-delete"));
  m_delete->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_delete->setAutoRaise(true);
  m_delete->setToolTip(tr("Move to the workspace's trash; can be undone  Del"));
  auto* top = new QHBoxLayout;
  top->addWidget(m_listLabel, 1);
  top->addWidget(m_delete);
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(10, 4, 0, 0);
  layout->addLayout(top);
  layout->addWidget(m_table, 1);
  connect(m_delete, &QToolButton::clicked, this, &EmbeddingsPanel::deleteSelected);
  connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          [this] { m_delete->setEnabled(!selectedFolders().isEmpty()); });
  auto* key = new QShortcut(QKeySequence::Delete, m_table);
  key->setContext(Qt::WidgetShortcut);
  connect(key, &QShortcut::activated, this, &EmbeddingsPanel::deleteSelected);
  m_delete->setEnabled(false);
  return content;
}

void EmbeddingsPanel::askEstimate() {
  const QString reason = m_form->whyNot();
  if (reason.isEmpty())
    m_estimate->ask(m_state.study(), m_form->options(), m_state.workspace());
  else
    m_estimate->say(reason);
  showButton();
}

void EmbeddingsPanel::showButton() {
  const uint64_t pictures = m_estimate->pictures();
  m_button->setText(pictures > 0 ? tr("Embed %1 pictures").arg(QString::fromStdString(thousands(pictures)))
                                 : tr("Embed pictures"));
  m_button->setEnabled(m_estimate->isFine() && m_form->whyNot().isEmpty());
}

void EmbeddingsPanel::showSnapshot() {
  const auto snapshot = m_watcher->snapshot();
  m_model->setEntries(snapshot->embeddings);
  uint64_t bytes = 0;
  for (const EmbeddingEntry& each : snapshot->embeddings) bytes += each.bytesOnDisk;
  if (!snapshot->failure.empty())
    m_listLabel->setText(QString::fromStdString(snapshot->failure));
  else if (snapshot->embeddings.empty())
    m_listLabel->setText(tr("The workspace has no embeddings yet."));
  else
    m_listLabel->setText(
        tr("%1 in the workspace, %2").arg(snapshot->embeddings.size()).arg(QString::fromStdString(byteSize(bytes))));
  showJobs();
}

void EmbeddingsPanel::showJobs() {
  const auto snapshot = m_watcher->snapshot();
  std::map<std::string, EmbedStatus> now;
  bool isMade = false;
  for (const EmbedJob& job : snapshot->jobs) {
    now[job.id()] = job.status;
    const auto before = m_statuses.find(job.id());
    isMade = isMade || (job.status == EmbedStatus::Done && before != m_statuses.end() && before->second != job.status);
    if (job.status == EmbedStatus::Done) {
      // What it made stands in the list below.
      Q_EMIT removeRequested(QString::fromStdString(job.id()));
      continue;
    }
    if (EmbedJobRow*& row = m_rows[job.id()]; row) {
      row->showJob(job);
    } else {
      row = new EmbedJobRow(job, this);
      m_jobs->addWidget(row);
      connect(row, &EmbedJobRow::pauseRequested, this, &EmbeddingsPanel::pauseRequested);
      connect(row, &EmbedJobRow::resumeRequested, this, &EmbeddingsPanel::resumeRequested);
      connect(row, &EmbedJobRow::removeRequested, this, &EmbeddingsPanel::removeRequested);
    }
  }
  std::erase_if(m_rows, [&](const auto& row) {
    if (const auto job = now.find(row.first); job != now.end() && job->second != EmbedStatus::Done) return false;
    row.second->deleteLater();
    return true;
  });
  m_statuses = std::move(now);
  if (isMade) Q_EMIT embeddingMade();
}

QStringList EmbeddingsPanel::selectedFolders() const {
  QStringList folders;
  for (const QModelIndex& row : m_table->selectionModel()->selectedRows())
    folders << row.data(EmbeddingsModel::kPathRole).toString();
  return folders;
}

void EmbeddingsPanel::deleteSelected() {
  if (const QStringList folders = selectedFolders(); !folders.isEmpty()) Q_EMIT deleteRequested(folders);
}

}  // namespace corticast
