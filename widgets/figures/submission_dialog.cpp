#include "widgets/figures/submission_dialog.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTreeWidget>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/figures/submission_map.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kPathRole = Qt::UserRole;
constexpr int kIdRole = Qt::UserRole + 1;
constexpr int kScope = 1;  // column of the runs: which vertices are given to it

QString text(const std::string& value) {
  return QString::fromStdString(value);
}

QTreeWidget* makeTree(const QString& name, const QStringList& headers, QWidget* parent) {
  auto* tree = new QTreeWidget(parent);
  tree->setObjectName(name);
  tree->setHeaderLabels(headers);
  tree->setRootIsDecorated(false);
  tree->setAlternatingRowColors(true);
  tree->setSelectionMode(QAbstractItemView::NoSelection);
  return tree;
}

bool isGood(const std::vector<SubmissionCheck>& checks) {
  return std::ranges::none_of(checks, [](const auto& c) { return c.verdict == SubmissionCheck::Verdict::Bad; });
}

}  // namespace

SubmissionDialog::SubmissionDialog(std::shared_ptr<const Study> study, const std::vector<Run>& runs,
                                   const QStringList& chosen, QWidget* parent)
    : QDialog(parent),
      m_study(std::move(study)),
      m_runs(makeTree("submissionRuns", {tr("Run"), tr("Takes these vertices")}, this)),
      m_rule(new QComboBox(this)),
      m_map(new SubmissionMap(m_study, this)),
      m_parts(makeTree("submissionParts",
                       {tr("Subject"), tr("Hemisphere"), tr("Vertices"), tr("Predicted"), tr("Share"),
                        tr("Test pictures"), tr("Validation r"), tr("From")},
                       this)),
      m_checkList(makeTree("submissionChecks", {tr("Check"), tr("File"), tr("Found")}, this)),
      m_bar(new QProgressBar(this)),
      m_message(new QLabel(this)) {
  setObjectName("submissionDialog");
  setWindowTitle(tr("Challenge submission"));
  resize(1240, 720);
  m_runs->setMaximumHeight(140);
  m_runs->headerItem()->setToolTip(
      kScope,
      tr("Which vertices this run predicts, wherever it can: an ROI (OFA), a hemisphere (lh), a subject, or "
         "several joined by / (subj01/lh/OFA); more of them after commas. Empty: as the rule below says. A later "
         "run wins. Double click to write."));
  m_rule->setObjectName("submissionRule");
  m_rule->addItem(tr("the best model (by validation r)"));
  m_rule->addItem(tr("the average, weighted by validation r"));
  m_message->setObjectName("submissionMessage");
  m_message->setWordWrap(true);
  m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_bar->setObjectName("submissionProgress");
  m_bar->setRange(0, 1000);
  m_bar->setTextVisible(false);
  m_bar->hide();
  m_checkList->hide();
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  m_write = buttons->addButton(tr("Write zip…"), QDialogButtonBox::AcceptRole);
  m_write->setObjectName("submissionWrite");
  m_write->setEnabled(false);
  m_cancel = buttons->addButton(tr("Stop writing"), QDialogButtonBox::ActionRole);
  m_cancel->setObjectName("submissionCancel");
  m_cancel->hide();
  auto* layout = new QVBoxLayout(this);
  auto* left = new QWidget(this);
  auto* inner = new QVBoxLayout(left);
  inner->setContentsMargins(0, 0, 0, 0);
  inner->addWidget(new QLabel(tr("Finished runs"), this));
  inner->addWidget(m_runs);
  auto* rule = new QHBoxLayout;
  rule->addWidget(new QLabel(tr("Where several models predict a vertex, take"), this));
  rule->addWidget(m_rule);
  rule->addStretch(1);
  inner->addLayout(rule);
  inner->addWidget(m_parts, 2);
  inner->addWidget(m_checkList, 3);
  auto* splitter = new QSplitter(this);
  splitter->addWidget(left);
  splitter->addWidget(m_map);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  layout->addWidget(splitter, 1);
  layout->addWidget(m_bar);
  layout->addWidget(m_message);
  layout->addWidget(buttons);

  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_write, &QPushButton::clicked, this, &SubmissionDialog::chooseFile);
  connect(m_cancel, &QPushButton::clicked, &m_writing, &BackgroundJob::cancel);
  connect(&m_writing, &BackgroundJob::progressed, this, [this](const QString& line, double fraction) {
    m_bar->setValue(static_cast<int>(std::lround(1000 * fraction)));
    say(line, false);
  });
  fillRuns(runs, chosen);
  connect(m_runs, &QTreeWidget::itemChanged, this, &SubmissionDialog::plan);
  connect(m_rule, &QComboBox::activated, this, &SubmissionDialog::plan);
  connect(m_parts, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* row) { m_map->setSubject(row->text(0)); });
  plan();
}

