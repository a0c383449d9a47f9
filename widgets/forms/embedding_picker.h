#pragma once
#include <QWidget>
#include <vector>

#include "widgets/forms/embedding_options.h"

class QComboBox;
class QLabel;

namespace corticast {

/// What turns pictures into features: the embeddings there are, those that can be made, an own array, or the folder of
/// an embedding. Below the choice stands in words what there is and what is to be done. objectNames: "embedding",
/// "embeddingState".
class EmbeddingPicker : public QWidget {
  Q_OBJECT

 public:
  explicit EmbeddingPicker(QWidget* parent = nullptr);

  /// `chosen`: the one that the plan asks for, which may be none of them; `folder`: what it names it by, or "".
  void setOptions(const std::vector<EmbeddingOption>& options, const std::optional<EmbeddingOption>& chosen,
                  const std::string& folder);
  /// While pictures are embedded nothing can be asked for.
  void setBusy(bool isBusy);

 Q_SIGNALS:
  void chosen(const corticast::EmbeddingOption& option);
  void arrayRequested();
  void folderRequested();
  /// The chosen one shall be made now.
  void embedRequested();
  /// It needs a file of weights first.
  void weightsRequested();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void showTone();
  void take(int row);
  [[nodiscard]] QString stateOf(const EmbeddingOption& option) const;

  std::vector<EmbeddingOption> m_options;
  QComboBox* m_choice;
  QLabel* m_state;
  bool m_isBusy = false;
};

}  // namespace corticast
