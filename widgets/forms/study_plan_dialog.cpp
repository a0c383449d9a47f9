#include "widgets/forms/study_plan_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/data/study.h"
#include "widgets/state/background_job.h"

namespace corticast {
namespace {

enum Column { kExperiment, kFocus, kEmbedding, kModels, kTime, kMemory, kRemark, kColumns };

QString focusLabel(const std::string& id) {
  for (const Focus& focus : focuses())
    if (focus.id == id) return QString::fromStdString(focus.label);
  return QString::fromStdString(id);
}

// As setEmbedding() takes it.
std::string keyOf(const EmbeddingOption& option) {
  return option.folder.empty() ? option.backbone + ":" + option.layer : option.folder;
}

bool isTicked(const QTreeWidgetItem& item) {
  return item.checkState(kExperiment) == Qt::Checked;
}

}  // namespace

/// What the pool thread finds out.
struct StudyPlanDialog::Reckoning {
  std::vector<EmbeddingOption> options;
  Machine machine;
  std::vector<PlanAssessment> rows;
  bool isKnown = false;  ///< options and machine
};

StudyPlanDialog::StudyPlanDialog(const StudyPlan& plan, std::shared_ptr<const Study> study,
                                 std::vector<std::string> subjects, std::filesystem::path workspace, QWidget* parent)
    : QDialog(parent),
      m_plan(plan),
      m_study(std::move(study)),
      m_subjects(std::move(subjects)),
      m_workspace(std::move(workspace)),
      m_reckoning(std::make_shared<Reckoning>()),
      m_job(new BackgroundJob(this)),
      m_rows(new QTreeWidget(this)),
      m_epochs(new QSpinBox(this)),
      m_totals(new QLabel(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this)) {
  setObjectName("studyPlanDialog");
  setWindowTitle(tr("Train a whole study"));
  resize(980, 520);
  auto* heading = new QLabel(tr("<b>%1</b>").arg(QString::fromStdString(m_plan.name).toHtmlEscaped()), this);
  auto* source = new QLabel(QString::fromStdString(m_plan.source), this);
  source->setWordWrap(true);
  m_rows->setObjectName("studyPlanRows");
  m_epochs->setObjectName("studyPlanEpochs");
  m_epochs->setRange(0, 100000);
  m_epochs->setMaximumWidth(220);
  m_epochs->setSpecialValueText(tr("as each preset has it"));
  m_epochs->setToolTip(tr("Fewer epochs make a quick look; 0 keeps the presets' own"));
  m_totals->setObjectName("studyPlanTotals");
  m_totals->setWordWrap(true);
  QPushButton* start = m_buttons->addButton(tr("Queue the trainings"), QDialogButtonBox::AcceptRole);
  start->setObjectName("studyPlanStart");
  start->setDefault(true);
  start->setEnabled(false);

  auto* form = new QFormLayout;
  form->addRow(tr("Epochs at most"), m_epochs);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(heading);
  layout->addWidget(source);
  layout->addWidget(m_rows, 1);
  layout->addLayout(form);
  layout->addWidget(m_totals);
  layout->addWidget(m_buttons);

  fillRows();
  connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_epochs, &QSpinBox::valueChanged, this, &StudyPlanDialog::reckon);
  connect(m_rows, &QTreeWidget::itemChanged, this, &StudyPlanDialog::showTotals);
  connect(m_job, &BackgroundJob::finished, this, [this] {
    if (!m_reckoning->isKnown) {
      m_reckoning->isKnown = true;
      offerEmbeddings();
      return reckon();
    }
    showReckoning();
    if (m_mustReckonAgain) reckon();
  });
  connect(m_job, &BackgroundJob::failed, m_totals, &QLabel::setText);
  m_totals->setText(tr("Looking for embeddings…"));
  m_job->start([found = m_reckoning, study = m_study, root = m_workspace, who = m_subjects](ProgressReporter&) {
    found->options = embeddingOptions(root, *study, who);
    std::erase_if(found->options, [](const EmbeddingOption& option) { return !option.isReady(); });
    found->machine = measureMachine();
  });
}

StudyPlanDialog::~StudyPlanDialog() = default;

bool StudyPlanDialog::isBusy() const {
  return m_job->isRunning() || m_mustReckonAgain;
}

void StudyPlanDialog::fillRows() {
  m_rows->setColumnCount(kColumns);
  m_rows->setHeaderLabels(
      {tr("Experiment"), tr("Focus"), tr("Embedding"), tr("Models"), tr("Time at most"), tr("Memory"), tr("Remark")});
  m_rows->setRootIsDecorated(false);
  m_rows->setUniformRowHeights(true);
  for (const StudyRow& row : m_plan.rows) {
    auto* item = new QTreeWidgetItem(m_rows);
    item->setText(kExperiment, QString::fromStdString(row.name));
    const Plan plan = planOf(row, m_study->root);
    item->setText(kFocus, plan.crossSubject == "no" ? focusLabel(plan.focus)
                                                    : tr("%1, subjects together").arg(focusLabel(plan.focus)));
    item->setCheckState(kExperiment, Qt::Checked);
    for (const Column number : {kModels, kTime, kMemory})
      item->setTextAlignment(number, Qt::AlignRight | Qt::AlignVCenter);
    auto* choice = new QComboBox(m_rows);
    choice->setEnabled(false);
    m_rows->setItemWidget(item, kEmbedding, choice);
    connect(choice, &QComboBox::currentIndexChanged, this, &StudyPlanDialog::reckon);
  }
  for (const Column wide : {kExperiment, kFocus}) m_rows->resizeColumnToContents(wide);
  m_rows->setColumnWidth(kEmbedding, 220);
  for (const Column number : {kModels, kTime, kMemory}) {
    m_rows->resizeColumnToContents(number);
    m_rows->headerItem()->setTextAlignment(number, Qt::AlignRight | Qt::AlignVCenter);
  }
}

