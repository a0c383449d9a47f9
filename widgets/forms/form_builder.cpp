#include "widgets/forms/form_builder.h"

#include <QBoxLayout>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QToolButton>
#include <algorithm>

#include "widgets/forms/fold_section.h"
#include "widgets/forms/param_editor.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

enum GridColumn { kLabel, kField, kUnit, kReset };

}  // namespace

struct ParamForm::Row {
  Param param;
  Json value;  ///< the last good one
  Json kept;   ///< the last good one whose typing was finished
  QString problem;
  bool isRelevant = true;
  QLabel* label = nullptr;
  ParamEditor* editor = nullptr;
  QLabel* unit = nullptr;
  QToolButton* reset = nullptr;
  QLabel* reason = nullptr;
  Section* section = nullptr;
};

struct ParamForm::Section {
  std::string name;
  FoldSection* fold = nullptr;
  QVBoxLayout* top = nullptr;
  QGridLayout* grid = nullptr;
  FoldSection* more = nullptr;
  QGridLayout* moreGrid = nullptr;
  std::function<QString(const Json&)> summary;
  bool hasOwnContent = false;
};

ParamForm::ParamForm(std::vector<Param> params, QWidget* parent)
    : QWidget(parent), m_params(std::move(params)), m_layout(new QVBoxLayout(this)) {
  m_layout->setContentsMargins(0, 0, 0, 0);
  m_layout->setSpacing(6);
  for (const Param& param : m_params) addRow(param);
  alignColumns();
  refresh();
}

ParamForm::~ParamForm() = default;

ParamForm::Section& ParamForm::sectionOf(const std::string& name) {
  for (const auto& section : m_sections)
    if (section->name == name) return *section;
  auto section = std::make_unique<Section>();
  section->name = name;
  section->fold = new FoldSection(QString::fromStdString(name), this);
  const auto addGrid = [](QVBoxLayout* layout) {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(3);
    grid->setColumnStretch(kField, 1);
    layout->addLayout(grid);
    return grid;
  };
  section->top = new QVBoxLayout;
  section->fold->content()->addLayout(section->top);
  section->grid = addGrid(section->fold->content());
  section->more = new FoldSection(tr("More"), section->fold, "more-" + QString::fromStdString(name).toLower());
  section->more->content()->setContentsMargins(0, 2, 0, 0);
  section->moreGrid = addGrid(section->more->content());
  section->fold->content()->addWidget(section->more);
  m_layout->addWidget(section->fold);
  m_sections.push_back(std::move(section));
  return *m_sections.back();
}

void ParamForm::addRow(const Param& param) {
  auto row = std::make_unique<Row>();
  const QString id = QString::fromStdString(param.id);
  row->param = param;
  row->value = row->kept = param.defaultValue;
  row->section = &sectionOf(param.section);
  QWidget* parent = row->section->fold;
  row->label = new QLabel(QString::fromStdString(param.label), parent);
  row->label->setObjectName("label-" + id);
  row->label->setWordWrap(true);
  row->editor = makeParamEditor(param, parent);
  row->editor->setValue(row->value);
  row->label->setBuddy(row->editor);
  row->unit = new QLabel(QString::fromStdString(param.unit), parent);
  row->reset = new QToolButton(parent);
  row->reset->setObjectName("reset-" + id);
  row->reset->setAutoRaise(true);
  row->reset->setIconSize(QSize(14, 14));
  row->reason = new QLabel(parent);
  row->reason->setObjectName("problem-" + id);
  row->reason->setWordWrap(true);

  QGridLayout* grid = param.isAdvanced ? row->section->moreGrid : row->section->grid;
  const int line = grid->rowCount();
  grid->addWidget(row->label, line, kLabel);
  // A choice needs the room; numbers stand under each other, whether they have a unit or not.
  const bool isWide = param.type == ParamType::Choice || param.type == ParamType::Text;
  grid->addWidget(row->editor, line, kField, 1, isWide && param.unit.empty() ? 2 : 1);
  grid->addWidget(row->unit, line, kUnit);
  grid->addWidget(row->reset, line, kReset);
  grid->addWidget(row->reason, line + 1, kField, 1, kReset - kField + 1);
  connect(row->editor, &ParamEditor::edited, this, [this, each = row.get()] { take(*each); });
  connect(row->editor, &ParamEditor::finished, this, [each = row.get()] { each->kept = each->value; });
  connect(row->reset, &QToolButton::clicked, this, [this, each = row.get()] { reset(*each); });
  m_rows.push_back(std::move(row));
}

void ParamForm::alignColumns() {
  int label = 0, unit = 0;
  for (const auto& row : m_rows) {
    label = std::max(label, row->label->fontMetrics().horizontalAdvance(row->label->text()) + 2);
    unit = std::max(unit, row->unit->fontMetrics().horizontalAdvance(row->unit->text()) + 2);
  }
  for (const auto& row : m_rows) {
    row->label->setFixedWidth(std::min(label, fontMetrics().averageCharWidth() * 24));
    row->unit->setFixedWidth(unit);
  }
}

Json ParamForm::baseOf(const Param& param) const {
  return m_base.contains(param.id) ? m_base.at(param.id) : param.defaultValue;
}

