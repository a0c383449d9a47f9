#include "widgets/tables/study_panel.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

#include "widgets/state/workbench_state.h"
#include "widgets/style/theme.h"
#include "widgets/tables/roi_tree_model.h"

namespace corticast {
namespace {

constexpr int kIndentation = 12;      // the names have the room
constexpr int kNarrowestDigits = 30;  // what an ROI's name, its boxes and both counts need

}  // namespace

StudyPanel::StudyPanel(WorkbenchState& state, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_subject(new QComboBox(this)),
      m_left(new QCheckBox(tr("LH"), this)),
      m_right(new QCheckBox(tr("RH"), this)),
      m_filter(new QLineEdit(this)),
      m_tree(new QTreeView(this)),
      m_summary(new QLabel(this)),
      m_model(new RoiTreeModel(state, this)),
      m_proxy(new QSortFilterProxyModel(this)) {
  setObjectName("studyPanel");
  setMinimumWidth(fontMetrics().horizontalAdvance('0') * kNarrowestDigits);
  m_subject->setObjectName("subject");
  m_subject->setToolTip(tr("Subject whose responses are shown and trained on"));
  m_left->setObjectName("leftHemisphere");
  m_left->setToolTip(tr("Show and train the left hemisphere"));
  m_right->setObjectName("rightHemisphere");
  m_right->setToolTip(tr("Show and train the right hemisphere"));
  m_filter->setObjectName("roiFilter");
  m_filter->setPlaceholderText(tr("Filter ROIs"));
  m_filter->setClearButtonEnabled(true);
  m_summary->setObjectName("studySummary");
  m_summary->setWordWrap(true);
  buildTree();

  auto* choose = new QToolButton(this);
  choose->setObjectName("chooseRois");
  choose->setIcon(themeIcon("view-list-details"));
  choose->setToolTip(tr("Check or uncheck all ROIs"));
  choose->setPopupMode(QToolButton::InstantPopup);
  choose->setAutoRaise(true);
  auto* menu = new QMenu(choose);
  menu->addAction(tr("Check all ROIs"), this, [this] { setAllRois(true); });
  menu->addAction(tr("Uncheck all ROIs"), this, [this] { setAllRois(false); });
  choose->setMenu(menu);

  auto* top = new QHBoxLayout;
  top->addWidget(m_subject, 1);
  top->addWidget(m_left);
  top->addWidget(m_right);
  auto* find = new QHBoxLayout;
  find->addWidget(m_filter, 1);
  find->addWidget(choose);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->addLayout(top);
  layout->addLayout(find);
  layout->addWidget(m_tree, 1);
  layout->addWidget(m_summary);

  connect(m_subject, &QComboBox::activated, this, [this] { m_state.setSubject(m_subject->currentText()); });
  connect(m_left, &QCheckBox::clicked, this, &StudyPanel::takeHemispheres);
  connect(m_right, &QCheckBox::clicked, this, &StudyPanel::takeHemispheres);
  connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
    m_proxy->setFilterFixedString(text);
    m_tree->expandAll();
  });
  connect(&state, &WorkbenchState::studyChanged, this, &StudyPanel::fillSubjects);
  connect(&state, &WorkbenchState::subjectChanged, this, &StudyPanel::fillSubjects);
  connect(&state, &WorkbenchState::hemispheresChanged, this, &StudyPanel::showHemispheres);
  connect(&state, &WorkbenchState::selectedRoisChanged, this, &StudyPanel::showSummary);
  connect(&state, &WorkbenchState::currentRoiChanged, this, &StudyPanel::showCurrent);
  fillSubjects();
  showHemispheres();
}

StudyPanel::~StudyPanel() = default;

void StudyPanel::buildTree() {
  m_proxy->setSourceModel(m_model);
  m_proxy->setRecursiveFilteringEnabled(true);
  m_proxy->setAutoAcceptChildRows(true);
  m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
  m_tree->setObjectName("roiTree");
  m_tree->setModel(m_proxy);
  m_tree->setUniformRowHeights(true);
  m_tree->setIndentation(kIndentation);
  m_tree->setAlternatingRowColors(false);
  m_tree->setIconSize(QSize(11, 11));
  m_tree->header()->setStretchLastSection(false);
  m_tree->header()->setSectionResizeMode(RoiTreeModel::kName, QHeaderView::Stretch);
  for (const int column : {RoiTreeModel::kLeft, RoiTreeModel::kRight})
    m_tree->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
  connect(m_proxy, &QAbstractItemModel::modelReset, this, &StudyPanel::layOutTree);
  connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &StudyPanel::takeCurrent);
}

