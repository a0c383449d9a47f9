#include "widgets/cortex/brain_view.h"

#include <vtkCallbackCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkInteractorStyleTrackballCamera.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkRenderWindowInteractor.h>

#include <QLabel>
#include <QMouseEvent>
#include <QSurfaceFormat>
#include <QTimer>

namespace corticast {
namespace {

constexpr int kClickSlackPixels = 4;
constexpr int kHoverMilliseconds = 33;
constexpr int kBreathMilliseconds = 1;  // before a panel is drawn: what came meanwhile has its turn
constexpr int kRestMilliseconds = 120;  // after the last turn of the wheel, the whole mesh is drawn again

/// VTK's trackball without its keys: those belong to the window's own shortcuts.
class QuietTrackball : public vtkInteractorStyleTrackballCamera {
 public:
  static QuietTrackball* New();
  vtkTypeMacro(QuietTrackball, vtkInteractorStyleTrackballCamera);
  void OnChar() override {}
  void OnKeyPress() override {}
};
vtkStandardNewMacro(QuietTrackball);

/// VTK's style draws a frame for every event it takes; while this lives it does not, the view decides when one is due.
class WithoutDrawing {
 public:
  explicit WithoutDrawing(vtkRenderWindowInteractor* interactor) : m_interactor(interactor) {
    m_interactor->EnableRenderOff();
  }
  ~WithoutDrawing() { m_interactor->EnableRenderOn(); }
  WithoutDrawing(const WithoutDrawing&) = delete;
  WithoutDrawing& operator=(const WithoutDrawing&) = delete;

 private:
  vtkRenderWindowInteractor* m_interactor;
};

}  // namespace

void BrainView::prepareApplication() {
  QSurfaceFormat format = QVTKOpenGLNativeWidget::defaultFormat();
  format.setSamples(0);
  QSurfaceFormat::setDefaultFormat(format);
}

BrainView::BrainView(QWidget* parent)
    : QVTKOpenGLNativeWidget(parent),
      m_renderTimer(new QTimer(this)),
      m_hoverTimer(new QTimer(this)),
      m_restTimer(new QTimer(this)) {
  setObjectName("brainView");
  setRenderWindow(m_window);
  m_window->SetMultiSamples(0);
  m_scene = std::make_unique<BrainScene>(*m_window);
  vtkNew<QuietTrackball> style;
  interactor()->SetInteractorStyle(style);
  setMouseTracking(true);
  setMinimumSize(240, 180);

  m_renderTimer->setSingleShot(true);
  m_renderTimer->setInterval(kBreathMilliseconds);
  connect(m_renderTimer, &QTimer::timeout, this, &BrainView::renderNow);
  m_hoverTimer->setSingleShot(true);
  m_hoverTimer->setInterval(kHoverMilliseconds);
  connect(m_hoverTimer, &QTimer::timeout, this, [this] { Q_EMIT hovered(pickAt(m_pointer)); });
  m_restTimer->setSingleShot(true);
  m_restTimer->setInterval(kRestMilliseconds);
  connect(m_restTimer, &QTimer::timeout, this, [this] {
    setInteracting(false);
    requestRender();
  });
}

BrainView::~BrainView() = default;

void BrainView::setViews(const ViewPreset& preset, const std::vector<Hemisphere>& shown) {
  m_scene->setViews(preset, shown);
  qDeleteAll(m_labels);
  m_labels.clear();
  for (size_t i = 0; i < 2 * m_scene->panelCount(); ++i) {
    auto* label = new QLabel(this);
    label->setAttribute(Qt::WA_TransparentForMouseEvents);
    label->setStyleSheet("background: transparent;");
    label->show();
    m_labels.push_back(label);
  }
  placeLabels();
  requestRender();
}

void BrainView::placeLabels() {
  for (size_t panel = 0; 2 * panel < m_labels.size(); ++panel) {
    const auto viewport = m_scene->panelViewport(panel);
    const PanelLabels texts = m_scene->labels(panel);
    QLabel* const left = m_labels[2 * panel];
    QLabel* const right = m_labels[2 * panel + 1];
    left->setText(QString::fromStdString(texts.left));
    right->setText(QString::fromStdString(texts.right));
    left->adjustSize();
    right->adjustSize();
    const int top = static_cast<int>((1 - viewport[3]) * height()) + 6;
    left->move(static_cast<int>(viewport[0] * width()) + 8, top);
    right->move(static_cast<int>(viewport[2] * width()) - 8 - right->width(), top);
  }
}

void BrainView::setInteracting(bool isInteracting) {
  m_isInteracting = isInteracting;
  m_scene->setInteracting(isInteracting);
}

void BrainView::requestRender() {
  m_stalePanels = m_scene->panelCount();
  if (!m_renderTimer->isActive()) m_renderTimer->start();
}

void BrainView::initializeGL() {
  QVTKOpenGLNativeWidget::initializeGL();
  // What was asked for before there was a context has not been drawn.
  requestRender();
}

void BrainView::renderNextPanel() {
  m_nextPanel = (m_nextPanel + 1) % m_scene->panelCount();
  --m_stalePanels;
  setAttribute(Qt::WA_UpdatesDisabled);  // VTK asks for a repaint after each panel; one after the last will do
  m_scene->renderPanel(m_nextPanel);
  setAttribute(Qt::WA_UpdatesDisabled, false);
}

void BrainView::renderNow() {
  if (!isVisible() || !isValid()) return;
  if (m_isInteracting) {
    m_scene->render();
    m_stalePanels = 0;
  } else if (m_stalePanels > 0) {
    renderNextPanel();
    return m_renderTimer->start();  // the repaint has a turn of its own, too
  }
  placeLabels();
  ++m_frames;
  update();
}

std::optional<VertexPick> BrainView::pickAt(QPointF place) const {
  const double ratio = devicePixelRatioF();
  return m_scene->pick(place.x() * ratio, (height() - place.y()) * ratio);
}

void BrainView::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->position();
  const WithoutDrawing quiet(interactor());
  QVTKOpenGLNativeWidget::mousePressEvent(event);
}

