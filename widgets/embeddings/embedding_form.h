#pragma once
#include <QWidget>
#include <functional>
#include <string>

#include "core/features/embed.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace corticast {

class DeviceChoice;
class ParamForm;
class WorkbenchState;

/// Asks for a file to open; empty when the person thinks better of it. Tests answer themselves.
using FileQuestioner = std::function<QString(QWidget* parent, const QString& title, const QString& filter)>;
[[nodiscard]] FileQuestioner openFileDialog();

/// What is to be embedded, with what, and how it is stored. objectNames: "backbone", "layer", "weights",
/// "weightsBrowse", "weightsAbout", "subjects", "skipBroken", "device", and those of ParamForm.
class EmbeddingForm : public QWidget {
  Q_OBJECT

 public:
  explicit EmbeddingForm(WorkbenchState& state, QWidget* parent = nullptr);
  ~EmbeddingForm() override;

  void setFileQuestioner(FileQuestioner ask) { m_ask = std::move(ask); }
  /// As the fields are now, without the workspace. Subjects: the chosen one, or all.
  [[nodiscard]] EmbedOptions options() const;
  /// What is missing or wrong, in words; empty when it can be tried.
  [[nodiscard]] QString whyNot() const;

 Q_SIGNALS:
  void changed();

 private:
  void takeBackbone();
  void fillSubjects();
  void browse();

  WorkbenchState& m_state;
  FileQuestioner m_ask;
  QComboBox* m_backbone;
  QComboBox* m_layer;
  QLabel* m_layerLabel;
  QWidget* m_weightsRow;
  QLineEdit* m_weights;
  QLabel* m_weightsLabel;
  QLabel* m_weightsAbout;
  QComboBox* m_subjects;
  QCheckBox* m_skipBroken;
  DeviceChoice* m_device;
  QLabel* m_deviceLabel;
  ParamForm* m_params = nullptr;  ///< of the backbone; null when it has none
  ParamForm* m_stored;
  QVBoxLayout* m_layout;
};

}  // namespace corticast