QTreeWidgetItem* StudyPlanDialog::item(int row) const {
  return m_rows->topLevelItem(row);
}

QComboBox* StudyPlanDialog::embeddingOf(int row) const {
  return static_cast<QComboBox*>(m_rows->itemWidget(item(row), kEmbedding));
}

// The first one that the row asks for, else the first there is.
void StudyPlanDialog::offerEmbeddings() {
  for (int row = 0; row < m_rows->topLevelItemCount(); ++row) {
    QComboBox* choice = embeddingOf(row);
    const QSignalBlocker quiet(choice);
    const std::string& wanted = m_plan.rows[static_cast<size_t>(row)].embedding;
    int chosen = -1;
    for (const EmbeddingOption& option : m_reckoning->options) {
      const bool isWanted = wanted == option.backbone || wanted == option.backbone + ":" + option.layer;
      if (isWanted && chosen < 0) chosen = choice->count();
      choice->addItem(QString::fromStdString(option.label), QString::fromStdString(keyOf(option)));
    }
    choice->setCurrentIndex(choice->count() > 0 ? std::max(chosen, 0) : -1);
    choice->setEnabled(choice->count() > 0);
  }
}

Plan StudyPlanDialog::planOfRow(int row) const {
  StudyRow wanted = m_plan.rows[static_cast<size_t>(row)];
  if (const QVariant chosen = embeddingOf(row)->currentData(); chosen.isValid())
    wanted.embedding = chosen.toString().toStdString();
  if (m_epochs->value() > 0) wanted.settings["maxEpochs"] = m_epochs->value();
  Plan plan = planOf(wanted, m_study->root);
  plan.subjects = m_subjects;
  return plan;
}

void StudyPlanDialog::reckon() {
  if (!m_reckoning->isKnown) return;
  m_mustReckonAgain = m_job->isRunning();
  m_buttons->findChild<QPushButton*>("studyPlanStart")->setEnabled(false);
  if (m_mustReckonAgain) return;
  m_totals->setText(tr("Reckoning time and memory…"));
  std::vector<Plan> all;
  for (int row = 0; row < m_rows->topLevelItemCount(); ++row) all.push_back(planOfRow(row));
  m_job->start([all, found = m_reckoning, study = m_study, root = m_workspace](ProgressReporter&) {
    found->rows.clear();
    for (const Plan& plan : all) found->rows.push_back(assessPlan(plan, *study, root, found->options, found->machine));
  });
}

void StudyPlanDialog::showReckoning() {
  const QSignalBlocker quiet(m_rows);
  for (int row = 0; row < m_rows->topLevelItemCount(); ++row) {
    QTreeWidgetItem& shown = *item(row);
    const PlanAssessment& found = m_reckoning->rows[static_cast<size_t>(row)];
    const bool isGood = found.problem.empty();
    const bool wasGood = shown.data(kRemark, Qt::UserRole).toBool();
    shown.setData(kRemark, Qt::UserRole, isGood);
    shown.setText(kRemark, QString::fromStdString(found.problem));
    shown.setToolTip(kRemark, shown.text(kRemark));
    shown.setText(kModels, QString::number(found.cost.models));
    shown.setText(kTime, found.isCostKnown ? QString::fromStdString(duration(found.cost.secondsAtMost)) : QString());
    shown.setText(kMemory, found.isCostKnown ? QString::fromStdString(byteSize(found.cost.memoryBytes)) : QString());
    shown.setFlags(isGood ? shown.flags() | Qt::ItemIsUserCheckable : shown.flags() & ~Qt::ItemIsUserCheckable);
    if (!isGood) shown.setCheckState(kExperiment, Qt::Unchecked);
    if (isGood && !wasGood) shown.setCheckState(kExperiment, Qt::Checked);
  }
  showTotals();
}

void StudyPlanDialog::showTotals() {
  if (isBusy() || m_reckoning->rows.empty()) return;
  int count = 0;
  double seconds = 0;
  for (int row = 0; row < m_rows->topLevelItemCount(); ++row) {
    if (!isTicked(*item(row))) continue;
    ++count;
    seconds += m_reckoning->rows[static_cast<size_t>(row)].cost.secondsAtMost;
  }
  m_buttons->findChild<QPushButton*>("studyPlanStart")->setEnabled(count > 0);
  if (m_reckoning->options.empty())
    m_totals->setText(tr("The workspace has no embedding of these subjects. Make one in the Embeddings panel first."));
  else if (count == 0)
    m_totals->setText(tr("Tick at least one row."));
  else
    m_totals->setText(tr("%1 of %2, one after another, %3 at most.")
                          .arg(count == 1 ? tr("One training") : tr("%1 trainings").arg(count),
                               QString::fromStdString(join(m_subjects, ", ")),
                               QString::fromStdString(duration(seconds))));
}

std::vector<Plan> StudyPlanDialog::plans() const {
  std::vector<Plan> all;
  for (int row = 0; row < m_rows->topLevelItemCount(); ++row)
    if (isTicked(*item(row))) all.push_back(planOfRow(row));
  return all;
}

}  // namespace corticast
