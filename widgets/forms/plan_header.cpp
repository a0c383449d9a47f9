#include "widgets/forms/plan_header.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include "core/training/presets.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

QToolButton* smallButton(QWidget* parent, const QString& name, const QString& toolTip) {
  auto* button = new QToolButton(parent);
  button->setObjectName(name);
  button->setToolTip(toolTip);
  button->setAutoRaise(true);
  return button;
}

}  // namespace

PlanHeader::PlanHeader(QWidget* parent)
    : QWidget(parent),
      m_preset(new QComboBox(this)),
      m_name(new QLineEdit(this)),
      m_subjectsLabel(new QLabel(tr("Subjects"), this)),
      m_subjects(new QComboBox(this)),
      m_open(smallButton(this, "openPlan", tr("Open a plan…"))),
      m_save(smallButton(this, "savePlan", tr("Save this plan…"))) {
  m_name->setObjectName("planName");
  m_name->setToolTip(tr("Name of the run; empty: the preset's"));
  m_preset->setObjectName("preset");
  m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_preset->setMinimumContentsLength(10);
  for (const Preset& each : presets()) {
    m_preset->addItem(QString::fromStdString(each.label), QString::fromStdString(each.id));
    m_preset->setItemData(m_preset->count() - 1, QString::fromStdString(each.help), Qt::ToolTipRole);
  }
  m_subjects->setObjectName("trainSubjects");
  m_subjects->setToolTip(tr("Whose responses are learned; each subject has models of its own"));
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  grid->addWidget(new QLabel(tr("Preset"), this), 0, 0);
  grid->addWidget(m_preset, 0, 1);
  grid->addWidget(m_open, 0, 2);
  grid->addWidget(m_save, 0, 3);
  grid->addWidget(new QLabel(tr("Name"), this), 1, 0);
  grid->addWidget(m_name, 1, 1, 1, 3);
  grid->addWidget(m_subjectsLabel, 2, 0);
  grid->addWidget(m_subjects, 2, 1, 1, 3);
  connect(m_preset, &QComboBox::currentIndexChanged, this, &PlanHeader::showPreset);
  connect(m_preset, &QComboBox::activated, this, &PlanHeader::presetChosen);
  connect(m_name, &QLineEdit::textEdited, this, &PlanHeader::changed);
  connect(m_subjects, &QComboBox::activated, this, &PlanHeader::changed);
  connect(m_open, &QToolButton::clicked, this, &PlanHeader::openRequested);
  connect(m_save, &QToolButton::clicked, this, &PlanHeader::saveRequested);
  m_open->setIcon(themeIcon("document-open"));
  m_save->setIcon(themeIcon("document-save"));
  showPreset();
  setSubjectCount(0);
}

std::string PlanHeader::preset() const {
  return m_preset->currentData().toString().toStdString();
}

void PlanHeader::setPreset(const std::string& id) {
  if (const int row = m_preset->findData(QString::fromStdString(id)); row >= 0) m_preset->setCurrentIndex(row);
}

std::string PlanHeader::name() const {
  return m_name->text().trimmed().toStdString();
}

void PlanHeader::setName(const std::string& name) {
  m_name->setText(QString::fromStdString(name));
}

void PlanHeader::setSubjectCount(size_t count) {
  m_subjects->clear();
  m_subjects->addItem(tr("The one shown"));
  if (count > 1) m_subjects->addItem(tr("All %1").arg(count));
  m_subjects->setVisible(count > 1);
  m_subjectsLabel->setVisible(count > 1);
}

bool PlanHeader::isForAllSubjects() const {
  return m_subjects->currentIndex() == 1;
}

void PlanHeader::showPreset() {
  m_name->setPlaceholderText(m_preset->currentText());
  m_preset->setToolTip(m_preset->currentData(Qt::ToolTipRole).toString());
}

}  // namespace corticast
