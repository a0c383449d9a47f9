#include "app/workbench/study_report.h"

#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QDir>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTreeWidget>
#include <algorithm>

#include "core/base/text.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

QString number(size_t value) {
  return QString::fromStdString(thousands(value));
}

QString text(const std::string& value) {
  return QString::fromStdString(value);
}

QStringList absentRois(const HemisphereData& hemisphere) {
  QStringList names;
  for (const Roi& roi : hemisphere.rois)
    if (roi.isAbsent()) names << text(roi.name);
  return names;
}

size_t presentRois(const HemisphereData& hemisphere) {
  return static_cast<size_t>(std::ranges::count_if(hemisphere.rois, [](const Roi& roi) { return !roi.isAbsent(); }));
}

/// Cells as high as their text needs at the column's width, so that no reason is cut off.
class WrappedDelegate : public QStyledItemDelegate {
 public:
  explicit WrappedDelegate(QTreeWidget* tree) : QStyledItemDelegate(tree), m_tree(tree) {}

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    constexpr int kPadding = 10;
    const int width = std::max(40, m_tree->columnWidth(index.column()) - kPadding);
    const QRect needed = option.fontMetrics.boundingRect(QRect(0, 0, width, 10000), Qt::TextWordWrap | Qt::AlignTop,
                                                         index.data().toString());
    return {needed.width() + kPadding, needed.height() + kPadding / 2};
  }

 private:
  QTreeWidget* m_tree;
};

QTreeWidget* makeTree(const QString& name, const QStringList& headers, QWidget* parent) {
  auto* tree = new QTreeWidget(parent);
  tree->setObjectName(name);
  tree->setHeaderLabels(headers);
  tree->setAlternatingRowColors(true);
  tree->setRootIsDecorated(false);
  tree->setWordWrap(true);
  tree->setTextElideMode(Qt::ElideMiddle);
  tree->setItemDelegate(new WrappedDelegate(tree));
  QObject::connect(tree->header(), &QHeaderView::sectionResized, tree, &QTreeWidget::doItemsLayout);
  return tree;
}

}  // namespace

QString problemCount(const Study& study) {
  const auto errors = std::ranges::count(study.problems, Severity::Error, &Problem::severity);
  const auto warnings = static_cast<qsizetype>(study.problems.size()) - errors;
  QStringList parts;
  if (errors > 0) parts << (errors == 1 ? QObject::tr("1 error") : QObject::tr("%1 errors").arg(errors));
  if (warnings > 0) parts << (warnings == 1 ? QObject::tr("1 warning") : QObject::tr("%1 warnings").arg(warnings));
  return parts.join(", ");
}

StudyReport::StudyReport(std::shared_ptr<const Study> study, QWidget* parent)
    : QDialog(parent),
      m_study(std::move(study)),
      m_contents(makeTree("reportContents",
                          {tr("Subject"), tr("Hemisphere"), tr("Vertices"), tr("Training"), tr("Test"), tr("ROIs"),
                           tr("Absent ROIs"), tr("Noise ceiling")},
                          this)),
      m_problems(makeTree("reportProblems",
                          {tr("Severity"), tr("File"), tr("Place"), tr("Reason"), tr("What to do"), tr("Left out")},
                          this)) {
  setObjectName("studyReport");
  setWindowTitle(tr("Study report"));
  resize(1080, 620);
  auto* title = new QLabel(QDir::toNativeSeparators(text(m_study->root.string())), this);
  QFont bold = title->font();
  bold.setBold(true);
  title->setFont(bold);
  title->setTextInteractionFlags(Qt::TextSelectableByMouse);
  const QString count = problemCount(*m_study);
  auto* verdict = new QLabel(this);
  verdict->setObjectName("reportVerdict");
  verdict->setWordWrap(true);
  if (m_study->subjects.empty())
    verdict->setText(tr("No subject of this study can be used: %1.").arg(count));
  else if (count.isEmpty())
    verdict->setText(tr("Everything in this study can be used."));
  else
    verdict->setText(tr("%1. Damaged parts are left out; all else can be used.").arg(count));
  fillContents();
  fillProblems();

  auto* splitter = new QSplitter(Qt::Vertical, this);
  splitter->addWidget(m_contents);
  splitter->addWidget(m_problems);
  splitter->setStretchFactor(1, 1);
  m_contents->setVisible(!m_study->subjects.empty());
  m_problems->setVisible(!m_study->problems.empty());
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  auto* copy = buttons->addButton(tr("Copy as text"), QDialogButtonBox::ActionRole);
  copy->setObjectName("reportCopy");
  connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(asText(*m_study)); });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(title);
  layout->addWidget(verdict);
  layout->addWidget(splitter, 1);
  layout->addWidget(buttons);
}

void StudyReport::fillContents() {
  for (const Subject& subject : m_study->subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres) {
      const QStringList absent = absentRois(hemisphere);
      auto* row = new QTreeWidgetItem(
          m_contents, {text(subject.id), hemisphere.hemisphere == Hemisphere::Left ? tr("left") : tr("right"),
                       number(hemisphere.vertices.size()), tr("%1 pictures").arg(number(subject.trainingImages.size())),
                       tr("%1 pictures").arg(number(subject.testImages.size())), number(presentRois(hemisphere)),
                       absent.isEmpty() ? tr("none") : absent.join(", "),
                       hemisphere.noiseCeiling.empty() ? tr("not given") : tr("given")});
      for (const int column : {2, 3, 4, 5}) row->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
  for (int column = 0; column < m_contents->columnCount(); ++column)
    if (column != 6) m_contents->resizeColumnToContents(column);
  m_contents->header()->setSectionResizeMode(6, QHeaderView::Stretch);
  m_contents->header()->setStretchLastSection(false);
}

void StudyReport::fillProblems() {
  const ThemeColours theme = themeColours(palette());
  for (const Problem& problem : m_study->problems) {
    const bool isError = problem.severity == Severity::Error;
    auto* row = new QTreeWidgetItem(m_problems, {isError ? tr("Error") : tr("Warning"), text(problem.file),
                                                 text(problem.place), text(problem.reason), text(problem.remedy),
                                                 problem.leftOut.empty() ? tr("nothing") : text(problem.leftOut)});
    row->setForeground(0, isError ? theme.error : theme.warning);
    for (int column = 0; column < m_problems->columnCount(); ++column) {
      row->setTextAlignment(column, Qt::AlignTop | Qt::AlignLeft);
      row->setToolTip(column, row->text(column));
    }
  }
  QHeaderView* header = m_problems->header();
  header->setSectionResizeMode(QHeaderView::Interactive);
  const int widths[] = {70, 250, 110, 270, 260, 90};
  for (int column = 0; column < m_problems->columnCount(); ++column) header->resizeSection(column, widths[column]);
}

QString StudyReport::asText(const Study& study) {
  QStringList lines{text(study.root.string())};
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres)
      lines << tr("%1 %2: %3 vertices, %4 training and %5 test pictures, %6 ROIs, absent: %7")
                   .arg(text(subject.id), text(toString(hemisphere.hemisphere)), number(hemisphere.vertices.size()),
                        number(subject.trainingImages.size()), number(subject.testImages.size()),
                        number(presentRois(hemisphere)),
                        absentRois(hemisphere).isEmpty() ? tr("none") : absentRois(hemisphere).join(", "));
  for (const Problem& problem : study.problems) lines << text(toLine(problem));
  return lines.join('\n') + '\n';
}

}  // namespace corticast
