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

  /// `folder` is that of a pinned embedding, empty when it is found by backbone and layer.
  void setOptions(const std::vector<EmbeddingOption>& options, const std::string& backbone, const std::string& layer,
                  const std::string& folder);
  /// While pictures are embedded nothing can be asked for.
  void setBusy(bool isBusy);

 Q_SIGNALS:
  void chosen(const QString& backbone, const QString& layer);
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
  void showState(const EmbeddingOption* option, const std::string& folder);

  QComboBox* m_choice;
  QLabel* m_state;
  bool m_isBusy = false;
};

}  // namespace corticast