void BrainView::mouseMoveEvent(QMouseEvent* event) {
  m_pointer = event->position();
  const WithoutDrawing quiet(interactor());
  QVTKOpenGLNativeWidget::mouseMoveEvent(event);
  if (event->buttons() == Qt::NoButton) {
    if (!m_hoverTimer->isActive()) m_hoverTimer->start();
    return;
  }
  if ((event->position() - m_pressed).manhattanLength() > kClickSlackPixels) setInteracting(true);
  requestRender();
}

void BrainView::mouseReleaseEvent(QMouseEvent* event) {
  const WithoutDrawing quiet(interactor());
  QVTKOpenGLNativeWidget::mouseReleaseEvent(event);
  const bool isClick = (event->position() - m_pressed).manhattanLength() <= kClickSlackPixels;
  if (isClick && event->button() == Qt::LeftButton) Q_EMIT clicked(pickAt(event->position()));
  setInteracting(false);
  requestRender();
}

void BrainView::wheelEvent(QWheelEvent* event) {
  m_scene->setInteracting(true);
  const WithoutDrawing quiet(interactor());
  QVTKOpenGLNativeWidget::wheelEvent(event);
  requestRender();
  m_restTimer->start();
}

void BrainView::leaveEvent(QEvent* event) {
  m_hoverTimer->stop();
  Q_EMIT hovered(std::nullopt);
  QVTKOpenGLNativeWidget::leaveEvent(event);
}

void BrainView::resizeEvent(QResizeEvent* event) {
  QVTKOpenGLNativeWidget::resizeEvent(event);
  m_scene->fit();
  placeLabels();
  requestRender();
}

}  // namespace corticast
