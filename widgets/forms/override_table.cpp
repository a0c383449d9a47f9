#include "widgets/forms/override_table.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <algorithm>

#include "widgets/forms/param_editor.h"
#include "widgets/forms/plan_builder.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

constexpr int kMostRows = 9;
constexpr int kColumnsThatFit = 3;

/// Choices and yes/no are chosen, everything else is typed; a wrong cell is underlined, so that it is seen without
/// colour too.
class OverrideDelegate : public QStyledItemDelegate {
 public:
  OverrideDelegate(OverrideModel& model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Param& param = m_model.param(index.column());
    QStringList texts;
    for (const ParamChoice& choice : param.choices) texts << QString::fromStdString(choice.label);
    if (param.type == ParamType::Bool) texts = {tr("yes"), tr("no")};
    if (texts.isEmpty()) return QStyledItemDelegate::createEditor(parent, option, index);
    auto* box = new QComboBox(parent);
    box->addItem(tr("as the form"), QString());
    for (const QString& text : texts) box->addItem(text, text);
    return box;
  }
  void setEditorData(QWidget* editor, const QModelIndex& index) const override {
    if (auto* box = qobject_cast<QComboBox*>(editor))
      box->setCurrentIndex(std::max(0, box->findData(index.data(Qt::EditRole))));
    else
      QStyledItemDelegate::setEditorData(editor, index);
  }
  void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override {
    if (auto* box = qobject_cast<QComboBox*>(editor))
      model->setData(index, box->currentData(), Qt::EditRole);
    else
      QStyledItemDelegate::setModelData(editor, model, index);
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyledItemDelegate::paint(painter, option, index);
    if (index.data(OverrideModel::kProblemRole).toString().isEmpty()) return;
    const QRect place = option.rect.adjusted(3, 0, -3, -2);
    painter->setPen(QPen(themeColours(option.palette).error, 2, Qt::DotLine));
    painter->drawLine(place.bottomLeft(), place.bottomRight());
  }

 private:
  OverrideModel& m_model;
};

}  // namespace

OverrideTable::OverrideTable(QWidget* parent)
    : QWidget(parent),
      m_model(new OverrideModel(overrideParams(), this)),
      m_view(new QTableView(this)),
      m_add(new QToolButton(this)),
      m_only(new QToolButton(this)),
      m_problem(new QLabel(this)),
      m_inherited(Json::object()) {
  buildView();
  m_add->setObjectName("addOverrideColumn");
  m_add->setText(tr("Setting"));
  m_add->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_add->setAutoRaise(true);
  m_add->setStyleSheet("QToolButton::menu-indicator { image: none; }");
  m_add->setPopupMode(QToolButton::InstantPopup);
  m_add->setToolTip(tr("Add or remove a setting that may differ per ROI"));
  m_add->setMenu(new QMenu(m_add));
  m_only->setObjectName("trainOnlyThisRoi");
  m_only->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_only->setAutoRaise(true);
  m_only->setToolTip(tr("Start a run of the chosen row's ROI alone, with the settings that stand here"));
  connect(m_only, &QToolButton::clicked, this, [this] { Q_EMIT trainOnlyRequested(currentRoi()); });
  m_problem->setObjectName("overrideProblem");
  m_problem->setWordWrap(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(3);
  layout->addWidget(m_view);
  layout->addWidget(m_problem);
  auto* row = new QHBoxLayout;
  row->addWidget(m_add);
  row->addStretch(1);
  row->addWidget(m_only);
  layout->addLayout(row);
  connect(m_add->menu(), &QMenu::aboutToShow, this, &OverrideTable::fillColumnMenu);
  connect(m_model, &OverrideModel::changed, this, &OverrideTable::showState);
  connect(m_model, &OverrideModel::changed, this, &OverrideTable::changed);
  m_model->setColumns({"learningRate", "patience"});
  m_add->setIcon(themeIcon("list-add"));
  m_only->setIcon(themeIcon("media-playback-start"));
  showState();
}

void OverrideTable::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) showState();
}

void OverrideTable::buildView() {
  m_view->setObjectName("overrideTable");
  m_view->setModel(m_model);
  m_view->setItemDelegate(new OverrideDelegate(*m_model, this));
  m_view->setSelectionMode(QAbstractItemView::SingleSelection);
  m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::SelectedClicked |
                          QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed);
  m_view->setIconSize(QSize(10, 10));
  m_view->setShowGrid(false);
  m_view->setWordWrap(false);
  m_view->verticalHeader()->hide();
  m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 7);
  m_view->horizontalHeader()->setHighlightSections(false);
  m_view->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  m_view->setContextMenuPolicy(Qt::CustomContextMenu);
  m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
  m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  connect(m_view, &QWidget::customContextMenuRequested, this, &OverrideTable::showRowMenu);
  connect(m_view->horizontalHeader(), &QWidget::customContextMenuRequested, this, &OverrideTable::showHeaderMenu);
  connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
    showState();
    if (current.isValid()) Q_EMIT roiChosen(current.data(OverrideModel::kRoiRole).toString());
  });
}

void OverrideTable::setRois(const std::vector<OverrideRow>& rois) {
  m_rois = rois;
  layOutRows();
}