void SubmissionDialog::fillRuns(const std::vector<Run>& runs, const QStringList& chosen) {
  bool isAnyChosen = false;
  for (const Run& run : runs) {
    if (run->state.status != RunStatus::Done) continue;
    auto* item = new QTreeWidgetItem(m_runs, {text(run->meta.name.empty() ? run->id : run->meta.name), QString()});
    item->setData(0, kPathRole, text(run->path.string()));
    item->setData(0, kIdRole, text(run->id));
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsEditable);
    const bool isChosen = chosen.contains(text(run->id));
    item->setCheckState(0, isChosen ? Qt::Checked : Qt::Unchecked);
    isAnyChosen = isAnyChosen || isChosen;
  }
  for (int row = 0; !isAnyChosen && row < m_runs->topLevelItemCount(); ++row)
    m_runs->topLevelItem(row)->setCheckState(0, Qt::Checked);
  m_runs->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_runs->resizeColumnToContents(0);
  connect(m_runs, &QTreeWidget::itemDoubleClicked, this, [this](QTreeWidgetItem* item, int column) {
    if (column == kScope) m_runs->editItem(item, kScope);
  });
}

std::vector<RunFolder> SubmissionDialog::chosenRuns() const {
  std::vector<RunFolder> folders;
  for (int row = 0; row < m_runs->topLevelItemCount(); ++row)
    if (const QTreeWidgetItem* item = m_runs->topLevelItem(row); item->checkState(0) == Qt::Checked)
      folders.emplace_back(item->data(0, kPathRole).toString().toStdString());
  return folders;
}

QStringList SubmissionDialog::chosenNames() const {
  QStringList names;
  for (int row = 0; row < m_runs->topLevelItemCount(); ++row)
    if (const QTreeWidgetItem* item = m_runs->topLevelItem(row); item->checkState(0) == Qt::Checked)
      names << item->text(0);
  return names;
}

SubmissionOptions SubmissionDialog::options() const {
  SubmissionOptions options{.rule = m_rule->currentIndex() == 1 ? SubmissionRule::Average : SubmissionRule::Best};
  for (int row = 0; row < m_runs->topLevelItemCount(); ++row) {
    const QTreeWidgetItem* item = m_runs->topLevelItem(row);
    if (item->checkState(0) != Qt::Checked) continue;
    const QStringList scopes = item->text(kScope).split(',', Qt::SkipEmptyParts);
    for (const QString& scope : scopes)
      options.assignments.push_back(
          submissionAssignment(item->data(0, kIdRole).toString().toStdString(), scope.trimmed().toStdString()));
  }
  return options;
}

void SubmissionDialog::plan() {
  m_plan.reset();
  m_write->setEnabled(false);
  m_parts->clear();
  m_map->setPlan(nullptr, {});
  if (m_planning.isRunning()) {
    m_isOutdated = true;
    m_planning.cancel();
    return;
  }
  m_isOutdated = false;
  const auto runs = chosenRuns();
  if (runs.empty()) {
    say(m_runs->topLevelItemCount() == 0 ? tr("No run is finished yet: train first.") : tr("Tick at least one run."),
        false);
    return;
  }
  SubmissionOptions how;
  try {
    how = options();
  } catch (const Error& error) {
    say(QString::fromUtf8(error.what()), true);
    return;
  }
  say(tr("Looking who predicts what…"), false);
  const auto made = std::make_shared<SubmissionPlan>();
  m_planning.disconnect(this);
  connect(&m_planning, &BackgroundJob::finished, this, [this, made] {
    if (m_isOutdated) {
      plan();
      return;
    }
    m_plan = made;
    showPlan();
  });
  connect(&m_planning, &BackgroundJob::failed, this, [this](const QString& reason) {
    if (m_isOutdated) {
      plan();
      return;
    }
    say(reason, true);
    Q_EMIT failed(reason);
  });
  connect(&m_planning, &BackgroundJob::cancelled, this, &SubmissionDialog::plan);
  connect(&m_planning, &BackgroundJob::progressed, this, [this](const QString& line, double) { say(line, false); });
  m_planning.start([study = m_study, runs, how, made](ProgressReporter& progress) {
    *made = planSubmission(*study, runs, how);
    measureAverages(*made, *study, progress);
  });
}

QString SubmissionDialog::sourcesOf(const SubmissionPart& part) const {
  QStringList sources;
  for (const auto& [id, columns] : part.columnsOfRun) {
    QString name = text(id);
    for (int row = 0; row < m_runs->topLevelItemCount(); ++row)
      if (const QTreeWidgetItem* item = m_runs->topLevelItem(row); item->data(0, kIdRole).toString() == text(id))
        name = item->text(0);
    sources << QString("%1: %2").arg(name, text(thousands(columns)));
  }
  return sources.isEmpty() ? tr("nobody, predicted as 0") : sources.join("; ");
}