void ParamForm::setBase(const Json& values) {
  m_base = values.is_object() ? values : Json::object();
  refresh();
}

void ParamForm::setValues(const Json& values) {
  for (const auto& row : m_rows) {
    const Json& value = values.contains(row->param.id) ? values.at(row->param.id) : baseOf(row->param);
    row->problem = asSentence(whyInvalid(row->param, value));
    if (row->problem.isEmpty()) row->value = row->kept = value;
    row->editor->setValue(value);
  }
  refresh();
  Q_EMIT changed();
}

void ParamForm::setValue(const std::string& id, const Json& value) {
  Json all = values();
  all[id] = value;
  setValues(all);
}

Json ParamForm::values() const {
  Json all = Json::object();
  for (const auto& row : m_rows) all[row->param.id] = row->value;
  return all;
}

QString ParamForm::firstProblem() const {
  for (const auto& row : m_rows)
    if (row->isRelevant && !row->problem.isEmpty())
      return tr("%1: %2").arg(QString::fromStdString(row->param.label),
                              row->problem.left(1).toLower() + row->problem.mid(1));
  return {};
}

void ParamForm::take(Row& row) {
  row.problem = row.editor->problem();
  // "2.5" is typed by way of "2", which must not stay behind as the value.
  row.value = row.problem.isEmpty() ? row.editor->value() : row.kept;
  refresh();
  Q_EMIT changed();
}

void ParamForm::reset(Row& row) {
  row.value = row.kept = baseOf(row.param);
  row.problem.clear();
  row.editor->setValue(row.value);
  row.editor->setFocus();
  refresh();
  Q_EMIT changed();
}

void ParamForm::refresh() {
  const Json all = values();
  for (const auto& row : m_rows) {
    row->isRelevant =
        isRelevant(row->param, m_params, all) && std::ranges::find(m_hidden, row->param.id) == m_hidden.end();
    showRow(*row);
  }
  for (const auto& section : m_sections) showSection(*section);
}

void ParamForm::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refresh();
}

void ParamForm::showRow(Row& row) {
  const Json base = baseOf(row.param);
  const bool isWrong = !row.problem.isEmpty();
  const ThemeColours colours = themeColours(palette());
  const QString toolTip = paramToolTip(row.param, base);
  for (QWidget* each : {static_cast<QWidget*>(row.label), static_cast<QWidget*>(row.editor)})
    if (each->toolTip() != toolTip) each->setToolTip(toolTip);
  for (QWidget* each :
       {static_cast<QWidget*>(row.label), static_cast<QWidget*>(row.editor), static_cast<QWidget*>(row.unit)})
    each->setVisible(row.isRelevant);
  row.editor->setMarked(isWrong);
  // Keeps its place beside a shown field, so that nothing moves when it appears.
  QSizePolicy policy = row.reset->sizePolicy();
  policy.setRetainSizeWhenHidden(row.isRelevant);
  row.reset->setSizePolicy(policy);
  row.reset->setVisible(row.isRelevant && (isWrong || row.value != base));
  row.reset->setToolTip(tr("Back to %1").arg(valueText(row.param, base)));
  if (row.reset->icon().isNull()) row.reset->setIcon(themeIcon("edit-reset"));
  row.reason->setText(row.problem);
  row.reason->setVisible(row.isRelevant && isWrong);
  row.reason->setStyleSheet(QString("color: %1").arg(colours.error.name()));
  row.unit->setStyleSheet(QString("color: %1").arg(colours.quietText.name()));
}

void ParamForm::showSection(Section& section) {
  int shown = 0, advanced = 0, changedCount = 0;
  bool isWrong = false, isAdvancedWrong = false;
  for (const auto& row : m_rows) {
    if (row->section != &section || !row->isRelevant) continue;
    ++shown;
    advanced += row->param.isAdvanced ? 1 : 0;
    changedCount += row->value != baseOf(row->param) ? 1 : 0;
    isWrong = isWrong || !row->problem.isEmpty();
    isAdvancedWrong = isAdvancedWrong || (row->param.isAdvanced && !row->problem.isEmpty());
  }
  section.fold->setVisible(shown > 0 || section.hasOwnContent);
  section.more->setVisible(advanced > 0);
  section.fold->setMarked(isWrong);
  section.more->setMarked(isAdvancedWrong);
  section.fold->setSummary(section.summary     ? section.summary(values())
                           : changedCount == 0 ? QString()
                                               : tr("%1 changed").arg(changedCount));
}

void ParamForm::setHidden(const std::vector<std::string>& ids) {
  m_hidden = ids;
  refresh();
}

void ParamForm::setOpen(const std::string& section, bool isOpen) {
  sectionOf(section).fold->setOpen(isOpen);
}

void ParamForm::setSummary(const std::string& section, std::function<QString(const Json&)> summary) {
  sectionOf(section).summary = std::move(summary);
  showSection(sectionOf(section));
}

QVBoxLayout* ParamForm::sectionTop(const std::string& section) const {
  for (const auto& each : m_sections)
    if (each->name == section) {
      each->hasOwnContent = true;
      return each->top;
    }
  return nullptr;
}

}  // namespace corticast