void OverrideTable::layOutRows() {
  std::vector<OverrideRow> rows;
  for (const OverrideRow& roi : m_rois) {
    rows.push_back(roi);
    if (!m_split.contains(roi.roi)) continue;
    rows.back().hemisphere = "lh";
    rows.push_back(roi);
    rows.back().hemisphere = "rh";
  }
  m_model->setRows(rows);
  showState();
}

void OverrideTable::setInherited(const Json& values) {
  m_inherited = values;
  m_model->setInherited(values);
}

void OverrideTable::setOverrides(const std::vector<Override>& overrides) {
  m_split.clear();
  for (const Override& each : overrides)
    if (!each.roi.empty() && !each.hemisphere.empty()) m_split.insert(each.roi);
  m_model->setOverrides(overrides);
  layOutRows();
}

void OverrideTable::showRoi(const std::string& roi) {
  if (m_view->currentIndex().data(OverrideModel::kRoiRole).toString().toStdString() == roi) return;
  for (int row = 0; row < m_model->rowCount(); ++row)
    if (m_model->rows()[static_cast<size_t>(row)].roi == roi) {
      const int column = std::max(0, m_view->currentIndex().column());
      m_view->setCurrentIndex(m_model->index(row, column));
      m_view->scrollTo(m_view->currentIndex());
      return;
    }
}

QString OverrideTable::currentRoi() const {
  return m_view->currentIndex().data(OverrideModel::kRoiRole).toString();
}

void OverrideTable::showState() {
  m_only->setVisible(!currentRoi().isEmpty());
  m_only->setText(tr("Train only %1").arg(currentRoi()));
  const QString problem = m_model->firstProblem();
  m_problem->setText(problem);
  m_problem->setVisible(!problem.isEmpty());
  m_problem->setStyleSheet(QString("color: %1").arg(themeColours(palette()).error.name()));
  const int rows = std::clamp(m_model->rowCount(), 1, kMostRows);
  const int line = m_view->verticalHeader()->defaultSectionSize();
  m_view->setFixedHeight(rows * line + m_view->horizontalHeader()->sizeHint().height() + 2 * m_view->frameWidth() + 2);
  QHeaderView* header = m_view->horizontalHeader();
  for (int column = 0; column < m_model->columnCount(); ++column)
    header->setSectionResizeMode(column, column == 0 && m_model->columnCount() <= kColumnsThatFit
                                             ? QHeaderView::Stretch
                                             : QHeaderView::ResizeToContents);
}

void OverrideTable::fillColumnMenu() {
  QMenu* menu = m_add->menu();
  menu->clear();
  std::string section;
  for (const Param& each : m_model->params()) {
    const auto& columns = m_model->columns();
    const bool isThere = std::ranges::find(columns, each.id) != columns.end();
    if (!isThere && !isRelevant(each, m_model->params(), m_inherited)) continue;
    if (each.section != section) menu->addSection(QString::fromStdString(each.section));
    section = each.section;
    QAction* action = menu->addAction(QString::fromStdString(each.label));
    action->setObjectName("overrideColumn-" + QString::fromStdString(each.id));
    action->setCheckable(true);
    action->setChecked(isThere);
    connect(action, &QAction::triggered, this, [this, id = each.id](bool isWanted) {
      std::vector<std::string> ids = m_model->columns();
      std::erase(ids, id);
      if (isWanted) ids.push_back(id);
      m_model->setColumns(ids);
    });
  }
}

void OverrideTable::removeColumn(int column) {
  std::vector<std::string> ids = m_model->columns();
  ids.erase(ids.begin() + column - 1);
  m_model->setColumns(ids);
}

void OverrideTable::showHeaderMenu(const QPoint& position) {
  const int column = m_view->horizontalHeader()->logicalIndexAt(position);
  if (column < 1) return;
  QMenu menu(this);
  QAction* removal =
      menu.addAction(tr("Remove the column %1").arg(QString::fromStdString(m_model->param(column).label)));
  if (menu.exec(m_view->horizontalHeader()->viewport()->mapToGlobal(position)) == removal) removeColumn(column);
}

void OverrideTable::setSplit(const std::string& roi, bool isSplit) {
  if (isSplit)
    m_split.insert(roi);
  else
    m_split.erase(roi);
  layOutRows();
}

void OverrideTable::showRowMenu(const QPoint& position) {
  const QModelIndex index = m_view->indexAt(position);
  if (!index.isValid()) return;
  const QString roi = index.data(OverrideModel::kRoiRole).toString();
  auto* menu = new QMenu(this);
  menu->setObjectName("overrideMenu");
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(themeIcon("media-playback-start"), tr("Train only %1").arg(roi), this,
                  [this, roi] { Q_EMIT trainOnlyRequested(roi); })
      ->setObjectName("trainOnlyRoi");
  menu->addSeparator();
  const bool isSplit = m_split.contains(roi.toStdString());
  menu->addAction(isSplit ? tr("One row for both hemispheres") : tr("A row for each hemisphere"), this,
                  [this, roi, isSplit] { setSplit(roi.toStdString(), !isSplit); })
      ->setObjectName("splitOverrideRow");
  menu->addAction(tr("Clear the row"), this, [this, row = index.row()] { m_model->clearRow(row); })
      ->setObjectName("clearOverrideRow");
  menu->popup(m_view->viewport()->mapToGlobal(position));
}

}  // namespace corticast
