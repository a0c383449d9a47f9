#pragma once
#include <QWidget>
#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace corticast {

class RoiTreeModel;
class WorkbenchState;

/// The study's subjects, hemispheres and ROIs: what is shown, and what is trained. A click on an ROI makes it the
/// current one in all panels; check boxes choose which ROIs are trained.
class StudyPanel : public QWidget {
  Q_OBJECT

 public:
  explicit StudyPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~StudyPanel() override;

 private:
  void buildTree();
  void layOutTree();
  void fillSubjects();
  void showHemispheres();
  void showSummary();
  void takeHemispheres();
  void takeCurrent();
  void showCurrent();
  void setAllRois(bool isChecked);

  WorkbenchState& m_state;
  QComboBox* m_subject;
  QCheckBox* m_left;
  QCheckBox* m_right;
  QLineEdit* m_filter;
  QTreeView* m_tree;
  QLabel* m_summary;
  RoiTreeModel* m_model;
  QSortFilterProxyModel* m_proxy;
};

}  // namespace corticast
