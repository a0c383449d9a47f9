#include "app/workbench/picture_docks.h"

#include <QDockWidget>
#include <QFileInfo>
#include <QMainWindow>
#include <QMimeData>
#include <QUrl>

#include "app/workbench/actions/embed_first.h"
#include "app/workbench/actions/embedding_control.h"
#include "app/workbench/session.h"
#include "app/workbench/undo_notice.h"
#include "widgets/embeddings/embedding_watcher.h"
#include "widgets/embeddings/embeddings_panel.h"
#include "widgets/forms/train_panel.h"
#include "widgets/stimuli/stimuli_panel.h"

namespace corticast {
namespace {

void addTab(QMainWindow& window, const QString& name, const QString& title, QWidget* content, const QString& beside,
            Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, &window);
  dock->setObjectName(name);
  dock->setWidget(content);
  window.addDockWidget(area, dock);
  if (auto* first = window.findChild<QDockWidget*>(beside)) {
    window.tabifyDockWidget(first, dock);
    first->raise();
  }
}

}  // namespace

PictureDocks::PictureDocks(QMainWindow& window, Session& session, QUndoStack& history, UndoNotice& undo,
                           TrainPanel& train)
    : QObject(&window),
      m_window(window),
      m_embeddings(new EmbeddingsPanel(session.state(), &window)),
      m_stimuli(new StimuliPanel(session.state(), &window)) {
  addTab(window, "embeddingsDock", tr("Embeddings"), m_embeddings, "trainDock", Qt::RightDockWidgetArea);
  addTab(window, "picturesDock", tr("Pictures"), m_stimuli, "curvesDock", Qt::BottomDockWidgetArea);
  auto* control = new EmbeddingControl(session, history, this);
  connect(m_embeddings, &EmbeddingsPanel::embedRequested, control, &EmbeddingControl::start);
  connect(m_embeddings, &EmbeddingsPanel::pauseRequested, control, &EmbeddingControl::pause);
  connect(m_embeddings, &EmbeddingsPanel::resumeRequested, control, &EmbeddingControl::resume);
  connect(m_embeddings, &EmbeddingsPanel::removeRequested, control, &EmbeddingControl::remove);
  connect(m_embeddings, &EmbeddingsPanel::deleteRequested, control, &EmbeddingControl::deleteEmbeddings);
  connect(control, &EmbeddingControl::changed, &m_embeddings->watcher(), &EmbeddingWatcher::refresh);
  connect(control, &EmbeddingControl::changed, m_stimuli, &StimuliPanel::refreshEmbeddings);
  connect(m_embeddings, &EmbeddingsPanel::embeddingMade, m_stimuli, &StimuliPanel::refreshEmbeddings);
  connect(control, &EmbeddingControl::changed, &train, &TrainPanel::refreshEmbeddings);
  connect(m_embeddings, &EmbeddingsPanel::embeddingMade, &train, &TrainPanel::refreshEmbeddings);
  new EmbedFirst(train, *control, m_embeddings->watcher(), this);
  connect(control, &EmbeddingControl::deleted, this, [&undo](int count) {
    undo.offer(count == 1 ? tr("Deleted an embedding") : tr("Deleted %1 embeddings").arg(count));
  });
}

PictureDocks::~PictureDocks() = default;

void PictureDocks::predictDropped(const QString& file) {
  if (auto* dock = m_window.findChild<QDockWidget*>("picturesDock")) {
    dock->show();
    dock->raise();
  }
  m_stimuli->predictFile(file);
}

QString droppedPicture(const QMimeData* data) {
  if (!data->hasUrls()) return {};
  const QString path = data->urls().front().toLocalFile();
  const QString suffix = QFileInfo(path).suffix().toLower();
  const bool isPicture = suffix == "png" || suffix == "jpg" || suffix == "jpeg";
  return isPicture && QFileInfo(path).isFile() ? path : QString();
}

}  // namespace corticast
