#include "widgets/forms/override_section.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "widgets/forms/override_table.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

bool isOfTable(const Override& each) {
  return !each.roi.empty() && each.subject.empty() && each.id.empty();
}

std::vector<OverrideRow> rowsOf(const PlanScope& scope, const Subject& subject) {
  std::vector<OverrideRow> rows;
  for (const std::string& name : scope.rois)
    for (const HemisphereData& hemisphere : subject.hemispheres)
      if (const Roi* roi = hemisphere.roi(name)) {
        rows.push_back({name, roi->roiClass, ""});
        break;
      }
  return rows;
}

}  // namespace

OverrideSection::OverrideSection(QWidget* parent)
    : FoldSection(tr("Per ROI"), parent), m_table(new OverrideTable(this)), m_note(new QLabel(this)) {
  m_note->setObjectName("overrideNote");
  m_note->setWordWrap(true);
  content()->addWidget(m_note);
  content()->addWidget(m_table);
  connect(m_table, &OverrideTable::changed, this, &OverrideSection::changed);
  connect(m_table, &OverrideTable::roiChosen, this, &OverrideSection::roiChosen);
  connect(m_table, &OverrideTable::trainOnlyRequested, this, &OverrideSection::trainOnlyRequested);
  connect(m_note, &QLabel::linkActivated, this, [this] {
    m_others.clear();
    Q_EMIT changed();
  });
}

void OverrideSection::setScope(const PlanScope& scope, const Subject* subject, const Json& values) {
  const std::string focus = values.value("focus", "roi");
  const bool isPerRoi = focus == "roi" || focus == "roi-pair";
  std::vector<OverrideRow> rows;
  if (subject && isPerRoi) rows = rowsOf(scope, *subject);
  m_table->setRois(rows);
  m_table->setInherited(values);
  m_table->setVisible(isPerRoi && !rows.empty());
  showNote(scope, isPerRoi, !rows.empty());
  const size_t own = m_table->model().overrides().size();
  setSummary(own == 0 ? tr("all as above") : tr("%1 differ").arg(own));
  setMarked(isPerRoi && !firstProblem().isEmpty());
}

void OverrideSection::showNote(const PlanScope& scope, bool isPerRoi, bool hasRows) {
  QStringList notes;
  if (!isPerRoi)
    notes << tr("One model per ROI can have settings of its own; choose “Single ROI” above.");
  else if (!hasRows)
    notes << tr("Check ROIs in the Study panel to give them settings of their own.");
  if (!scope.roisOfOneSide.empty())
    notes << tr("%1: checked in one hemisphere, trained in both.")
                 .arg(QString::fromStdString(join(scope.roisOfOneSide, ", ")));
  if (!m_others.empty())
    notes << tr("%1 further overrides of the plan file, not of single ROIs. <a href=\"drop\">Leave them out</a>")
                 .arg(m_others.size());
  m_note->setText(notes.join("<br>"));
  m_note->setVisible(!notes.isEmpty());
  showTone();
}

void OverrideSection::showTone() {
  m_note->setStyleSheet(QString("color: %1").arg(themeColours(palette()).quietText.name()));
}

void OverrideSection::changeEvent(QEvent* event) {
  FoldSection::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) showTone();
}

std::vector<Override> OverrideSection::overrides() const {
  std::vector<Override> all = m_others;
  for (Override& each : m_table->model().overrides()) all.push_back(std::move(each));
  return all;
}

void OverrideSection::setOverrides(const std::vector<Override>& overrides) {
  m_others.clear();
  std::vector<Override> own;
  for (const Override& each : overrides) (isOfTable(each) ? own : m_others).push_back(each);
  m_table->setOverrides(own);
  setOpen(!overrides.empty() || isOpen());
}

QString OverrideSection::firstProblem() const {
  return m_table->model().firstProblem();
}

void OverrideSection::showRoi(const std::string& roi) {
  m_table->showRoi(roi);
}

}  // namespace corticast
