#pragma once
#include <QWidget>
#include <string>

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace corticast {

/// The top of the train panel: preset, the run's name, whose responses, and buttons to open and save plans.
/// objectNames: "preset", "planName", "trainSubjects", "openPlan", "savePlan".
class PlanHeader : public QWidget {
  Q_OBJECT

 public:
  explicit PlanHeader(QWidget* parent = nullptr);

  /// Id of the chosen preset.
  [[nodiscard]] std::string preset() const;
  /// Does nothing for an unknown id.
  void setPreset(const std::string& id);
  /// Empty: the preset's.
  [[nodiscard]] std::string name() const;
  void setName(const std::string& name);
  /// Offers all subjects beside the one shown where there are several.
  void setSubjectCount(size_t count);
  [[nodiscard]] bool isForAllSubjects() const;

 Q_SIGNALS:
  void presetChosen();
  /// The name or the subjects.
  void changed();
  void openRequested();
  void saveRequested();

 private:
  void showPreset();

  QComboBox* m_preset;
  QLineEdit* m_name;
  QLabel* m_subjectsLabel;
  QComboBox* m_subjects;
  QToolButton* m_open;
  QToolButton* m_save;
};

}  // namespace corticast