// A class has no counts of its own, so its name may take their place.
void StudyPanel::layOutTree() {
  m_tree->expandAll();
  for (int row = 0; row < m_proxy->rowCount(); ++row) m_tree->setFirstColumnSpanned(row, {}, true);
}

void StudyPanel::fillSubjects() {
  const QSignalBlocker quiet(m_subject);
  m_subject->clear();
  if (const auto study = m_state.study())
    for (const Subject& subject : study->subjects) m_subject->addItem(QString::fromStdString(subject.id));
  m_subject->setCurrentText(m_state.subject());
  setEnabled(m_state.study() != nullptr);
  layOutTree();
  showSummary();
}

void StudyPanel::showHemispheres() {
  m_left->setChecked(m_state.hemispheres().contains(Hemisphere::Left));
  m_right->setChecked(m_state.hemispheres().contains(Hemisphere::Right));
  const Subject* subject = m_state.subjectData();
  m_left->setEnabled(!subject || subject->hemisphere(Hemisphere::Left));
  m_right->setEnabled(!subject || subject->hemisphere(Hemisphere::Right));
}

void StudyPanel::takeHemispheres() {
  std::set<Hemisphere> chosen;
  if (m_left->isChecked()) chosen.insert(Hemisphere::Left);
  if (m_right->isChecked()) chosen.insert(Hemisphere::Right);
  // One has to stay: unchecking the last shows the other.
  if (chosen.empty()) chosen.insert(sender() == m_left ? Hemisphere::Right : Hemisphere::Left);
  m_state.setHemispheres(chosen);
  showHemispheres();
}

void StudyPanel::takeCurrent() {
  const QModelIndex index = m_proxy->mapToSource(m_tree->currentIndex());
  const QString name = index.data(RoiTreeModel::kRoiNameRole).toString();
  const Subject* subject = m_state.subjectData();
  if (name.isEmpty() || !subject) return;
  // The hemisphere that is current stays so, if it has the ROI.
  std::vector<Hemisphere> order(m_state.hemispheres().begin(), m_state.hemispheres().end());
  if (const auto& current = m_state.currentRoi())
    std::ranges::stable_partition(order, [&](Hemisphere h) { return h == current->hemisphere; });
  for (const Hemisphere h : order) {
    const HemisphereData* hemisphere = subject->hemisphere(h);
    const Roi* roi = hemisphere ? hemisphere->roi(name.toStdString()) : nullptr;
    if (!roi || roi->isAbsent()) continue;
    m_state.setCurrentRoi(RoiKey{h, roi->roiClass, roi->name});
    return;
  }
}

void StudyPanel::showCurrent() {
  const auto& current = m_state.currentRoi();
  if (!current) return;
  for (int row = 0; row < m_proxy->rowCount(); ++row) {
    const QModelIndex roiClass = m_proxy->index(row, 0);
    for (int child = 0; child < m_proxy->rowCount(roiClass); ++child) {
      const QModelIndex index = m_proxy->index(child, 0, roiClass);
      if (index.data(RoiTreeModel::kRoiNameRole).toString().toStdString() != current->name ||
          index.data(RoiTreeModel::kRoiClassRole).toString().toStdString() != current->roiClass)
        continue;
      if (m_tree->currentIndex() != index) m_tree->setCurrentIndex(index);
      m_tree->scrollTo(index);
      return;
    }
  }
}

void StudyPanel::showSummary() {
  const Subject* subject = m_state.subjectData();
  if (!subject) {
    m_summary->clear();
    return;
  }
  size_t vertices = 0;
  for (const HemisphereData& hemisphere : subject->hemispheres) vertices += hemisphere.vertices.size();
  const QLocale english(QLocale::English);
  m_summary->setText(tr("%1 pictures, %2 vertices\n%3 ROIs checked")
                         .arg(english.toString(static_cast<qulonglong>(subject->trainingImages.size())),
                              english.toString(static_cast<qulonglong>(vertices)),
                              english.toString(static_cast<qulonglong>(m_state.selectedRois().size()))));
}

void StudyPanel::setAllRois(bool isChecked) {
  for (int row = 0; row < m_model->rowCount(); ++row)
    m_model->setData(m_model->index(row, 0), isChecked ? Qt::Checked : Qt::Unchecked, Qt::CheckStateRole);
}

}  // namespace corticast
