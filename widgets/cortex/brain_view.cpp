#include "widgets/cortex/brain_view.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QTimer>
#include <algorithm>
#include <cmath>

#include "widgets/brain/offscreen_window.h"
#include "widgets/brain/trackball.h"
#include "widgets/cortex/display_context.h"

namespace corticast {
namespace {

constexpr int kClickSlackPixels = 4;
constexpr int kHoverMilliseconds = 33;
constexpr int kBreathMilliseconds = 1;  // before a panel is drawn: what came meanwhile has its turn
constexpr int kNotch = 120;             // of a wheel, in eighths of a degree
constexpr int kRestMilliseconds = 120;  // after the last turn of the wheel, the whole mesh is drawn again

Trackball::Button buttonOf(const QMouseEvent& event) {
  if (event.button() == Qt::LeftButton) return Trackball::Button::Left;
  return event.button() == Qt::MiddleButton ? Trackball::Button::Middle : Trackball::Button::Right;
}

Trackball::Pointer pointerOf(const QSinglePointEvent& event, double pixelRatio) {
  const QPointF place = event.position() * pixelRatio;
  return {.x = static_cast<int>(place.x()),
          .y = static_cast<int>(place.y()),
          .isShift = event.modifiers().testFlag(Qt::ShiftModifier),
          .isControl = event.modifiers().testFlag(Qt::ControlModifier)};
}

}  // namespace

BrainView::BrainView(QWidget* parent)
    : QWidget(parent),
      m_window(std::make_unique<OffscreenWindow>(1, 1, makeDisplayContext())),
      m_scene(std::make_unique<BrainScene>(m_window->window())),
      m_trackball(std::make_unique<Trackball>(m_window->window())),
      m_renderTimer(new QTimer(this)),
      m_hoverTimer(new QTimer(this)),
      m_restTimer(new QTimer(this)) {
  setObjectName("brainView");
  setAttribute(Qt::WA_OpaquePaintEvent);
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
  connect(m_restTimer, &QTimer::timeout, this, [this] { setInteracting(false); });
}

BrainView::~BrainView() = default;

void BrainView::setViews(const ViewPreset& preset, const std::vector<Hemisphere>& shown) {
  m_scene->setViews(preset, shown);
  m_panel = 0;
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
  if (m_isInteracting == isInteracting) return;
  m_isInteracting = isInteracting;
  m_scene->setInteracting(isInteracting);
  requestRender();
  Q_EMIT interactingChanged(isInteracting);
}

void BrainView::requestRender() {
  m_stalePanels = m_scene->panelCount();
  // Parts drawn before and after a change do not belong together: the panel is begun again, and in one go, so that
  // requests which follow each other fast do not keep it from ever being finished.
  if (m_part.number > 0) m_part = {};
  if (!m_renderTimer->isActive()) m_renderTimer->start();
}

/// Gives the picture as many pixels as the view has on the screen; what was seen is stretched until it is drawn anew.
void BrainView::fitPicture() {
  const QSize wanted = (QSizeF(size()) * devicePixelRatioF()).toSize().expandedTo({1, 1});
  if (m_picture.size() == wanted) return;
  if (m_picture.isNull()) {
    m_picture = QImage(wanted, QImage::Format_RGB32);
    m_picture.fill(palette().color(backgroundRole()));
  } else {
    m_picture = m_picture.scaled(wanted);
  }
  m_picture.setDevicePixelRatio(devicePixelRatioF());
  m_trackball->resize(wanted.width(), wanted.height());
  m_scene->fit();
  requestRender();
}

void BrainView::readPanel(size_t panel) {
  const auto viewport = m_scene->panelViewport(panel);
  const int left = static_cast<int>(std::floor(viewport[0] * m_picture.width()));
  const int right = static_cast<int>(std::ceil(viewport[2] * m_picture.width()));
  const int top = static_cast<int>(std::floor((1 - viewport[3]) * m_picture.height()));
  const int bottom = static_cast<int>(std::ceil((1 - viewport[1]) * m_picture.height()));
  m_window->read({.left = left, .top = top, .width = right - left, .height = bottom - top}, m_picture.bits(),
                 static_cast<size_t>(m_picture.bytesPerLine()));
}

void BrainView::renderNextPart() {
  QElapsedTimer clock;
  clock.start();
  m_window->makeCurrent();
  m_scene->renderPanel(m_panel, m_part);
  if (m_part.isLast()) readPanel(m_panel);
  m_longestPart = std::max(m_longestPart, static_cast<double>(clock.nsecsElapsed()) / 1e6);
  if (!m_part.isLast()) {
    ++m_part.number;
    return;
  }
  if (m_part.count == m_pacing.goes()) m_pacing.took(m_longestPart);
  m_part = {.number = 0, .count = m_pacing.goes()};
  m_longestPart = 0;
  m_panel = (m_panel + 1) % m_scene->panelCount();
  --m_stalePanels;
}

void BrainView::drawNow() {
  fitPicture();
  m_window->makeCurrent();
  m_scene->render();
  m_window->read({.width = m_picture.width(), .height = m_picture.height()}, m_picture.bits(),
                 static_cast<size_t>(m_picture.bytesPerLine()));
  m_stalePanels = 0;
  m_part = {.number = 0, .count = m_pacing.goes()};
}

void BrainView::renderNow() {
  if (!isVisible()) return;
  fitPicture();
  if (m_isInteracting) {
    drawNow();
  } else if (m_stalePanels > 0) {
    renderNextPart();
    if (m_stalePanels > 0) return m_renderTimer->start();
  }
  placeLabels();
  ++m_frames;
  update();
}

void BrainView::paintEvent(QPaintEvent* /*event*/) {
  fitPicture();
  QPainter(this).drawImage(0, 0, m_picture);
}

void BrainView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  // What was asked for while it was hidden has not been drawn.
  requestRender();
}