void SubmissionDialog::showPlan() {
  size_t all = 0, covered = 0;
  for (const SubmissionPart& part : m_plan->parts) {
    const size_t vertices = part.choice.size();
    all += vertices;
    covered += part.covered();
    const double share = vertices > 0 ? 100.0 * static_cast<double>(part.covered()) / static_cast<double>(vertices) : 0;
    auto* row = new QTreeWidgetItem(
        m_parts,
        {text(part.subject), part.hemisphere == Hemisphere::Left ? tr("left") : tr("right"), text(thousands(vertices)),
         text(thousands(part.covered())), text(fixed(share, 1)) + " %", text(thousands(part.testImages)),
         part.meanCorrelation ? text(fixed(*part.meanCorrelation, 3)) : tr("absent"), sourcesOf(part)});
    for (const int column : {2, 3, 4, 5, 6}) row->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    row->setToolTip(7, row->text(7));
  }
  for (int column = 0; column < 7; ++column) m_parts->resizeColumnToContents(column);
  m_write->setEnabled(true);
  m_map->setPlan(m_plan, chosenNames());
  QString summary =
      covered == all
          ? tr("All %1 vertices are predicted.").arg(text(thousands(all)))
          : tr("%1 of %2 vertices are predicted; the others are written as 0, the mean of the responses, and score 0.")
                .arg(text(thousands(covered)), text(thousands(all)));
  if (const auto score = m_plan->score())
    summary += " " + tr("Estimated challenge score %1, by the validation pictures and the noise ceiling.")
                         .arg(text(fixed(*score, 1)));
  say(summary, false);
  Q_EMIT planned();
}

void SubmissionDialog::chooseFile() {
  const QString file = m_chooser(
      this, {.title = tr("Write the submission"), .suggested = "submission.zip", .filter = tr("Zip (*.zip)")});
  if (!file.isEmpty()) writeTo(file);
}

void SubmissionDialog::writeTo(const QString& file) {
  if (!m_plan || m_writing.isRunning()) return;
  m_write->setEnabled(false);
  m_runs->setEnabled(false);
  m_bar->setValue(0);
  m_bar->show();
  m_cancel->show();
  m_checks = std::make_shared<std::vector<SubmissionCheck>>();
  const auto end = [this] {
    m_bar->hide();
    m_cancel->hide();
    m_runs->setEnabled(true);
    m_write->setEnabled(m_plan != nullptr);
  };
  for (const char* signal : {SIGNAL(finished()), SIGNAL(failed(QString)), SIGNAL(cancelled())})
    m_writing.disconnect(signal);
  connect(&m_writing, &BackgroundJob::finished, this, [this, end, file] {
    end();
    showChecks(file);
  });
  connect(&m_writing, &BackgroundJob::failed, this, [this, end](const QString& reason) {
    end();
    say(reason, true);
    Q_EMIT failed(reason);
  });
  connect(&m_writing, &BackgroundJob::cancelled, this, [this, end] {
    end();
    say(tr("Stopped; nothing was written."), false);
  });
  m_writing.start(
      [plan = m_plan, study = m_study, checks = m_checks, path = file.toStdString()](ProgressReporter& progress) {
        writeSubmission(path, *plan, *study, progress);
        *checks = checkSubmission(path, *study);
      });
}

void SubmissionDialog::showChecks(const QString& file) {
  const ThemeColours theme = themeColours(palette());
  m_checkList->clear();
  for (const SubmissionCheck& check : *m_checks) {
    const bool isFine = check.verdict == SubmissionCheck::Verdict::Good;
    const bool isWarning = check.verdict == SubmissionCheck::Verdict::Warning;
    // A sign beside the colour: nothing depends on colour alone.
    auto* row = new QTreeWidgetItem(m_checkList, {isFine      ? tr("✓ good")
                                                  : isWarning ? tr("! look")
                                                              : tr("✗ wrong"),
                                                  text(check.what), text(check.detail)});
    row->setForeground(0, isFine ? theme.good : isWarning ? theme.warning : theme.error);
  }
  m_checkList->resizeColumnToContents(0);
  m_checkList->resizeColumnToContents(1);
  m_checkList->show();
  const bool isAllGood = isGood(*m_checks);
  say(isAllGood ? tr("Written and checked: %1").arg(file)
                : tr("Written, but the organisers would refuse it; see the check list: %1").arg(file),
      !isAllGood);
  Q_EMIT written(file, isAllGood);
}

void SubmissionDialog::say(const QString& line, bool isError) {
  m_message->setText(line);
  m_message->setStyleSheet(isError ? "color: " + themeColours(palette()).error.name() : QString());
}

}  // namespace corticast