std::optional<VertexPick> BrainView::pickAt(QPointF place) const {
  const double ratio = devicePixelRatioF();
  return m_scene->pick(place.x() * ratio, (height() - place.y()) * ratio);
}

void BrainView::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->position();
  m_trackball->press(buttonOf(*event), pointerOf(*event, devicePixelRatioF()));
}

void BrainView::mouseMoveEvent(QMouseEvent* event) {
  m_pointer = event->position();
  if (event->buttons() == Qt::NoButton) {
    if (!m_hoverTimer->isActive()) m_hoverTimer->start();
    return;
  }
  m_trackball->move(pointerOf(*event, devicePixelRatioF()));
  if ((event->position() - m_pressed).manhattanLength() > kClickSlackPixels) setInteracting(true);
  requestRender();
  Q_EMIT turned();
}

void BrainView::mouseReleaseEvent(QMouseEvent* event) {
  m_trackball->release(buttonOf(*event), pointerOf(*event, devicePixelRatioF()));
  const bool isClick = (event->position() - m_pressed).manhattanLength() <= kClickSlackPixels;
  if (isClick && event->button() == Qt::LeftButton) Q_EMIT clicked(pickAt(event->position()));
  setInteracting(false);
}

void BrainView::wheelEvent(QWheelEvent* event) {
  m_wheelTurned += event->angleDelta().y();
  if (std::abs(m_wheelTurned) < kNotch) return;
  m_trackball->zoom(m_wheelTurned > 0, pointerOf(*event, devicePixelRatioF()));
  m_wheelTurned = 0;
  setInteracting(true);
  requestRender();
  m_restTimer->start();
  Q_EMIT turned();
}

void BrainView::leaveEvent(QEvent* event) {
  m_hoverTimer->stop();
  Q_EMIT hovered(std::nullopt);
  QWidget::leaveEvent(event);
}

void BrainView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitPicture();
  placeLabels();
}

}  // namespace corticast
